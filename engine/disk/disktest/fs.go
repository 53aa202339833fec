package disktest

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// wrap makes err an error of an operation on path.
func wrap(verb, path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: verb, Path: path, Err: err}
}

// Create implements disk.FS.
func (m *Memory) Create(path string) (disk.File, error) { return m.open("create", path) }

// Extend implements disk.FS.
func (m *Memory) Extend(path string) (disk.File, error) { return m.open("extend", path) }

func (m *Memory) open(verb, path string) (disk.File, error) {
	if err := m.makeDirs(filepath.Dir(clean(path))); err != nil {
		return nil, err
	}
	var n *node
	err := m.do(verb, path, func() (err error) {
		n, err = m.make(path, verb == "create")
		return wrap(verb, path, err)
	})
	if err != nil {
		return nil, err
	}
	return &file{m: m, n: n, path: path}, nil
}

// make returns the file at path, a new one if need be, or in any case.
func (m *Memory) make(path string, fresh bool) (*node, error) {
	dir, name, err := m.place(path)
	if err != nil {
		return nil, err
	}
	n := dir.names[name]
	switch {
	case n == nil:
		n = &node{}
		dir.change(entry{name, n})
	case fresh:
		return nil, syscall.EEXIST
	case n.isDir():
		return nil, syscall.EISDIR
	}
	return n, nil
}

// Open implements disk.FS.
func (m *Memory) Open(path string) (io.ReadSeekCloser, error) {
	var n *node
	err := m.do("open", path, func() (err error) {
		n, err = m.find(path)
		return wrap("open", path, err)
	})
	if err != nil {
		return nil, err
	}
	return &reader{file{m: m, n: n, path: path}}, nil
}

// Size implements disk.FS.
func (m *Memory) Size(path string) (size int64, err error) {
	err = m.do("stat", path, func() error {
		n, err := m.find(path)
		if err == nil {
			size = int64(len(n.data))
		}
		return wrap("stat", path, err)
	})
	return size, err
}

// Mkdir implements disk.FS.
func (m *Memory) Mkdir(path string) error {
	if err := m.makeDirs(filepath.Dir(clean(path))); err != nil {
		return err
	}
	return m.mkdir(path)
}

// makeDirs makes what is missing of path, each directory as an operation.
func (m *Memory) makeDirs(path string) error {
	m.mu.Lock()
	n, err := m.find(path)
	m.mu.Unlock()
	if err == nil && n.isDir() {
		return nil
	}
	return m.Mkdir(path)
}

func (m *Memory) mkdir(path string) error {
	return m.do("mkdir", path, func() error {
		if clean(path) == "/" {
			return nil
		}
		dir, name, err := m.place(path)
		if err == nil && dir.names[name] == nil {
			dir.settle(name, newDir())
		}
		if err == nil && !dir.names[name].isDir() {
			err = syscall.ENOTDIR
		}
		return wrap("mkdir", path, err)
	})
}

// Rename implements disk.FS, for files.
func (m *Memory) Rename(from, to string) error {
	return m.do("rename", from, func() error {
		if err := m.rename(from, to); err != nil {
			return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
		}
		return nil
	})
}

func (m *Memory) rename(from, to string) error {
	source, old, err := m.place(from)
	if err != nil {
		return err
	}
	target, name, err := m.place(to)
	if err != nil {
		return err
	}
	n, there := source.names[old], target.names[name]
	switch {
	case n == nil:
		return syscall.ENOENT
	case n.isDir():
		panic(fmt.Sprintf("disktest: Rename of a directory, %s, is not modelled", from))
	case there == n: // POSIX: two names of one file stay
		return nil
	case there != nil && there.isDir():
		return syscall.EEXIST
	case source == target:
		source.change(entry{old, nil}, entry{name, n})
	default:
		target.change(entry{name, n})
		source.change(entry{old, nil})
	}
	return nil
}

// Link implements disk.FS.
func (m *Memory) Link(from, to string) error {
	return m.do("link", to, func() error {
		if err := m.link(from, to); err != nil {
			return &os.LinkError{Op: "link", Old: from, New: to, Err: err}
		}
		return nil
	})
}

func (m *Memory) link(from, to string) error {
	n, err := m.find(from)
	if err != nil {
		return err
	}
	dir, name, err := m.place(to)
	switch {
	case err != nil:
		return err
	case dir.names[name] != nil:
		return syscall.EEXIST
	case n.isDir():
		return syscall.EPERM
	}
	dir.change(entry{name, n})
	return nil
}

// Remove implements disk.FS.
func (m *Memory) Remove(path string) error {
	return m.do("remove", path, func() error {
		n, err := m.find(path)
		if err == nil && len(n.names) > 0 {
			err = syscall.ENOTEMPTY
		}
		if err == nil {
			dir, name, _ := m.place(path)
			dir.change(entry{name, nil})
		}
		return wrap("remove", path, err)
	})
}

// List implements disk.FS.
func (m *Memory) List(dir string) (names []string, err error) {
	err = m.do("list", dir, func() error {
		n, err := m.find(dir)
		switch {
		case err == syscall.ENOENT:
			return nil
		case err == nil && !n.isDir():
			err = syscall.ENOTDIR
		case err == nil:
			names = slices.Sorted(maps.Keys(n.names))
		}
		return wrap("list", dir, err)
	})
	return names, err
}

// SyncDir implements disk.FS.
func (m *Memory) SyncDir(dir string) error {
	return m.do("syncdir", dir, func() error {
		n, err := m.find(dir)
		if err == nil && !n.isDir() {
			err = syscall.ENOTDIR
		}
		if err == nil {
			n.sync()
		}
		return wrap("syncdir", dir, err)
	})
}

// Lock implements disk.FS.
func (m *Memory) Lock(path string) (io.Closer, error) {
	var n *node
	err := m.do("lock", path, func() (err error) {
		if n, err = m.make(path, false); err != nil {
			return wrap("lock", path, err)
		}
		if n.locked {
			return fmt.Errorf("%s: %w", path, disk.ErrLocked)
		}
		n.locked = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &lock{m, n}, nil
}

type lock struct {
	m *Memory
	n *node // nil: closed
}

func (l *lock) Close() error {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	if l.n == nil {
		return fs.ErrClosed
	}
	l.n.locked, l.n = false, nil
	return nil
}
