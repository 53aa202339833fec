package disktest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// Each script ends in a crash. What may be left, over all seeds, is told for
// keep 0, 50 and 100: files and their contents, of which 50 sees each at least
// once and nothing else.
func TestCrash(t *testing.T) {
	for name, c := range map[string]struct {
		script              string
		none, some, allKept string
	}{
		"a file that nothing synced": {
			"create a; write abc", "", "|a=|a=a|a=ab|a=abc|a=a00|a=ab0|a=000", "a=abc"},
		"only its content": {
			"create a; write abc; sync", "", "|a=abc", "a=abc"},
		"only its name": {
			"create a; write ab; syncdir .", "a=", "a=|a=a|a=ab|a=a0|a=00", "a=ab"},
		"both": {
			"create a; write abc; sync; syncdir .", "a=abc", "a=abc", "a=abc"},
		"appended": {
			"create a; write a; sync; syncdir .; write bc", "a=a", "a=a|a=ab|a=abc|a=ab0|a=a00", "a=abc"},
		"cut": {
			"create a; write abc; sync; syncdir .; truncate 1", "a=abc", "a=abc|a=a", "a=a"},
		"cut and written": {
			"create a; write abc; sync; syncdir .; truncate 1; seek 1; write x", "a=abc",
			"a=abc|a=a|a=ax|a=a0|a=axc", "a=ax"},
		"overwritten": {
			"create a; write abcd; sync; syncdir .; seek 1; write xy", "a=abcd", "a=abcd|a=axcd|a=axyd", "a=axyd"},
		"overwritten beyond its end": {
			"create a; write ab; sync; syncdir .; seek 1; write xy", "a=ab", "a=ab|a=ax|a=aby|a=axy|a=ab0|a=ax0", "a=axy"},
		"cut, written and synced": {
			"create a; write abc; sync; syncdir .; truncate 1; seek 1; write x; sync", "a=ax", "a=ax", "a=ax"},
		"renamed": {
			"create a; write x; sync; syncdir .; rename a b", "a=x", "a=x|b=x", "b=x"},
		"replaced": {
			"create m; write 1; sync; syncdir .; create t; write 2; sync; rename t m", "m=1", "m=1|m=2|m=1 t=2", "m=2"},
		"replaced for good": {
			"create m; write 1; sync; syncdir .; create t; write 2; sync; rename t m; syncdir .", "m=2", "m=2", "m=2"},
		"replaced before it was synced": {
			"create m; write 1; sync; create t; write 2; rename t m; syncdir .", "m=", "m=|m=2|m=0", "m=2"},
		"removed": {
			"create a; write x; sync; syncdir .; remove a", "a=x", "|a=x", ""},
		"removed for good": {
			"create a; write x; sync; syncdir .; remove a; syncdir .", "", "", ""},
		"linked": {
			"create a; write x; sync; syncdir .; mkdir d; link a d/a; remove a", "a=x", "|a=x|d/a=x|a=x d/a=x", "d/a=x"},
		"moved to another directory": {
			"create d/a; write x; sync; syncdir d; rename d/a a; syncdir .", "a=x d/a=x", "a=x|a=x d/a=x", "a=x"},
		"moved, not yet arrived": {
			"create d/a; write x; sync; syncdir d; rename d/a a; syncdir d", "", "|a=x", "a=x"},
		"in a new directory": {
			"create d/e/a; write x; sync; syncdir d/e", "d/e/a=x", "d/e/a=x", "d/e/a=x"},
		"a directory in place of a file": {
			"create a; syncdir .; remove a; create a/b; sync; syncdir a", "a/b=", "a/b=", "a/b="},
	} {
		m := New()
		w := world{FS: m, root: "/"}
		for line := range strings.SplitSeq(c.script, ";") {
			w.run(line)
		}
		seen := map[string]bool{}
		for seed := range uint64(400) {
			if got := picture(m.Crash(0, seed)); got != c.none {
				t.Errorf("%s: keep 0 leaves %q, not %q", name, got, c.none)
			}
			if got := picture(m.Crash(100, seed)); got != c.allKept {
				t.Errorf("%s: keep 100 leaves %q, not %q", name, got, c.allKept)
			}
			seen[picture(m.Crash(50, seed))] = true
		}
		want := strings.Split(c.some, "|")
		for got := range seen {
			if !slices.Contains(want, got) {
				t.Errorf("%s: keep 50 leaves %q", name, got)
			}
		}
		if len(seen) != len(want) {
			t.Errorf("%s: keep 50 leaves %d things of %d", name, len(seen), len(want))
		}
	}
}

// picture shows all files as "a=content d/b=content", zero bytes as 0.
func picture(m *Memory) string {
	var all []string
	for _, name := range m.Files("/") {
		b, _ := m.ReadFile(name)
		all = append(all, name+"="+string(bytes.ReplaceAll(b, []byte{0}, []byte("0"))))
	}
	return strings.Join(all, " ")
}

func TestCrashAt(t *testing.T) {
	for _, takes := range []bool{false, true} {
		m := New()
		m.CrashAt(3, takes) // create, write, sync, rename
		w := world{FS: m, root: "/"}
		w.run("create a")
		w.run("write x")
		w.run("sync")
		if err := m.Rename("a", "b"); !errors.Is(err, ErrCrashed) {
			t.Errorf("operation 3: %v", err)
		}
		if m.Ops() != 4 || m.Op(3) != "rename a" {
			t.Errorf("%d operations, the last is %s", m.Ops(), m.Op(3))
		}
		for _, err := range []error{m.SyncDir("/"), m.Mkdir("d"), second(w.file.Write(nil)), second(w.file.Seek(0, 0)), second(m.Size("a"))} {
			if !errors.Is(err, ErrCrashed) {
				t.Errorf("after the crash: %v", err)
			}
		}
		after := m.Crash(100, 0)
		if want := map[bool]string{false: "a=x", true: "b=x"}[takes]; picture(after) != want {
			t.Errorf("%s is left, not %s", picture(after), want)
		}
		if _, err := after.Extend("b"); err != nil {
			t.Errorf("a new process: %v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestFaults(t *testing.T) {
	lines := []string{"create a", "write ab", "sync", "close", "rename a b", "extend b", "write cd", "sync", "close"}
	for _, c := range []struct {
		fault Fault
		fails []int // lines
		left  string
	}{
		{Fault{At: 4}, []int{4}, "a=ab b=cd"},
		{Fault{At: 2, Writes: true}, []int{2}, "b=cd"},
		{Fault{At: 3, Writes: true}, []int{6}, "b=cb"},
		{Fault{At: 1, Writes: true, Lasts: true}, []int{1, 2, 6, 7}, "b=c"},
		{Fault{At: 7, Lasts: true}, []int{7, 8}, "b=cd"},
	} {
		m := New()
		c.fault.Err = syscall.ENOSPC
		m.Fail(c.fault)
		w := world{FS: m, root: "/"}
		var fails []int
		for i, l := range lines {
			if strings.Contains(w.run(l), syscall.ENOSPC.Error()) {
				fails = append(fails, i)
			}
		}
		if !slices.Equal(fails, c.fails) || picture(m) != c.left {
			t.Errorf("%+v: lines %v fail, %s is left", c.fault, fails, picture(m))
		}
	}
}

// A sync that succeeds after one that failed proves nothing.
func TestSyncAgain(t *testing.T) {
	m := New()
	m.Fail(Fault{At: 2, Err: syscall.EIO})
	f, _ := m.Create("a")
	f.Write([]byte("x"))
	if err := f.Sync(); !errors.Is(err, syscall.EIO) {
		t.Error(err)
	}
	if err := errors.Join(f.Sync(), m.SyncDir("/")); err != nil {
		t.Error(err)
	}
	if got := picture(m.Crash(0, 0)); got != "a=" {
		t.Errorf("%s is left", got)
	}
	again := m.Crash(100, 0)
	w := world{FS: again, root: "/"}
	for _, line := range []string{"extend a", "sync"} {
		w.run(line)
	}
	if now, later := picture(again), picture(again.Crash(0, 0)); now != "a=x" || later != "a=" {
		t.Errorf("a new process sees %s, of which %s is left", now, later)
	}
	again = again.Crash(100, 0)
	w = world{FS: again, root: "/"}
	for _, line := range []string{"extend a", "write y", "sync"} {
		w.run(line)
	}
	if later := picture(again.Crash(0, 0)); later != "a=y" {
		t.Errorf("written anew: %s is left", later)
	}
}

// After the death of a process alone, the next one sees what is not durable yet.
func TestCrashAgain(t *testing.T) {
	m := New()
	w := world{FS: m, root: "/"}
	for _, line := range []string{"create a", "write 1", "sync", "syncdir .", "write 2", "link a b", "remove a"} {
		w.run(line)
	}
	second := m.Crash(100, 0)
	for range 2 {
		if now, later := picture(second), picture(second.Crash(0, 0)); now != "b=12" || later != "a=1" {
			t.Errorf("%s, then %s", now, later)
		}
		second = second.Crash(100, 0)
	}
	w = world{FS: second, root: "/"}
	for _, line := range []string{"extend b", "sync", "syncdir ."} {
		w.run(line)
	}
	if got := picture(second.Crash(0, 0)); got != "b=12" {
		t.Errorf("%s is left of what was synced then", got)
	}
	if got := picture(m.Crash(0, 0)); got != "a=1" {
		t.Errorf("the first one has %s now", got)
	}
}

// Whatever is done and whatever the seed, what was synced last survives.
func TestSyncedSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := New()
		f, _ := m.Create("a")
		m.SyncDir("/")
		var synced []byte
		low, shortest := 0, 0
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			at := rapid.IntRange(0, 12).Draw(t, "at")
			switch rapid.SampledFrom([]string{"write", "append", "cut", "sync"}).Draw(t, "step") {
			case "write":
				f.Seek(int64(at), io.SeekStart)
				f.Write([]byte("xyz"))
				low = min(low, at)
			case "append":
				f.Seek(0, io.SeekEnd)
				f.Write([]byte("abc"))
			case "cut":
				if size, _ := m.Size("a"); int64(at) < size {
					f.Truncate(int64(at))
					shortest = min(shortest, at)
					low = min(low, at)
				}
			case "sync":
				f.Sync()
				synced, _ = m.ReadFile("a")
				low, shortest = len(synced), len(synced)
			}
		}
		now, _ := m.ReadFile("a")
		keep, seed := rapid.IntRange(0, 100).Draw(t, "keep"), rapid.Uint64().Draw(t, "seed")
		after := m.Crash(keep, seed)
		got, err := after.ReadFile("a")
		if err != nil || !bytes.HasPrefix(got, synced[:min(low, len(synced))]) {
			t.Fatalf("%q, %v does not begin with %q", got, err, synced[:low])
		}
		if len(got) < min(shortest, len(synced)) {
			t.Fatalf("%q was never cut so short", got)
		}
		if keep == 0 && !bytes.Equal(got, synced) || keep == 100 && !bytes.Equal(got, now) {
			t.Fatalf("keep %d: %q of %q, synced %q", keep, got, now, synced)
		}
		// Another outcome of the same crash shares nothing with it.
		g, _ := after.Extend("a")
		g.Write(bytes.Repeat([]byte("#"), 50))
		if again, _ := m.Crash(keep, seed).ReadFile("a"); !bytes.Equal(again, got) {
			t.Fatalf("crashed again: %q, not %q", again, got)
		}
	})
}

// Goroutines use one file system; run with -race.
func TestConcurrent(t *testing.T) {
	m := New()
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for k := range 50 {
				p := fmt.Sprintf("d%d/%d-%d", k%3, i, k)
				f, err := m.Create(p)
				if err != nil {
					t.Error(err)
					return
				}
				_, err = f.Write([]byte(p))
				if err := errors.Join(err, f.Sync(), f.Close(), m.Rename(p, p+"x"), m.SyncDir("d0")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(m.Crash(100, 1).Files("/")); n != 200 {
		t.Errorf("%d files", n)
	}
}

func TestLook(t *testing.T) {
	m := New()
	if err := m.WriteFile("d/a", nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without its directory: %v", err)
	}
	err := errors.Join(m.Mkdir("d/e"), m.WriteFile("d/a", []byte("1")), m.WriteFile("d/e/a", []byte("2")))
	if got := m.Crash(0, 0).Files("d"); err != nil || !slices.Equal(got, []string{"a", "e/a"}) {
		t.Errorf("%v, %v", got, err)
	}
	if m.Files("none") != nil {
		t.Error("files where nothing is")
	}
	var _ disk.FS = m
}

func TestPoints(t *testing.T) {
	n := map[string]int{}
	for p := range Points(3, 5, 2) {
		if p.At < 3 || p.At > 4 {
			t.Errorf("%v", p)
		}
		n[fmt.Sprint(p.At, p.Takes, p.Keep)]++
	}
	if len(n) != 12 || n["3 true 50"] != 2 || n["4 false 0"] != 1 || n["4 true 100"] != 1 {
		t.Errorf("%v", n)
	}
}
