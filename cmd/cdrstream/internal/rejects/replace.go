package rejects

import (
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// Replacement is the new content of a file, which takes its place whole or not at all.
type Replacement struct {
	fs    disk.FS
	path  string
	f     disk.File // nil before there is content
	lines []byte
}

// NewReplacement returns a replacement of the file at path. Nothing is touched before
// there is content.
func NewReplacement(fsys disk.FS, path string) *Replacement {
	return &Replacement{fs: fsys, path: path}
}

func (r *Replacement) part() string { return r.path + ".part" }

const writeAt = 1 << 20

// Add adds a line.
func (r *Replacement) Add(line []byte) error {
	r.lines = append(r.lines, line...)
	if len(r.lines) < writeAt {
		return nil
	}
	return r.write()
}

func (r *Replacement) write() (err error) {
	if r.f == nil {
		if r.f, err = r.fs.Extend(r.part()); err != nil {
			return err
		}
		if err := r.f.Truncate(0); err != nil {
			return err
		}
	}
	_, err = r.f.Write(r.lines)
	r.lines = r.lines[:0]
	return err
}

// Publish makes what was added the content of the file. Without any there is no such
// file afterwards.
func (r *Replacement) Publish() error {
	if len(r.lines) == 0 && r.f == nil {
		if err := r.fs.Remove(r.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := r.write(); err != nil {
		return err
	}
	if err := r.f.Sync(); err != nil {
		return err
	}
	if err := r.fs.Rename(r.part(), r.path); err != nil {
		return err
	}
	return r.fs.SyncDir(filepath.Dir(r.path))
}

// Close gives back what the Replacement holds.
func (r *Replacement) Close() error {
	if r.f == nil {
		return nil
	}
	return r.f.Close()
}
