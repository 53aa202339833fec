package jsonl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
)

var ctx = context.Background()

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, dir string) *Writer {
	t.Helper()
	w, err := New(dir, "late", Options{})
	must(t, err)
	t.Cleanup(func() { w.Close() })
	return w
}

// put appends n records numbered from first and returns their lines.
func put(w *Writer, first, n int) (string, error) {
	var lines []byte
	for i := first; i < first+n; i++ {
		raw := fmt.Appendf(nil, "record %d", i)
		lines = appendLine(lines, cdr.Origin{Source: "a.csv", Line: int64(i), Offset: int64(i) * 10}, "late", raw)
		if err := w.Append(cdr.Origin{Source: "a.csv", Line: int64(i), Offset: int64(i) * 10}, "late", raw); err != nil {
			return "", err
		}
	}
	return string(lines), nil
}

// prepare ends an epoch and makes it durable.
func prepare(t testing.TB, w *Writer, epoch uint64) []disk.Staged {
	t.Helper()
	must(t, w.Cut(epoch))
	list, err := w.Prepare(ctx, epoch)
	must(t, err)
	return list
}

func content(dir string) string {
	b, _ := os.ReadFile(filepath.Join(dir, "late", "late.jsonl"))
	return string(b)
}

// files lists what is below dir, directories included.
func files(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	must(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if rel, _ := filepath.Rel(dir, path); rel != "." {
			out = append(out, rel)
		}
		return err
	}))
	return out
}

func TestLifecycle(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	prepare(t, w, 1)
	must(t, w.Commit(ctx, 1))
	if got := files(t, dir); len(got) > 0 {
		t.Fatalf("no record made %v", got)
	}
	want := ""
	for epoch := range uint64(3) {
		lines, err := put(w, int(epoch)*5000, 5000)
		must(t, err)
		if content(dir) != want {
			t.Fatal("records are seen before Commit")
		}
		prepare(t, w, epoch+2)
		want += lines
		must(t, w.Commit(ctx, epoch+2))
		must(t, w.Commit(ctx, epoch+2))
		if content(dir) != want {
			t.Fatalf("epoch %d: %d bytes committed of %d", epoch+2, len(content(dir)), len(want))
		}
	}
	_, err := put(w, 0, 3)
	must(t, err)
	must(t, w.Close())
	if got := files(t, dir); !slices.Equal(got, []string{"late", "late/late.jsonl"}) || content(dir) != want {
		t.Errorf("after Close: %v", got)
	}
	if w.Append(cdr.Origin{Source: "a", Line: 1, Offset: 0}, "r", nil) == nil {
		t.Error("Append after Close was taken")
	}
	w = open(t, dir) // continues the file
	lines, err := put(w, 7, 1)
	must(t, err)
	prepare(t, w, 9)
	must(t, w.Commit(ctx, 9))
	if content(dir) != want+lines {
		t.Error("a new writer does not continue the file")
	}
}

func TestSeveralEpochs(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	var want []string
	for epoch := range uint64(12) {
		lines, err := put(w, int(epoch), 2)
		must(t, err)
		list := prepare(t, w, epoch+1)
		want = append(want, lines)
		if len(list) != int(epoch)+1 {
			t.Fatalf("epoch %d: %v", epoch+1, list)
		}
		for i, f := range list {
			size, sum, err := disk.SumFile(w.disk, filepath.Join(dir, f.Path))
			if err != nil || size != f.Size || sum != f.Sum || size != int64(len(want[i])) {
				t.Errorf("%+v: %d bytes, %08x, %v", f, size, sum, err)
			}
		}
	}
	must(t, w.Commit(ctx, 4))
	if content(dir) != strings.Join(want[:4], "") {
		t.Error("not the epochs up to 4")
	}
	must(t, w.Commit(ctx, 12))
	if content(dir) != strings.Join(want, "") {
		t.Error("not all epochs")
	}
}

// What is appended after a Cut is no part of the epoch, cut off or not.
func TestCut(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	var lines [5]string
	var err error
	for e := 1; e <= 3; e++ { // no records in epoch 2
		if e != 2 {
			lines[e], err = put(w, e, 3)
			must(t, err)
		}
		must(t, w.Cut(uint64(e)))
	}
	lines[4], err = put(w, 4, 3)
	must(t, err)
	want := ""
	for e := range uint64(5) {
		if e == 4 {
			must(t, w.Cut(e))
		}
		list, err := w.Prepare(ctx, e)
		must(t, err)
		if size := bytesOf(list); size != len(lines[e]) {
			t.Errorf("epoch %d: %d bytes are staged, not %d", e, size, len(lines[e]))
		}
		must(t, w.Commit(ctx, e))
		want += lines[e]
		if content(dir) != want {
			t.Errorf("epoch %d: %q", e, content(dir))
		}
	}
	_, err = put(w, 5, 1)
	must(t, err)
	if err := w.Cut(4); err == nil || !strings.Contains(err.Error(), "defect") {
		t.Errorf("records for an epoch that is committed: %v", err)
	}
}

func bytesOf(list []disk.Staged) (n int) {
	for _, f := range list {
		n += int(f.Size)
	}
	return n
}

// died leaves the directory as a process does that died with epoch 1 committed, 2
// and 3 prepared, and records of 4 written. It returns the lines and what Prepare
// told, by epoch.
func died(t *testing.T) (dir string, lines [4]string, prepared [4][]disk.Staged) {
	dir = t.TempDir()
	w, err := New(dir, "late", Options{})
	must(t, err)
	for e := 1; e <= 3; e++ {
		lines[e], err = put(w, e, 100)
		must(t, err)
		prepared[e] = prepare(t, w, uint64(e))
		must(t, w.Commit(ctx, 1))
	}
	_, err = put(w, 9, 10000)
	must(t, err)
	return dir, lines, prepared
}

func addTo(t *testing.T, dir, text string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, "late", "late.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString(text)
	must(t, err)
	must(t, f.Close())
}

func TestRecovery(t *testing.T) {
	type prepared = [4][]disk.Staged
	for name, c := range map[string]struct {
		first func(*Writer, prepared) error
		want  []int // epochs in the file
	}{
		"recover 0":   {func(w *Writer, _ prepared) error { return w.Recover(ctx, 0, nil) }, []int{1}},
		"recover 1":   {func(w *Writer, p prepared) error { return w.Recover(ctx, 1, p[1]) }, []int{1}},
		"recover 2":   {func(w *Writer, p prepared) error { return w.Recover(ctx, 2, p[2]) }, []int{1, 2}},
		"recover 3":   {func(w *Writer, p prepared) error { return w.Recover(ctx, 3, p[3]) }, []int{1, 2, 3}},
		"recover 3 b": {func(w *Writer, p prepared) error { slices.Reverse(p[3]); return w.Recover(ctx, 3, p[3]) }, []int{1, 2, 3}},
		"append": {func(w *Writer, _ prepared) error {
			return w.Append(cdr.Origin{Source: "a", Line: 1, Offset: 0}, "r", nil)
		}, []int{1}},
		"prepare": {func(w *Writer, _ prepared) error { _, err := w.Prepare(ctx, 3); return err }, []int{1}},
	} {
		for _, torn := range []string{"", "half a li", "x\ny\n", "the file"} {
			dir, lines, p := died(t)
			switch {
			case !strings.HasPrefix(name, "recover") || name == "recover 0":
			case torn == "the file": // the process died before it removed what it had appended
				addTo(t, dir, strings.Join(lines[2:c.want[len(c.want)-1]+1], ""))
			default: // in the middle of Commit
				addTo(t, dir, torn)
			}
			w := open(t, dir)
			must(t, c.first(w, p))
			must(t, w.Commit(ctx, 9))
			must(t, w.Close())
			want := ""
			for _, e := range c.want {
				want += lines[e]
			}
			if content(dir) != want {
				t.Errorf("%s, torn %q: %d bytes, not %d", name, torn, len(content(dir)), len(want))
			}
			if got := files(t, dir); len(got) != 2 {
				t.Errorf("%s: left %v", name, got)
			}
		}
	}
}

// Some of the staged files are gone, others are not.
func TestRecoverPartly(t *testing.T) {
	for mask := range 4 {
		for appended := 1; appended <= 3; appended++ { // epochs in the final file
			dir, lines, p := died(t)
			addTo(t, dir, strings.Join(lines[2:appended+1], ""))
			last := 1
			for i := range 2 {
				if mask>>i&1 == 1 {
					must(t, os.Remove(filepath.Join(dir, p[3][i].Path)))
					last = i + 2
				}
			}
			w := open(t, dir)
			err := w.Recover(ctx, 3, p[3])
			if last > appended { // it was not published and is gone
				if err == nil || !strings.Contains(err.Error(), "late.jsonl does not hold") || strings.Contains(err.Error(), "\n") {
					t.Errorf("gone %b, appended %d: %v", mask, appended, err)
				}
				continue
			}
			if want := strings.Join(lines[:], ""); err != nil || content(dir) != want {
				t.Errorf("gone %b, appended %d: %d bytes, not %d, %v", mask, appended, len(content(dir)), len(want), err)
			}
		}
	}
}

// A file that is not what the checkpoint says is refused by name; nothing is
// published, and nothing dropped.
func TestRecoverDamaged(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(b []byte) []byte
		change func(p []disk.Staged)
		want   string
	}{
		"a bit":         {damage: func(b []byte) []byte { b[len(b)/2] ^= 4; return b }, want: "damaged"},
		"a byte less":   {damage: func(b []byte) []byte { return b[1:] }, want: "damaged"},
		"a byte more":   {damage: func(b []byte) []byte { return append(b, 0) }, want: "damaged"},
		"another place": {change: func(p []disk.Staged) { p[1].Path = "../" + p[1].Path }, want: "no name of a staged file"},
		"another name":  {change: func(p []disk.Staged) { p[1].Path = ".staging/late/01.jsonl" }, want: "no name of a staged file"},
		"another kind":  {change: func(p []disk.Staged) { p[1].Path = ".staging/rejects/1.jsonl" }, want: "no name of a staged file"},
		"a gap":         {change: func(p []disk.Staged) { p[0].Size-- }, want: "does not follow"},
	} {
		dir, lines, p := died(t)
		path := filepath.Join(dir, p[3][1].Path)
		good, err := os.ReadFile(path)
		must(t, err)
		list := slices.Clone(p[3])
		if c.change != nil {
			c.change(list)
		} else {
			must(t, os.WriteFile(path, c.damage(slices.Clone(good)), 0o600))
		}
		w := open(t, dir)
		err = w.Recover(ctx, 3, list)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), filepath.Base(list[1].Path)) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
		w.Close()
		if content(dir) != lines[1] || len(files(t, filepath.Join(dir, ".staging/late"))) != 3 {
			t.Errorf("%s: left %v", name, files(t, dir))
		}
		must(t, os.WriteFile(path, good, 0o600))
		must(t, open(t, dir).Recover(ctx, 3, p[3]))
		if content(dir) != strings.Join(lines[:], "") {
			t.Errorf("%s: mended: %d bytes", name, len(content(dir)))
		}
	}
}

func TestRecoverTooLate(t *testing.T) {
	w := open(t, t.TempDir())
	_, err := put(w, 1, 1)
	must(t, err)
	if err := w.Recover(ctx, 0, nil); err == nil || !strings.Contains(err.Error(), "not the first call") {
		t.Errorf("Recover after Append: %v", err)
	}
	if err := open(t, t.TempDir()).Recover(ctx, 0, []disk.Staged{{Path: ".staging/late/0.jsonl"}}); err == nil {
		t.Error("files of no epoch were taken")
	}
}

// Nobody but the writer shortens the final file.
func TestShortFile(t *testing.T) {
	dir, _, p := died(t)
	must(t, os.Truncate(filepath.Join(dir, "late/late.jsonl"), 5))
	if err := open(t, dir).Recover(ctx, 3, p[3]); err == nil || !strings.Contains(err.Error(), "fewer than") || !strings.Contains(err.Error(), "put the file back") {
		t.Errorf("recovering: %v", err)
	}
	dir = t.TempDir()
	w := open(t, dir)
	for e := range uint64(2) {
		_, err := put(w, int(e), 10)
		must(t, err)
		prepare(t, w, e+1)
		if e == 0 {
			must(t, w.Commit(ctx, 1))
			must(t, os.Truncate(filepath.Join(dir, "late/late.jsonl"), 5))
		}
	}
	if err := w.Commit(ctx, 2); err == nil || !strings.Contains(err.Error(), "fewer than") || strings.Contains(err.Error(), "\n") {
		t.Errorf("committing: %v", err)
	}
}

// A staged file that changed since it was prepared is not published as good.
func TestCommitDamaged(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	_, err := put(w, 1, 10)
	must(t, err)
	path := filepath.Join(dir, prepare(t, w, 1)[0].Path)
	b, err := os.ReadFile(path)
	must(t, err)
	b[7] ^= 1
	must(t, os.WriteFile(path, b, 0o600))
	if err := w.Commit(ctx, 1); err == nil || !strings.Contains(err.Error(), path+" is damaged") {
		t.Error(err)
	}
}

// slow is a disk whose syncs wait until they are let go.
type slow struct {
	disk.FS
	syncing, letGo, over chan struct{}
}

type slowFile struct {
	disk.File
	on slow
}

func (s slow) Create(path string) (disk.File, error) {
	f, err := s.FS.Create(path)
	return slowFile{f, s}, err
}

func (s slow) Extend(path string) (disk.File, error) {
	f, err := s.FS.Extend(path)
	return slowFile{f, s}, err
}

func (s slow) wait() {
	select {
	case s.syncing <- struct{}{}:
		<-s.letGo
	case <-s.over:
	}
}

func (f slowFile) Sync() error          { f.on.wait(); return f.File.Sync() }
func (s slow) SyncDir(dir string) error { s.wait(); return s.FS.SyncDir(dir) }

// Records are appended and cut off while Prepare and Commit wait for the disk. If
// Append had to wait too, nothing here would ever go on.
func TestAppendMeanwhile(t *testing.T) {
	dir := t.TempDir()
	s := slow{disk.New(0o600, 0o700), make(chan struct{}), make(chan struct{}), make(chan struct{})}
	w, err := New(dir, "late", Options{Disk: s})
	must(t, err)
	first, err := put(w, 0, 10)
	must(t, err)
	must(t, w.Cut(1))
	finished := make(chan error)
	go func() {
		_, err := w.Prepare(ctx, 1)
		finished <- errors.Join(err, w.Commit(ctx, 1))
	}()
	syncs, later := 0, ""
	for open := true; open; {
		select {
		case <-s.syncing:
			lines, err := put(w, syncs, 10)
			must(t, err)
			must(t, w.Cut(2))
			later += lines
			syncs++
			s.letGo <- struct{}{}
		case err := <-finished:
			must(t, err)
			open = false
		}
	}
	if content(dir) != first || syncs < 4 {
		t.Errorf("%d syncs, %q", syncs, content(dir))
	}
	close(s.over)
	_, err = w.Prepare(ctx, 2)
	must(t, errors.Join(err, w.Commit(ctx, 2)))
	if content(dir) != first+later {
		t.Errorf("%d bytes, not %d", len(content(dir)), len(first+later))
	}
}

func TestModes(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir := t.TempDir()
	w := open(t, dir)
	_, err := put(w, 1, 1)
	must(t, err)
	prepare(t, w, 1)
	must(t, w.Commit(ctx, 1))
	for path, want := range map[string]os.FileMode{"late": 0o700, "late/late.jsonl": 0o600, ".staging/late": 0o700} {
		st, err := os.Stat(filepath.Join(dir, path))
		must(t, err)
		if st.Mode().Perm() != want {
			t.Errorf("%s is %v", path, st.Mode())
		}
	}
	for _, kind := range []string{"", "../x", "a/b", "."} {
		if _, err := New(dir, kind, Options{}); err == nil {
			t.Errorf("the kind %q was taken", kind)
		}
	}
}

// Goroutines append at the same time; run with -race.
func TestConcurrent(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			if _, err := put(w, g*1000, 1000); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	prepare(t, w, 1)
	must(t, w.Commit(ctx, 1))
	if n := strings.Count(content(dir), "\n"); n != 4000 {
		t.Errorf("%d lines", n)
	}
}

func TestAllocations(t *testing.T) {
	w := open(t, t.TempDir())
	raw, binary := []byte(strings.Repeat("record,", 20)), bytes.Repeat([]byte{0xff, 1}, 50)
	add := func() {
		must(t, w.Append(cdr.Origin{Source: "a.csv", Line: 1, Offset: 2}, "a reason", raw))
		must(t, w.Append(cdr.Origin{Source: "a.csv", Line: 1, Offset: 2}, "a reason", binary))
	}
	add()
	if n := testing.AllocsPerRun(1000, add); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
