package parquet

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/feature"
)

// stagingPath is where files stand until they are published, below the output
// directory, with slashes.
const stagingPath = ".staging/features"

func (s *Sink) staging() string { return s.path(stagingPath) }

// path is the place of something that is named relative to the output directory.
func (s *Sink) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// staged is a complete file that waits to be published.
type staged struct {
	disk.Staged
	epoch uint64
	file  disk.File // nil: synced and closed
}

// sync makes the content durable and closes the file.
func (f *staged) sync() error {
	if f.file == nil {
		return nil
	}
	err := f.file.Sync()
	if closed := f.file.Close(); err == nil {
		err = closed
	}
	f.file = nil
	return err
}

// stagedName is epoch_date_end-shard.parquet; the file's final place follows from
// it.
func stagedName(f *feature.Frame) (string, error) {
	if _, err := time.Parse(time.DateOnly, f.Date); err != nil {
		return "", fmt.Errorf("the date %q of a frame is not YYYY-MM-DD", f.Date)
	}
	end, form := time.UnixMilli(int64(f.WindowEnd)).UTC(), "20060102T150405Z"
	if f.WindowEnd%1000 != 0 {
		form = "20060102T150405.000Z"
	}
	return fmt.Sprintf("%d_%s_%s-%02d.parquet", f.Epoch, f.Date, end.Format(form), f.Shard), nil
}

var stagedForm = regexp.MustCompile(`^(\d+)_(\d{4}-\d\d-\d\d)_([0-9TZ.]+-\d+\.parquet)$`)

// place returns the epoch and the final place, relative to the output directory,
// of the file that is staged at name.
func place(name string) (epoch uint64, final string, err error) {
	parts := stagedForm.FindStringSubmatch(path.Base(name))
	if parts == nil || path.Dir(name) != stagingPath {
		return 0, "", fmt.Errorf("%s is no name of a staged file", name)
	}
	epoch, err = strconv.ParseUint(parts[1], 10, 64)
	return epoch, path.Join("features", "date="+parts[2], parts[3]), err
}
