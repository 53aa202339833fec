package rejects

import (
	"bufio"
	"errors"
	"io"
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
	count int
	gone  map[int]bool // lines that were taken back
}

// NewReplacement returns a replacement of the file at path. Nothing is touched before
// there is content.
func NewReplacement(fsys disk.FS, path string) *Replacement {
	return &Replacement{fs: fsys, path: path, gone: map[int]bool{}}
}

func (r *Replacement) part() string { return r.path + ".part" }

const writeAt = 1 << 20

// Drop takes back line n, counted from 0.
func (r *Replacement) Drop(n int) { r.gone[n] = true }

// Add adds a line, with its end.
func (r *Replacement) Add(line []byte) error {
	r.count++
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
	if len(r.gone) == r.count {
		return errors.Join(r.remove(r.part()), r.remove(r.path))
	}
	if err := r.write(); err != nil {
		return err
	}
	if len(r.gone) > 0 {
		if err := r.filter(); err != nil {
			return err
		}
	}
	if err := r.f.Sync(); err != nil {
		return err
	}
	if err := r.fs.Rename(r.part(), r.path); err != nil {
		return err
	}
	return r.fs.SyncDir(filepath.Dir(r.path))
}

func (r *Replacement) remove(path string) error {
	if err := r.fs.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// filter writes the file anew, without the lines that were taken back.
func (r *Replacement) filter() error {
	old, err := r.fs.Open(r.part())
	if err != nil {
		return err
	}
	defer old.Close()
	if err := errors.Join(r.f.Close(), r.remove(r.part())); err != nil { // old stays readable
		return err
	}
	gone := r.gone
	r.f, r.gone, r.count = nil, map[int]bool{}, 0
	lines := bufio.NewReader(old)
	for n := 0; ; n++ {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return r.write()
		}
		if err != nil {
			return err
		}
		if gone[n] {
			continue
		}
		if err := r.Add(line); err != nil {
			return err
		}
	}
}

// Close gives back what the Replacement holds.
func (r *Replacement) Close() error {
	if r.f == nil {
		return nil
	}
	return r.f.Close()
}
