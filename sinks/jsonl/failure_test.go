package jsonl

import (
	"errors"
	"strings"
	"syscall"
	"testing"
)

// failing is a disk on which the operation number left fails.
type failing struct {
	osDisk
	left *int
}

func (d failing) step() error {
	*d.left--
	if *d.left == 0 {
		return syscall.ENOSPC
	}
	return nil
}

func (d failing) wrap(f file, err error) (file, error) {
	if err == nil {
		err = d.step()
	}
	if err != nil {
		return nil, err
	}
	return failingFile{f, d}, nil
}

func (d failing) create(path string) (file, error) { return d.wrap(d.osDisk.create(path)) }
func (d failing) extend(path string) (file, error) { return d.wrap(d.osDisk.extend(path)) }
func (d failing) syncDir(dir string) error         { return errors.Join(d.step(), d.osDisk.syncDir(dir)) }

func (d failing) rename(from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.osDisk.rename(from, to)
}

func (d failing) remove(path string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.osDisk.remove(path)
}

type failingFile struct {
	file
	disk failing
}

// Write stops half-way, as a full disk does.
func (f failingFile) Write(p []byte) (int, error) {
	if err := f.disk.step(); err != nil {
		n, _ := f.file.Write(p[:len(p)/2])
		return n, err
	}
	return f.file.Write(p)
}

func (f failingFile) Sync() error { return errors.Join(f.disk.step(), f.file.Sync()) }

// Every operation fails once: the error sticks, and a new writer repeats the
// commits of what was prepared.
func TestEveryFailure(t *testing.T) {
	for fail := 1; ; fail++ {
		dir := t.TempDir()
		left := fail
		w, err := newWriter(dir, "late", failing{left: &left})
		must(t, err)
		prepared, want := uint64(0), ""
		for epoch := uint64(1); epoch <= 2 && err == nil; epoch++ {
			var lines string
			if lines, err = put(w, int(epoch), 2000); err == nil {
				err = w.Prepare(ctx, epoch)
			}
			if err == nil {
				prepared, want = epoch, want+lines
				err = w.Commit(ctx, epoch)
			}
		}
		if err == nil {
			if fail < 20 {
				t.Fatalf("only %d operations", fail)
			}
			must(t, w.Close())
			return
		}
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "make room") {
			t.Fatalf("operation %d: %v", fail, err)
		}
		if w.Commit(ctx, 2) == nil || w.Append("a", 1, 0, "r", nil) == nil || w.Close() == nil {
			t.Fatalf("operation %d: the error does not stick", fail)
		}
		if !strings.HasPrefix(want, content(dir)) && !strings.HasPrefix(content(dir), want) {
			t.Fatalf("operation %d: the file holds something else", fail)
		}
		w = open(t, dir)
		must(t, w.Commit(ctx, prepared))
		must(t, w.Close())
		if content(dir) != want {
			t.Fatalf("operation %d: %d bytes after recovery, not %d", fail, len(content(dir)), len(want))
		}
	}
}
