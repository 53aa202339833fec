package disktest

import (
	"io"
	"io/fs"
	"syscall"
)

// file is an open file.
type file struct {
	m      *Memory
	n      *node
	path   string
	at     int64
	closed bool
}

// do is an operation on the open file. The caller holds no lock.
func (f *file) do(verb string, effect func() error, broken func()) error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if f.closed {
		return wrap(verb, f.path, fs.ErrClosed)
	}
	return f.m.perform(verb, f.path, effect, broken)
}

func (f *file) put(p []byte) int {
	f.n.write(f.at, p)
	f.at += int64(len(p))
	return len(p)
}

func (f *file) Write(p []byte) (n int, err error) {
	err = f.do("write", func() error { n = f.put(p); return nil }, func() { n = f.put(p[:len(p)/2]) })
	return n, err
}

func (f *file) Truncate(size int64) error {
	return f.do("truncate", func() error {
		if size < 0 {
			return wrap("truncate", f.path, syscall.EINVAL)
		}
		f.n.truncate(size)
		return nil
	}, nil)
}

func (f *file) Sync() error {
	return f.do("sync", func() error { f.n.save(); return nil }, f.n.giveUp)
}

// Close closes the file even if it fails.
func (f *file) Close() error {
	shut := func() { f.closed = true }
	return f.do("close", func() error { shut(); return nil }, shut)
}

func (f *file) Seek(offset int64, whence int) (int64, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	switch {
	case f.closed:
		return 0, wrap("seek", f.path, fs.ErrClosed)
	case f.m.crashed:
		return 0, wrap("seek", f.path, ErrCrashed)
	case whence == io.SeekCurrent:
		offset += f.at
	case whence == io.SeekEnd:
		offset += int64(len(f.n.data))
	}
	if offset < 0 {
		return 0, wrap("seek", f.path, syscall.EINVAL)
	}
	f.at = offset
	return offset, nil
}

// reader is a file open for reading.
type reader struct{ file }

func (r *reader) Read(p []byte) (n int, err error) {
	err = r.do("read", func() error {
		switch {
		case r.n.isDir():
			return wrap("read", r.path, syscall.EISDIR)
		case len(p) == 0:
			return nil
		case r.at >= int64(len(r.n.data)):
			return io.EOF
		}
		n = copy(p, r.n.data[r.at:])
		r.at += int64(n)
		return nil
	}, nil)
	return n, err
}

// Close is no operation: nothing can be lost by it.
func (r *reader) Close() error {
	r.m.mu.Lock()
	defer r.m.mu.Unlock()
	if r.closed {
		return wrap("close", r.path, fs.ErrClosed)
	}
	r.closed = true
	return nil
}
