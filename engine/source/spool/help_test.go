package spool

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const header = "id,text\n"

// open opens a file as the program does: it looks at the beginning for the format.
func open(ctx context.Context, path string) (source.Source, any, error) {
	f, err := file.Open(path, file.Options{BlockSize: 40, MaxRecord: 60, Content: true})
	if err != nil {
		return nil, nil, err
	}
	head, err := f.Head(ctx)
	if err == nil && len(head) == 0 {
		f.Close()
		return nil, nil, nil
	}
	if err == nil && !bytes.HasPrefix(head, []byte(header)) {
		err = errors.New(path + ": of no known format")
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	f.Skip(len(header))
	return f, "csv", nil
}

// rig is a directory and what reads it, in a bubble of synctest.
type rig struct {
	t    *testing.T
	dir  string
	o    Options
	s    *Spool
	log  logs
	woke int

	mu  sync.Mutex
	got []string        // records, as file: record
	end source.Position // of the last block
}

// quick is a file system that does not wait for the disk.
type quick struct{ disk.FS }

func (quick) SyncDir(string) error { return nil }

func (q quick) Extend(path string) (disk.File, error) {
	f, err := q.FS.Extend(path)
	return quickFile{f}, err
}

type quickFile struct{ disk.File }

func (quickFile) Sync() error { return nil }

type logs struct {
	mu    sync.Mutex
	lines []string
}

func (l *logs) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
}

func (l *logs) with(part string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		if strings.Contains(line, part) {
			n++
		}
	}
	return n
}

// inRig runs a test in a bubble, with a spool over an empty directory.
func inRig(t *testing.T, change func(*Options), test func(t *testing.T, r *rig)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, dir: dir, o: Options{Dir: dir, Open: open, Quiet: DefaultQuiet}}
		r.o.Log, r.o.FS = r.log.add, quick{disk.New(0o600, 0o700)}
		if change != nil {
			change(&r.o)
		}
		r.start()
		defer func() { must(t, r.s.Close()) }()
		test(t, r)
	})
}

// start makes a spool, as a new process does.
func (r *rig) start() {
	r.t.Helper()
	var err error
	r.s, err = New(r.o)
	must(r.t, err)
	r.s.Notify(func() { r.mu.Lock(); r.woke++; r.mu.Unlock() })
	r.end = source.Position{}
}

// restart goes on from b in a new process.
func (r *rig) restart(b source.Bookmark) error {
	r.t.Helper()
	must(r.t, r.s.Close())
	var err error
	r.s, err = New(r.o)
	must(r.t, err)
	err = r.s.Resume(r.t.Context(), b)
	r.s.Notify(func() {})
	r.end = b.Position
	return err
}

// put writes a file of records, whole.
func (r *rig) put(name string, records ...string) {
	r.t.Helper()
	r.write(name, []byte(header+strings.Join(records, "\n")+"\n"))
}

func (r *rig) write(name string, content []byte) {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	must(r.t, os.MkdirAll(filepath.Dir(path), 0o700))
	must(r.t, os.WriteFile(path+".tmp", content, 0o600))
	must(r.t, os.Rename(path+".tmp", path))
}

func (r *rig) appendTo(name, more string) {
	r.t.Helper()
	f, err := os.OpenFile(filepath.Join(r.dir, name), os.O_WRONLY|os.O_APPEND, 0)
	must(r.t, err)
	_, err = f.WriteString(more)
	must(r.t, errors.Join(err, f.Close()))
}

// rest lets time pass and the watcher look.
func (r *rig) rest(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// settle is long enough for whatever is there to be complete.
func (r *rig) settle() { r.rest(emptyQuiet*r.o.Quiet + 2*time.Second) }

// block reads a block; false: there is none.
func (r *rig) block() bool {
	r.t.Helper()
	b, err := r.s.Read(r.t.Context(), nil)
	if errors.Is(err, source.ErrNone) {
		return false
	}
	must(r.t, err)
	first := b.Start
	if len(b.Oversize) > 0 {
		at := b.Oversize[0].At // in the file, as In is
		first.Offset -= b.In.Offset - at.Offset
		first.Line -= b.In.Line - at.Line
	}
	if first != r.end || b.End.Offset-b.Start.Offset != int64(len(b.Data)) {
		r.t.Fatalf("a block from %v to %v of %d bytes behind %v", first, b.End, len(b.Data), r.end)
	}
	if b.Layout != "csv" {
		r.t.Fatalf("layout %v", b.Layout)
	}
	r.end = b.End
	rel, err := filepath.Rel(r.dir, b.Name)
	must(r.t, err)
	for _, line := range strings.Split(strings.TrimSuffix(string(b.Data), "\n"), "\n") {
		if line != "" {
			r.got = append(r.got, rel+": "+line)
		}
	}
	return true
}

// drain reads all there is.
func (r *rig) drain() *rig {
	r.t.Helper()
	for r.block() {
	}
	return r
}

// want compares what was read since the last time.
func (r *rig) want(records ...string) {
	r.t.Helper()
	if !slices.Equal(r.got, records) {
		r.t.Fatalf("read\n  %s\nwant\n  %s", strings.Join(r.got, "\n  "), strings.Join(records, "\n  "))
	}
	r.got = nil
}

func (r *rig) bookmark() source.Bookmark {
	r.t.Helper()
	b, err := r.s.Bookmark()
	must(r.t, err)
	if b.Position != r.end {
		r.t.Fatalf("a bookmark of %v behind %v", b.Position, r.end)
	}
	return b
}

func (r *rig) ack() {
	r.t.Helper()
	must(r.t, r.s.Ack(r.t.Context(), r.bookmark()))
}

// files lists what is in the directory, the marker aside, with today as DAY.
func (r *rig) files() string {
	r.t.Helper()
	day := time.Now().UTC().Format(time.DateOnly)
	var all []string
	must(r.t, filepath.WalkDir(r.dir, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(r.dir, path)
		if err == nil && !d.IsDir() && rel != markerName {
			all = append(all, strings.ReplaceAll(rel, day, "DAY"))
		}
		return err
	}))
	return strings.Join(all, " ")
}

func (r *rig) wantFiles(want string) {
	r.t.Helper()
	if got := r.files(); got != want {
		r.t.Fatalf("there is\n  %s\nwant\n  %s", got, want)
	}
}

func (r *rig) wantLog(part string, n int) {
	r.t.Helper()
	if got := r.log.with(part); got != n {
		r.t.Fatalf("%d lines with %q, want %d, in\n%s", got, part, n, strings.Join(r.log.lines, "\n"))
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// records makes n records that name themselves.
func records(of string, n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("%s-%d,....", of, i))
	}
	return all
}

// under is records as rig.got has them.
func under(name string, records []string) (all []string) {
	for _, r := range records {
		all = append(all, name+": "+r)
	}
	return all
}

func packed(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.Bytes()
}
