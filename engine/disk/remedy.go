package disk

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// Remedy says what the user should do about err, an error of an FS or one that
// WithRemedy made: the last part of a message about an output or state directory.
func Remedy(err error) string {
	if own := (*remedied)(nil); errors.As(err, &own) {
		return own.remedy
	}
	var errno syscall.Errno
	switch {
	case errors.Is(err, ErrLocked):
		return "wait for the other process, or choose another directory"
	case !errors.As(err, &errno):
		return "this is a defect of cdrstream, please report it"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "make room or choose another directory, then run again"
	case linkless(err):
		return "choose a directory on a file system that has hard links"
	case errors.Is(err, fs.ErrPermission):
		return "make the directory writable for this user, then run again"
	case errors.Is(err, syscall.EROFS):
		return "the file system is mounted read-only: make it writable or choose another directory, then run again"
	case errors.Is(err, syscall.EIO):
		return "the disk failed: see to it or choose another directory, then run again"
	}
	return "see to the disk or choose another directory, then run again"
}

// linkless reports whether the file system cannot link. It says so in many ways;
// one of them, from link alone, is EPERM.
func linkless(err error) bool {
	link := (*os.LinkError)(nil)
	return errors.Is(err, syscall.EXDEV) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOSYS) ||
		errors.As(err, &link) && link.Op == "link" && errors.Is(err, syscall.EPERM)
}

// remedied is an error that knows what to do about it.
type remedied struct {
	error
	remedy string
}

// WithRemedy returns err, of which Remedy then says remedy.
func WithRemedy(err error, remedy string) error { return &remedied{err, remedy} }

func (r *remedied) Unwrap() error { return r.error }
