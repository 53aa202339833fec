package spool

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/cdrstream/cdrstream/engine/disk"
)

func TestOptions(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	must(t, os.Mkdir(filepath.Join(dir, "other"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "other", markerName), []byte("what"), 0o600))
	denied := func(op string) disk.FS {
		return &crashing{FS: disk.New(0o600, 0o700), at: -1, fail: func(o, path string) error {
			if o == op {
				return &os.PathError{Op: op, Path: path, Err: syscall.EACCES}
			}
			return nil
		}}
	}
	for _, c := range []struct {
		o    Options
		want string // "": fine
	}{
		{Options{Dir: dir}, ""},
		{Options{Dir: dir + "/"}, ""},
		{Options{Dir: dir, Order: "sequence", Done: "delete", Archive: "/no/such"}, ""},
		{Options{Dir: dir, Archive: filepath.Join(dir, ".old"), Quarantine: filepath.Join(dir, "x/.q/y")}, ""},
		{Options{Dir: dir, Archive: dir + ".old", Quarantine: filepath.Join(dir, "../q")}, ""},
		{Options{Dir: dir, Order: "date"}, `the order "date" is unknown: write name or sequence`},
		{Options{Dir: dir, Done: "keep"}, `there is no way to be done with a file called "keep": write archive or delete`},
		{Options{Dir: dir, Quiet: -1}, "the quiet period -1ns is negative"},
		{Options{Dir: dir, Archive: dir}, "would be read again: choose a directory outside, or a hidden one"},
		{Options{Dir: dir, Archive: filepath.Join(dir, "old")}, "would be read again"},
		{Options{Dir: dir, Quarantine: filepath.Join(dir, "a/b")}, "would be read again"},
		{Options{Dir: filepath.Join(dir, "none")}, "none: no such directory: make it, or correct the path"},
		{Options{Dir: filepath.Join(dir, "file")}, "file: is no directory: correct the path"},
		{Options{Dir: filepath.Join(dir, "other")}, ".cdrstream: holds something that this program did not write there"},
		{Options{Dir: dir, FS: denied("mkdir")}, "cannot be moved to " + dir + "/.archive (permission denied): make the directory writable"},
		{Options{Dir: dir, FS: denied("extend")}, ""},
	} {
		c.o.Open = open
		s, err := New(c.o)
		if err == nil {
			must(t, s.Close())
		}
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), "spool ") || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %s", c.o, err, c.want)
		}
	}
	if _, err := New(Options{Dir: dir}); err == nil {
		t.Error("nothing opens files")
	}
	if st, err := os.Stat(filepath.Join(dir, ".archive")); err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
}

func TestOtherFileSystem(t *testing.T) {
	const shm = "/dev/shm"
	dir := t.TempDir()
	here, err := os.Stat(dir)
	must(t, err)
	there, err := os.Stat(shm)
	if err != nil || device(here) == device(there) {
		t.Skip("no other file system at hand")
	}
	other, err := os.MkdirTemp(shm, "spool")
	if err != nil {
		t.Skip(err)
	}
	defer os.RemoveAll(other)
	_, err = New(Options{Dir: dir, Open: open, Archive: other})
	if err == nil || !strings.Contains(err.Error(), "is on another file system") {
		t.Error(err)
	}
}

func TestOneReader(t *testing.T) {
	dir := t.TempDir()
	s, err := New(Options{Dir: dir, Open: open})
	must(t, err)
	if _, err := New(Options{Dir: dir, Open: open}); err == nil || !strings.Contains(err.Error(), "is being read by another process or source") {
		t.Error(err)
	}
	id := s.marker.id
	must(t, s.Close())
	must(t, s.Close())
	s, err = New(Options{Dir: dir, Open: open})
	must(t, err)
	if s.marker.id != id || s.Name() != dir {
		t.Error("another identity")
	}
	must(t, s.Close())
}

// A file system without locks is used all the same.
func TestNoLocks(t *testing.T) {
	var log logs
	s, err := New(Options{Dir: t.TempDir(), Open: open, FS: lockless{disk.New(0o600, 0o700)}, Log: log.add})
	must(t, err)
	if must(t, s.Close()); log.with("does not lock") != 1 {
		t.Error(log.lines)
	}
}

type lockless struct{ disk.FS }

func (lockless) Lock(path string) (io.Closer, error) {
	return nil, &os.PathError{Op: "flock", Path: path, Err: syscall.ENOLCK}
}
