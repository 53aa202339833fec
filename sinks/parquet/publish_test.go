package parquet

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
)

func TestCloseWithoutCommit(t *testing.T) {
	dir := t.TempDir()
	sink := newSink(t, dir, schemaOf(allShapes()))
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

// What was prepared outlives Close; what was not goes with it.
func TestCloseAfterPrepare(t *testing.T) {
	dir := t.TempDir()
	sink := newSink(t, dir, schemaOf(allShapes()))
	must(t, sink.Write(ctx, small(1, boundary, 0, 5)))
	must(t, sink.Write(ctx, of(2, small(1, boundary+day, 0, 5))))
	prepared := prepare(t, sink, 1)
	must(t, sink.Close())
	if got := files(t, dir); !slices.Equal(got, []string{staged0}) {
		t.Errorf("left %v", got)
	}
	sink = newSink(t, dir, schemaOf(allShapes()))
	must(t, sink.Recover(ctx, 1, prepared))
	must(t, sink.Close())
	if got := files(t, dir); !slices.Equal(got, []string{final0}) {
		t.Errorf("recovered %v", got)
	}
}

// Rows of a later epoch are no part of an epoch, complete or not, whenever they
// were written.
func TestLaterEpochWaits(t *testing.T) {
	dir := t.TempDir()
	s := schemaOf(allShapes())
	sink := newSink(t, dir, s)
	frames := framesOf(newRand(1), allShapes(), 2, 600)
	for _, f := range frames {
		of(2, f)
	}
	must(t, sink.Write(ctx, of(3, small(2, boundary+day, 2, 5))))
	must(t, sink.Write(ctx, frames[0])) // shard 0, to be continued
	must(t, sink.Write(ctx, of(1, small(1, boundary, 1, 5))))
	for epoch, want := range [][]string{1: {final1}, 2: {final0, final1}, 3: {final0, final1, "features/date=2026-03-01/20260302T230000Z-02.parquet"}} {
		if epoch == 0 {
			continue
		}
		if got := prepare(t, sink, uint64(epoch)); len(got) != 1 {
			t.Errorf("epoch %d stages %v", epoch, got)
		}
		if epoch == 1 {
			must(t, sink.Write(ctx, frames[1]))
		}
		must(t, sink.Commit(ctx, uint64(epoch)))
		if got := files(t, filepath.Join(dir, "features")); len(got) != len(want) {
			t.Errorf("epoch %d: %v", epoch, got)
		}
	}
	table, _ := readTable(t, filepath.Join(dir, final0))
	checkTable(t, table, s, frames)
}

// An epoch whose rows are not all there is not prepared.
func TestPrepareIncomplete(t *testing.T) {
	sink := newSink(t, t.TempDir(), schemaOf(allShapes()))
	f := small(1, boundary, 0, 5)
	f.Last = false
	must(t, sink.Write(ctx, f))
	if _, err := sink.Prepare(ctx, 1); err == nil || !strings.Contains(err.Error(), "not complete") {
		t.Error(err)
	}
}

// What Prepare tells is what stands there, and again until it is committed.
func TestPrepareTells(t *testing.T) {
	dir := t.TempDir()
	sink := newSink(t, dir, schemaOf(allShapes()))
	for epoch := range uint64(3) {
		for shard := range 2 {
			must(t, sink.Write(ctx, of(epoch+1, small(1, boundary+day*cdr.Millis(epoch), shard, 5))))
		}
		got := prepare(t, sink, epoch+1)
		if len(got) != 2*int(epoch+1) {
			t.Fatalf("%d files", len(got))
		}
		for _, f := range got {
			size, sum, err := disk.SumFile(sink.opt.Disk, filepath.Join(dir, f.Path))
			if err != nil || size != f.Size || sum != f.Sum {
				t.Errorf("%+v: %d bytes, %08x, %v", f, size, sum, err)
			}
		}
	}
	must(t, sink.Commit(ctx, 2))
	if got := prepare(t, sink, 3); len(got) != 2 {
		t.Errorf("%d files are left", len(got))
	}
}

// crashed leaves the directory as a process does that died after it had prepared
// epochs 1 (shard 0) and 2 (shard 1) and begun a file of shard 2. It returns what
// Prepare told, by epoch.
func crashed(t *testing.T) (dir string, prepared [3][]disk.Staged) {
	dir = t.TempDir()
	sink, err := New(dir, schemaOf(allShapes()), Options{})
	must(t, err)
	for epoch := range uint64(2) {
		must(t, sink.Write(ctx, of(epoch+1, small(1, boundary, int(epoch), 5))))
		prepared[epoch+1] = prepare(t, sink, epoch+1)
	}
	must(t, sink.Write(ctx, of(3, small(1, boundary, 2, 5))))
	return dir, prepared
}

func TestRecovery(t *testing.T) {
	for name, c := range map[string]struct {
		first func(*Sink, [3][]disk.Staged) error
		want  []string
	}{
		"recover 1": {func(s *Sink, p [3][]disk.Staged) error { return s.Recover(ctx, 1, p[1]) }, []string{final0}},
		"recover 2": {func(s *Sink, p [3][]disk.Staged) error { return s.Recover(ctx, 2, p[2]) }, []string{final0, final1}},
		"recover 0": {func(s *Sink, _ [3][]disk.Staged) error { return s.Recover(ctx, 0, nil) }, nil},
		"write":     {func(s *Sink, _ [3][]disk.Staged) error { return s.Write(ctx, of(10, small(2, boundary, 2, 5))) }, nil},
		"prepare":   {func(s *Sink, _ [3][]disk.Staged) error { _, err := s.Prepare(ctx, 3); return err }, nil},
	} {
		dir, prepared := crashed(t)
		sink := newSink(t, dir, schemaOf(allShapes()))
		must(t, c.first(sink, prepared))
		must(t, sink.Commit(ctx, 9))
		must(t, sink.Close())
		if got := files(t, dir); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A file that is not what the checkpoint says is refused by name, before anything
// is published, and nothing is dropped.
func TestRecoverDamaged(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(b []byte) []byte
		change func(f *disk.Staged)
		want   string
	}{
		"a bit":         {damage: func(b []byte) []byte { b[len(b)/2] ^= 4; return b }, want: "damaged"},
		"a byte less":   {damage: func(b []byte) []byte { return b[1:] }, want: "damaged"},
		"a byte more":   {damage: func(b []byte) []byte { return append(b, 0) }, want: "damaged"},
		"empty":         {damage: func([]byte) []byte { return nil }, want: "damaged"},
		"later epoch":   {change: func(f *disk.Staged) { f.Path = strings.Replace(f.Path, "/2_", "/3_", 1) }, want: "later epoch"},
		"another place": {change: func(f *disk.Staged) { f.Path = "../" + f.Path }, want: "no name of a staged file"},
		"another name":  {change: func(f *disk.Staged) { f.Path = ".staging/features/a.parquet" }, want: "no name of a staged file"},
	} {
		dir, prepared := crashed(t)
		list := slices.Clone(prepared[2])
		last := &list[len(list)-1]
		path := filepath.Join(dir, last.Path)
		good, err := os.ReadFile(path)
		must(t, err)
		named := filepath.Base(last.Path)
		if c.change != nil {
			c.change(last)
			named = filepath.Base(last.Path)
		} else {
			must(t, os.WriteFile(path, c.damage(slices.Clone(good)), 0o600))
		}
		sink := newSink(t, dir, schemaOf(allShapes()))
		err = sink.Recover(ctx, 2, list)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), named) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
		sink.Close()
		if got := files(t, filepath.Join(dir, stagingPath)); len(got) != 3 || len(files(t, dir)) != 3 {
			t.Errorf("%s: left %v", name, files(t, dir))
		}
		must(t, os.WriteFile(path, good, 0o600))
		sink = newSink(t, dir, schemaOf(allShapes()))
		must(t, sink.Recover(ctx, 2, prepared[2]))
		must(t, sink.Close())
		if got := files(t, dir); !slices.Equal(got, []string{final0, final1}) {
			t.Errorf("%s: mended: %v", name, got)
		}
	}
}

func TestRecoverTooLate(t *testing.T) {
	sink := newSink(t, t.TempDir(), schemaOf(allShapes()))
	must(t, sink.Recover(ctx, 4, nil))
	if err := sink.Write(ctx, of(4, small(1, boundary, 0, 5))); err == nil {
		t.Error("rows of an epoch that is committed were taken")
	}
	sink = newSink(t, t.TempDir(), schemaOf(allShapes()))
	must(t, sink.Write(ctx, small(1, boundary, 0, 5)))
	if err := sink.Recover(ctx, 0, nil); err == nil || !strings.Contains(err.Error(), "not the first call") {
		t.Errorf("Recover after Write: %v", err)
	}
}

// Recovery after a crash between a link and the removal of the staged name.
func TestRecoverAfterLink(t *testing.T) {
	for name, place := range map[string]func(staged, final string) error{
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
		dir, prepared := crashed(t)
		staged, final := filepath.Join(dir, staged0), filepath.Join(dir, final0)
		must(t, os.MkdirAll(filepath.Dir(final), 0o700))
		must(t, place(staged, final))
		err := newSink(t, dir, schemaOf(allShapes())).Recover(ctx, 2, prepared[2])
		if other := strings.HasPrefix(name, "other"); (err != nil) != other {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (!strings.Contains(err.Error(), staged) || !strings.Contains(err.Error(), final)) {
			t.Errorf("%s: %v does not name both", name, err)
		}
	}
}

func TestModes(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir := t.TempDir()
	sink := newSink(t, dir, schemaOf(allShapes()))
	must(t, sink.Write(ctx, small(1, boundary, 0, 5)))
	prepare(t, sink, 1)
	must(t, sink.Commit(ctx, 1))
	for path, want := range map[string]os.FileMode{final0: 0o640, "features": 0o750, filepath.Dir(final0): 0o750} {
		st, err := os.Stat(filepath.Join(dir, path))
		must(t, err)
		if st.Mode().Perm() != want {
			t.Errorf("%s is %v", path, st.Mode())
		}
	}
}

// slow is a disk whose syncs wait until they are let go.
type slow struct {
	disk.FS
	syncing, letGo chan struct{}
}

type slowFile struct {
	disk.File
	on slow
}

func (h slow) Create(path string) (disk.File, error) {
	f, err := h.FS.Create(path)
	return slowFile{f, h}, err
}

func (h slow) wait() {
	h.syncing <- struct{}{}
	<-h.letGo
}

func (f slowFile) Sync() error          { f.on.wait(); return f.File.Sync() }
func (h slow) SyncDir(dir string) error { h.wait(); return h.FS.SyncDir(dir) }

// Shards write while Prepare and Commit wait for the disk. If they had to wait
// too, nothing here would ever go on.
func TestWriteMeanwhile(t *testing.T) {
	dir := t.TempDir()
	h := slow{disk.New(0o600, 0o700), make(chan struct{}), make(chan struct{})}
	sink, err := New(dir, schemaOf(allShapes()), Options{Disk: h})
	must(t, err)
	must(t, sink.Write(ctx, small(1, boundary, 0, 5)))
	finished := make(chan error)
	go func() {
		_, err := sink.Prepare(ctx, 1)
		finished <- errors.Join(err, sink.Commit(ctx, 1))
	}()
	syncs := 0
	for open := true; open; {
		select {
		case <-h.syncing:
			must(t, sink.Write(ctx, of(2, small(1, boundary+day*cdr.Millis(syncs), 1, 5))))
			syncs++
			h.letGo <- struct{}{}
		case err := <-finished:
			must(t, err)
			open = false
		}
	}
	if got := files(t, filepath.Join(dir, "features")); len(got) != 1 || syncs < 3 {
		t.Errorf("%d syncs, published %v", syncs, got)
	}
	if got := len(files(t, filepath.Join(dir, stagingPath))); got != syncs {
		t.Errorf("%d files wait for the next epoch, not %d", got, syncs)
	}
}
