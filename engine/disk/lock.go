package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// lockTries bounds how often a lock file may vanish while it is being locked.
const lockTries = 100

func (s *system) Lock(path string) (io.Closer, error) {
	for range lockTries {
		f, err := s.lock(path)
		if err != nil {
			return nil, err
		}
		if f != nil {
			return f, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", path, ErrLocked)
}

// lock tries once. It returns nothing when the process that held the lock before
// removed the file meanwhile: what was locked is then no longer what others find
// at path.
func (s *system) lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, s.fileMode)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s: %w", path, ErrLocked)
		}
		return nil, &fs.PathError{Op: "flock", Path: path, Err: err}
	}
	mine, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	there, err := os.Stat(path)
	if err == nil && os.SameFile(mine, there) {
		return f, nil
	}
	f.Close()
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return nil, err
}
