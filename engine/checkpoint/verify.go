package checkpoint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// Report is what Verify found.
type Report struct {
	Manifest *Manifest // nil if it is damaged
	Files    int       // data files that are whole
	Staged   int       // staged files that are whole
	Absent   int       // staged files that are not there: published, or Out is gone
	Bytes    int64     // of Files and Staged
	Damaged  []*DamageError
}

// maxTries is how often Verify starts over because another process replaced
// MANIFEST. Files that were found whole are not read again.
const maxTries = 100

// Verify reads every byte of MANIFEST, of the files it names and of the staged
// files that are still there, and compares every checksum. It takes no lock and
// changes nothing: another process may use the directory meanwhile. Files of the
// output directory are looked at only if that is where MANIFEST says.
//
// Damage is in the Report. An error, which may wrap ErrNoState or *VersionError,
// tells why there is no Report.
func Verify(ctx context.Context, fsys disk.FS, dir string) (Report, error) {
	v := verification{ctx: ctx, fs: fsys, dir: dir, whole: map[FileInfo]bool{}}
	for range maxTries {
		r, err := v.try()
		if err != nil || len(r.Damaged) == 0 {
			return r, err
		}
		again, err := Read(fsys, dir)
		if err != nil || r.Manifest == nil || again.Epoch == r.Manifest.Epoch {
			return r, nil // the damage is real, and if MANIFEST fails now, even more so
		}
	}
	return Report{}, fmt.Errorf("%s: another process writes checkpoints faster than they can be verified: wait until it ends", dir)
}

type verification struct {
	ctx   context.Context
	fs    disk.FS
	dir   string
	whole map[FileInfo]bool // files found whole
	buf   []byte
}

// try verifies what MANIFEST names now.
func (v *verification) try() (r Report, err error) {
	r.Manifest, err = Read(v.fs, v.dir)
	if err := r.note(err); err != nil || r.Manifest == nil {
		return r, err
	}
	for _, f := range r.Manifest.Files {
		err := v.file(r.Manifest, f)
		if err == nil {
			r.Files++
			r.Bytes += f.Size
		}
		if err := r.note(err); err != nil {
			return Report{}, err
		}
	}
	for _, files := range r.Manifest.Staged {
		for _, s := range files {
			if err := v.staged(&r, s); err != nil {
				return Report{}, err
			}
		}
	}
	return r, nil
}

// note takes damage into the report and returns any other error.
func (r *Report) note(err error) error {
	var d *DamageError
	if errors.As(err, &d) {
		r.Damaged = append(r.Damaged, d)
		return nil
	}
	return err
}

func (v *verification) file(m *Manifest, f FileInfo) error {
	if v.whole[f] {
		return nil
	}
	if err := checkSize(v.fs, v.dir, f); err != nil {
		return err
	}
	r, err := openFile(v.fs, v.dir, m, f)
	if err != nil {
		return err
	}
	defer r.close()
	if err := v.blocks(r); err != nil {
		return err
	}
	v.whole[f] = true
	return nil
}

// blocks reads a file to its end.
func (v *verification) blocks(r *fileReader) error {
	for {
		h, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			v.buf, err = r.data(&h, v.buf)
		}
		if err == nil {
			err = v.ctx.Err()
		}
		if err != nil {
			return err
		}
	}
}

// checkSum compares the checksum of a file whose blocks are whole. It is another
// if the file was replaced by one that is whole in itself.
func (r *fileReader) checkSum() error {
	if r.sum == r.info.Sum {
		return nil
	}
	r.start = 0
	return r.damaged("it is not the file that " + manifestName + " names: the checksum is another")
}

// staged verifies a file that waits to be published.
func (v *verification) staged(r *Report, s disk.Staged) error {
	path := filepath.Join(r.Manifest.Out, filepath.FromSlash(s.Path))
	f, err := v.fs.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		r.Absent++
		return nil
	}
	if err != nil {
		return wrapStaged(err)
	}
	defer f.Close()
	sum := disk.SumWriter{W: io.Discard}
	if _, err := io.Copy(&sum, stoppable{v.ctx, f}); err != nil {
		return cmp.Or(v.ctx.Err(), wrapStaged(err))
	}
	if sum.Size != s.Size || sum.Sum != s.Sum {
		return r.note(&DamageError{path, 0, fmt.Sprintf("the staged file has %d bytes with the checksum %08x, it was written with %d and %08x", sum.Size, sum.Sum, s.Size, s.Sum)})
	}
	r.Staged++
	r.Bytes += sum.Size
	return nil
}

func wrapStaged(err error) error {
	return fmt.Errorf("read the output directory: %w: %s", err, disk.Remedy(err))
}

// stoppable is a reader that ends with ctx.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
