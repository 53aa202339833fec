package parquet

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Feature rows are personal data: others get nothing, the umask may take more.
const (
	fileMode = 0o640
	dirMode  = 0o750
)

// disk is all that the sink asks of a file system.
type disk interface {
	// create makes a file that must not be there yet, and missing directories.
	create(path string) (file, error)
	mkdir(path string) error // with missing parents
	rename(from, to string) error
	link(from, to string) error        // fs.ErrExist when to is there
	same(a, b string) (bool, error)    // are their contents equal
	remove(path string) error          // a file or an empty directory
	list(dir string) ([]string, error) // sorted names; none when dir is not there
	syncDir(dir string) error
}

// file is a file being written.
type file interface {
	io.Writer
	Sync() error
	Close() error
}

// osDisk is the file system of the operating system.
type osDisk struct{}

func (osDisk) create(path string) (file, error) {
	if err := os.MkdirAll(filepath.Dir(path), dirMode); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return nil, err // not f: a nil *os.File is no nil file
	}
	return f, nil
}

func (osDisk) mkdir(path string) error      { return os.MkdirAll(path, dirMode) }
func (osDisk) rename(from, to string) error { return os.Rename(from, to) }
func (osDisk) link(from, to string) error   { return os.Link(from, to) }
func (osDisk) remove(path string) error     { return os.Remove(path) }

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

func (osDisk) same(a, b string) (bool, error) {
	sa, err := os.Stat(a)
	if err != nil {
		return false, err
	}
	sb, err := os.Stat(b)
	if err != nil {
		return false, err
	}
	if os.SameFile(sa, sb) {
		return true, nil
	}
	if sa.Size() != sb.Size() {
		return false, nil
	}
	return equalFiles(a, b)
}

func equalFiles(a, b string) (bool, error) {
	fa, err := os.Open(a)
	if err != nil {
		return false, err
	}
	defer fa.Close()
	fb, err := os.Open(b)
	if err != nil {
		return false, err
	}
	defer fb.Close()
	var x, y [32 << 10]byte
	for {
		n, errA := io.ReadFull(fa, x[:])
		m, errB := io.ReadFull(fb, y[:])
		if !bytes.Equal(x[:n], y[:m]) {
			return false, nil
		}
		if errA != nil || errB != nil {
			return errA == errB, ended(errA)
		}
	}
}

func ended(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil
	}
	return err
}

// remedy says what to do about err.
func remedy(err error) string {
	var errno syscall.Errno
	switch {
	case !errors.As(err, &errno):
		return "this is a defect of cdrstream, please report it"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "make room or choose another output directory, then run again"
	case errors.Is(err, fs.ErrPermission):
		return "make the output directory writable for this user, then run again"
	case errors.Is(err, syscall.EXDEV), errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOSYS):
		return "choose an output directory on a file system that has hard links"
	}
	return "see to the disk or choose another output directory, then run again"
}
