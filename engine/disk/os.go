package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// system is the file system of the operating system.
type system struct {
	fileMode, dirMode fs.FileMode

	// Whoever finds a directory that another goroutine is making must wait until
	// it is durable.
	making sync.RWMutex
}

// New returns the file system of the operating system. What it makes gets
// fileMode and dirMode, less what the umask takes.
func New(fileMode, dirMode fs.FileMode) FS {
	return &system{fileMode: fileMode, dirMode: dirMode}
}

func (s *system) Create(path string) (File, error) { return s.open(path, os.O_EXCL) }
func (s *system) Extend(path string) (File, error) { return s.open(path, 0) }

func (s *system) open(path string, flag int) (File, error) {
	f, err := s.openOnly(path, flag)
	if errors.Is(err, fs.ErrNotExist) {
		if err := s.Mkdir(filepath.Dir(path)); err != nil {
			return nil, err
		}
		f, err = s.openOnly(path, flag)
	}
	if err != nil {
		return nil, err // not f: a nil *os.File is no nil File
	}
	return f, nil
}

// openOnly makes no directories.
func (s *system) openOnly(path string, flag int) (*os.File, error) {
	s.making.RLock()
	defer s.making.RUnlock()
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|flag, s.fileMode)
}

func (s *system) Open(path string) (io.ReadSeekCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (s *system) Size(path string) (int64, error) {
	st, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return st.Size(), nil
}

func (s *system) Mkdir(path string) error {
	s.making.Lock()
	defer s.making.Unlock()
	return s.mkdir(filepath.Clean(path))
}

func (s *system) mkdir(path string) error {
	st, err := os.Stat(path)
	switch {
	case err == nil && !st.IsDir():
		return &fs.PathError{Op: "mkdir", Path: path, Err: syscall.ENOTDIR}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	parent := filepath.Dir(path)
	if parent == path {
		return err
	}
	if err := s.mkdir(parent); err != nil {
		return err
	}
	if err := os.Mkdir(path, s.dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return s.SyncDir(parent)
}

func (s *system) Rename(from, to string) error { return os.Rename(from, to) }
func (s *system) Link(from, to string) error   { return os.Link(from, to) }
func (s *system) Remove(path string) error     { return os.Remove(path) }

func (s *system) List(dir string) ([]string, error) {
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

func (s *system) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
