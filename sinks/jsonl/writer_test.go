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
	w, err := New(dir, "late")
	must(t, err)
	t.Cleanup(func() { w.Close() })
	return w
}

// put appends n records numbered from first and returns their lines.
func put(w *Writer, first, n int) (string, error) {
	var lines []byte
	for i := first; i < first+n; i++ {
		raw := fmt.Appendf(nil, "record %d", i)
		lines = appendLine(lines, "a.csv", int64(i), int64(i)*10, "late", raw)
		if err := w.Append("a.csv", int64(i), int64(i)*10, "late", raw); err != nil {
			return "", err
		}
	}
	return string(lines), nil
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
	must(t, w.Prepare(ctx, 1))
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
		must(t, w.Prepare(ctx, epoch+2))
		want += lines
		if w.Prepared() != int64(len(want)) {
			t.Errorf("prepared %d bytes of %d", w.Prepared(), len(want))
		}
		must(t, w.Commit(ctx, epoch+2))
		must(t, w.Commit(ctx, epoch+2))
		if content(dir) != want || w.Committed() != int64(len(want)) {
			t.Fatalf("epoch %d: %d bytes committed of %d", epoch+2, w.Committed(), len(want))
		}
	}
	_, err := put(w, 0, 3)
	must(t, err)
	must(t, w.Close())
	if got := files(t, dir); !slices.Equal(got, []string{"late", "late/late.jsonl"}) || content(dir) != want {
		t.Errorf("after Close: %v", got)
	}
	if w.Append("a", 1, 0, "r", nil) == nil {
		t.Error("Append after Close was taken")
	}
	w = open(t, dir) // continues the file
	lines, err := put(w, 7, 1)
	must(t, err)
	must(t, w.Prepare(ctx, 9))
	must(t, w.Commit(ctx, 9))
	if content(dir) != want+lines {
		t.Error("a new writer does not continue the file")
	}
}

func TestSeveralEpochs(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	var want []string
	for epoch := range uint64(12) { // epoch 10 sorts before 2 as text
		lines, err := put(w, int(epoch), 2)
		must(t, err)
		must(t, w.Prepare(ctx, epoch))
		want = append(want, lines)
	}
	must(t, w.Commit(ctx, 4))
	if content(dir) != strings.Join(want[:5], "") {
		t.Error("not the epochs up to 4")
	}
	must(t, w.Commit(ctx, 11))
	if content(dir) != strings.Join(want, "") {
		t.Error("not all epochs")
	}
}

func TestRecovery(t *testing.T) {
	for name, c := range map[string]struct {
		first func(*Writer) error
		want  []int // epochs in the file
	}{
		"commit 0": {func(w *Writer) error { return w.Commit(ctx, 0) }, []int{0}},
		"commit 1": {func(w *Writer) error { return w.Commit(ctx, 1) }, []int{0, 1}},
		"commit 2": {func(w *Writer) error { return w.Commit(ctx, 2) }, []int{0, 1, 2}},
		"append":   {func(w *Writer) error { return w.Append("a", 1, 0, "r", nil) }, []int{0}},
		"prepare":  {func(w *Writer) error { return w.Prepare(ctx, 3) }, []int{0}},
	} {
		for _, torn := range []string{"", "half a li", "x\ny\n"} {
			dir := t.TempDir()
			w, err := New(dir, "late")
			must(t, err)
			var epochs [3]string
			for e := range uint64(3) {
				epochs[e], err = put(w, int(e), 100)
				must(t, err)
				must(t, w.Prepare(ctx, e))
				must(t, w.Commit(ctx, 0))
			}
			_, err = put(w, 9, 100) // and the process dies
			must(t, err)
			if torn != "" && c.want[len(c.want)-1] > 0 { // in the middle of Commit(1)
				f, err := os.OpenFile(filepath.Join(dir, "late", "late.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
				must(t, err)
				f.WriteString(torn)
				must(t, f.Close())
			}
			w = open(t, dir)
			must(t, c.first(w))
			must(t, w.Commit(ctx, 2))
			must(t, w.Close())
			want := ""
			for _, e := range c.want {
				want += epochs[e]
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

func TestTruncate(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	a, err := put(w, 1, 10)
	must(t, err)
	must(t, w.Prepare(ctx, 1))
	length := w.Prepared()
	must(t, w.Commit(ctx, 1))
	_, err = put(w, 2, 10)
	must(t, err)
	must(t, w.Prepare(ctx, 2))
	must(t, w.Commit(ctx, 2))
	must(t, w.Close())
	w = open(t, dir) // resumes from checkpoint 1
	must(t, w.Commit(ctx, 1))
	must(t, w.Truncate(length))
	if content(dir) != a || w.Committed() != length {
		t.Errorf("%d bytes, not %d", len(content(dir)), length)
	}
	b, err := put(w, 3, 1)
	must(t, err)
	must(t, w.Prepare(ctx, 2))
	must(t, w.Commit(ctx, 2))
	if content(dir) != a+b {
		t.Error("what follows is not appended there")
	}
	if err := open(t, dir).Truncate(length * 9); err == nil || !strings.Contains(err.Error(), "shorter") {
		t.Errorf("beyond the end: %v", err)
	}
}

func TestShortFile(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	_, err := put(w, 1, 10)
	must(t, err)
	must(t, w.Prepare(ctx, 1))
	must(t, w.Commit(ctx, 1))
	_, err = put(w, 2, 10)
	must(t, err)
	must(t, w.Prepare(ctx, 2))
	must(t, os.Truncate(filepath.Join(dir, "late/late.jsonl"), 5))
	if err := w.Commit(ctx, 2); !errors.Is(err, errShort) || strings.Contains(err.Error(), "\n") {
		t.Errorf("a file that somebody cut: %v", err)
	}
}

func TestModes(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir := t.TempDir()
	w := open(t, dir)
	_, err := put(w, 1, 1)
	must(t, err)
	must(t, w.Prepare(ctx, 1))
	must(t, w.Commit(ctx, 1))
	for path, want := range map[string]os.FileMode{"late": 0o700, "late/late.jsonl": 0o600, ".staging/late": 0o700} {
		st, err := os.Stat(filepath.Join(dir, path))
		must(t, err)
		if st.Mode().Perm() != want {
			t.Errorf("%s is %v", path, st.Mode())
		}
	}
	for _, kind := range []string{"", "../x", "a/b", "."} {
		if _, err := New(dir, kind); err == nil {
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
	must(t, w.Prepare(ctx, 1))
	must(t, w.Commit(ctx, 1))
	if n := strings.Count(content(dir), "\n"); n != 4000 {
		t.Errorf("%d lines", n)
	}
}

func TestAllocations(t *testing.T) {
	w := open(t, t.TempDir())
	raw, binary := []byte(strings.Repeat("record,", 20)), bytes.Repeat([]byte{0xff, 1}, 50)
	add := func() {
		must(t, w.Append("a.csv", 1, 2, "a reason", raw))
		must(t, w.Append("a.csv", 1, 2, "a reason", binary))
	}
	add()
	if n := testing.AllocsPerRun(1000, add); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
