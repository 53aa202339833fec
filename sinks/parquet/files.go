package parquet

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/stage"
	"github.com/cdrstream/cdrstream/engine/hygiene"
)

// Where the register of files stands, staged and in the end.
const (
	filesStaging = ".staging/files"
	filesWhole   = "files.parquet"
	filesParts   = "files"
)

var filesForm = regexp.MustCompile(`^(\d{8,20})(-all)?\.parquet$`)

func filesName(epoch uint64, whole bool) string {
	if whole {
		return fmt.Sprintf("%08d-all.parquet", epoch)
	}
	return fmt.Sprintf("%08d.parquet", epoch)
}

func placeFiles(name string) (epoch uint64, final string, err error) {
	parts := filesForm.FindStringSubmatch(path.Base(name))
	if parts == nil || path.Dir(name) != filesStaging {
		return 0, "", fmt.Errorf("%s is no name of a staged file", name)
	}
	final = filesWhole
	if parts[2] == "" {
		final = path.Join(filesParts, parts[1]+".parquet")
	}
	epoch, err = strconv.ParseUint(parts[1], 10, 64)
	return epoch, final, err
}

// Files writes the register of files: files.parquet, with one row for each file of a job
// that is over, or the files of an epoch below files/.
type Files struct {
	published
	opt Options
}

// NewFiles returns a register for the job whose output directory is dir. Nothing is
// read or written before the first call.
func NewFiles(dir string, o Options) (*Files, error) {
	if o.RowGroupRows <= 0 {
		o.RowGroupRows = defaultAlertRows
	}
	return &Files{publish(dir, &o, stage.Config{Staging: filesStaging, Final: ".", Place: placeFiles}), o}, nil
}

// WriteFiles writes the files of an epoch. It is called once for an epoch, before its
// Prepare. whole says that they are all files of a job that is over.
func (s *Files) WriteFiles(ctx context.Context, epoch uint64, files []hygiene.File, whole bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.stage.Start(); err != nil {
		return err
	}
	if err := s.write(epoch, files, filesName(epoch, whole)); err != nil {
		return s.stage.Fail(fmt.Errorf("parquet sink: write the register of files of epoch %d in %s: %w; nothing of it was published: %s", epoch, s.stage.Path(filesStaging), err, disk.Remedy(err)))
	}
	return nil
}

func (s *Files) write(epoch uint64, files []hygiene.File, name string) error {
	file, err := s.stage.Create(epoch, name)
	if err != nil {
		return err
	}
	t := newTable(file, epoch, fileColumns, s.opt)
	if err := t.add(files); err != nil {
		return err
	}
	if err := t.finish(); err != nil {
		return err
	}
	return s.stage.Complete(file, name, epoch, &t.sum)
}

// Close removes the files that no Prepare made part of an epoch. What was prepared and
// not committed stays staged, for a Recover after the restart.
func (s *Files) Close() error { return s.stage.Close(func() error { return nil }) }
