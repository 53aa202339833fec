package parquet

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
)

func TestCloseWithoutCommit(t *testing.T) {
	dir := t.TempDir()
	s := schemaOf(allShapes())
	sink := newSink(t, dir, s)
	must(t, sink.Write(ctx, small(1, boundary, 0, 5)))
	open := small(1, boundary, 1, 5)
	open.Last = false
	must(t, sink.Write(ctx, open))
	must(t, sink.Close())
	if got := files(t, dir); len(got) > 0 {
		t.Errorf("left %v", got)
	}
	if err := sink.Write(ctx, open); err == nil {
		t.Error("Write after Close was taken")
	}
	must(t, sink.Close())
}

// A file that is not complete at Prepare waits for the next epoch.
func TestOpenFileWaits(t *testing.T) {
	dir := t.TempDir()
	sink := newSink(t, dir, schemaOf(allShapes()))
	frames := framesOf(newRand(1), allShapes(), 2, 600)
	must(t, sink.Write(ctx, frames[0]))
	must(t, sink.Write(ctx, small(1, boundary, 1, 5)))
	must(t, sink.Prepare(ctx, 1))
	must(t, sink.Commit(ctx, 1))
	if got := files(t, filepath.Join(dir, "features")); len(got) != 1 {
		t.Fatalf("after epoch 1: %v", got)
	}
	must(t, sink.Write(ctx, frames[1]))
	must(t, sink.Prepare(ctx, 2))
	must(t, sink.Commit(ctx, 2))
	table, _ := readTable(t, filepath.Join(dir, final0))
	checkTable(t, table, schemaOf(allShapes()), frames)
}

// crashed leaves the directory as a process does that died after it had prepared
// epochs 1 (shard 0) and 2 (shard 1) and begun a file of shard 2.
func crashed(t *testing.T) string {
	dir := t.TempDir()
	sink, err := New(dir, schemaOf(allShapes()), Options{})
	must(t, err)
	for epoch := range uint64(2) {
		must(t, sink.Write(ctx, small(1, boundary, int(epoch), 5)))
		must(t, sink.Prepare(ctx, epoch+1))
	}
	must(t, sink.Write(ctx, small(1, boundary, 2, 5)))
	return dir
}

func TestRecovery(t *testing.T) {
	for name, c := range map[string]struct {
		first func(*Sink) error
		want  []string
	}{
		"commit 1": {func(s *Sink) error { return s.Commit(ctx, 1) }, []string{final0}},
		"commit 2": {func(s *Sink) error { return s.Commit(ctx, 2) }, []string{final0, final1}},
		"commit 0": {func(s *Sink) error { return s.Commit(ctx, 0) }, nil},
		"write":    {func(s *Sink) error { return s.Write(ctx, small(2, boundary, 2, 5)) }, nil},
		"prepare":  {func(s *Sink) error { return s.Prepare(ctx, 3) }, nil},
	} {
		dir := crashed(t)
		sink := newSink(t, dir, schemaOf(allShapes()))
		must(t, c.first(sink))
		must(t, sink.Commit(ctx, 9))
		must(t, sink.Close())
		if got := files(t, dir); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Commit again after a crash between a link and the removal of the staged name.
func TestCommitAfterLink(t *testing.T) {
	for name, prepare := range map[string]func(staged, final string) error{
		"linked": os.Link,
		"copied": func(staged, final string) error {
			b, err := os.ReadFile(staged)
			return errors.Join(err, os.WriteFile(final, b, 0o600))
		},
		"other content": func(staged, final string) error { return os.WriteFile(final, []byte("PAR1"), 0o600) },
		"other content of the same length": func(staged, final string) error {
			b, err := os.ReadFile(staged)
			b[len(b)/2]++
			return errors.Join(err, os.WriteFile(final, b, 0o600))
		},
	} {
		dir := crashed(t)
		final := filepath.Join(dir, final0)
		must(t, os.MkdirAll(filepath.Dir(final), 0o700))
		must(t, prepare(filepath.Join(dir, ".staging/features/1/2026-03-01_20260301T230000Z-00.parquet"), final))
		sink := newSink(t, dir, schemaOf(allShapes()))
		err := sink.Commit(ctx, 2)
		if other := strings.HasPrefix(name, "other"); (err != nil) != other {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestModes(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir := t.TempDir()
	sink := newSink(t, dir, schemaOf(allShapes()))
	must(t, sink.Write(ctx, small(1, boundary, 0, 5)))
	must(t, sink.Prepare(ctx, 1))
	must(t, sink.Commit(ctx, 1))
	for path, want := range map[string]os.FileMode{final0: 0o640, "features": 0o750, filepath.Dir(final0): 0o750} {
		st, err := os.Stat(filepath.Join(dir, path))
		must(t, err)
		if st.Mode().Perm() != want {
			t.Errorf("%s is %v", path, st.Mode())
		}
	}
}

// failing is a disk on which the operation number left fails.
type failing struct {
	osDisk
	left *int
	err  error
}

func (d failing) step() error {
	*d.left--
	if *d.left == 0 {
		return d.err
	}
	return nil
}

func (d failing) create(path string) (file, error) {
	if err := d.step(); err != nil {
		return nil, err
	}
	f, err := d.osDisk.create(path)
	return failingFile{f, d}, err
}

func (d failing) mkdir(path string) error {
	return errors.Join(d.step(), d.osDisk.mkdir(path))
}

func (d failing) rename(from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.osDisk.rename(from, to)
}

func (d failing) link(from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.osDisk.link(from, to)
}

func (d failing) syncDir(dir string) error {
	return errors.Join(d.step(), d.osDisk.syncDir(dir))
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

// Every operation fails once: what is under a final name is complete, the error
// sticks, and a new sink repeats the commit or, where nothing was prepared,
// starts over.
func TestEveryFailure(t *testing.T) {
	s := schemaOf(allShapes())
	frames := framesOf(newRand(8), allShapes(), 3, 700)
	run := func(sink *Sink) (prepared bool, err error) {
		for _, f := range frames {
			err = errors.Join(err, sink.Write(ctx, f))
		}
		if err == nil {
			err = sink.Prepare(ctx, 1)
		}
		prepared = err == nil
		if err == nil {
			err = sink.Commit(ctx, 1)
		}
		return prepared, err
	}
	for fail := 1; ; fail++ {
		dir := t.TempDir()
		sink := newSink(t, dir, s)
		left := fail
		sink.disk = failing{left: &left, err: syscall.ENOSPC}
		prepared, err := run(sink)
		if err == nil {
			if fail < 12 {
				t.Fatalf("only %d operations", fail)
			}
			return
		}
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "make room") {
			t.Fatalf("operation %d: %v", fail, err)
		}
		if sink.Commit(ctx, 1) == nil || sink.Close() == nil {
			t.Fatalf("operation %d: the error does not stick", fail)
		}
		checkFinal(t, dir, s, frames, false)
		sink = newSink(t, dir, s)
		if prepared {
			must(t, sink.Commit(ctx, 1))
		} else if _, err := run(sink); err != nil {
			t.Fatalf("operation %d: again: %v", fail, err)
		}
		must(t, sink.Close())
		checkFinal(t, dir, s, frames, true)
		if got := files(t, dir); len(got) != 1 {
			t.Fatalf("operation %d: left %v", fail, got)
		}
	}
}

func checkFinal(t *testing.T, dir string, s feature.Schema, frames []*feature.Frame, must bool) {
	t.Helper()
	path := filepath.Join(dir, final0)
	if _, err := os.Stat(path); err != nil {
		if must {
			t.Fatal(err)
		}
		return
	}
	table, _ := readTable(t, path)
	checkTable(t, table, s, frames)
}
