package jsonl

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

const (
	fileMode = 0o600
	dirMode  = 0o700
)

// disk is all that a writer asks of a file system.
type disk interface {
	create(path string) (file, error) // must not be there yet; makes missing directories
	extend(path string) (file, error) // opened for writing, made when it is not there, with missing directories
	open(path string) (io.ReadCloser, error)
	size(path string) (int64, error) // 0 when it is not there
	rename(from, to string) error
	remove(path string) error          // a file or an empty directory
	list(dir string) ([]string, error) // sorted names; none when dir is not there
	syncDir(dir string) error
}

// file is a file being written.
type file interface {
	io.WriteSeeker
	Truncate(size int64) error
	Sync() error
	Close() error
}

// osDisk is the file system of the operating system.
type osDisk struct{}

func (osDisk) create(path string) (file, error) { return openFile(path, os.O_EXCL) }
func (osDisk) extend(path string) (file, error) { return openFile(path, 0) }

func openFile(path string, flag int) (file, error) {
	if err := os.MkdirAll(filepath.Dir(path), dirMode); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|flag, fileMode)
	if err != nil {
		return nil, err // not f: a nil *os.File is no nil file
	}
	return f, nil
}

func (osDisk) open(path string) (io.ReadCloser, error) { return os.Open(path) }
func (osDisk) rename(from, to string) error            { return os.Rename(from, to) }
func (osDisk) remove(path string) error                { return os.Remove(path) }

func (osDisk) size(path string) (int64, error) {
	st, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return st.Size(), nil
}

func (osDisk) list(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

func (osDisk) syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// remedy says what to do about err.
func remedy(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "make room or choose another output directory, then run again"
	case errors.Is(err, fs.ErrPermission):
		return "make the output directory writable for this user, then run again"
	case errors.Is(err, errShort):
		return "put the file back as it was, or start over in an empty output directory"
	}
	return "see to the disk or choose another output directory, then run again"
}
