package spool

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/source"
)

func TestFilesInOrder(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		r.drain().want()
		r.put("b.csv", "1,b")
		r.put("a/10.csv", "1,ten")
		r.put("a/9.csv", "1,nine", "2,nine")
		r.put("a-b.csv", "1,ab")
		r.put(".hidden.csv", "no")
		r.put(".git/x.csv", "no")
		r.put("c.csv.part", "no")
		r.put("c.csv.tmp", "no")
		r.put("d.csv.gz.tmp/x.csv", "no")
		must(t, os.Symlink("b.csv", filepath.Join(r.dir, "link.csv")))
		must(t, os.Symlink("a", filepath.Join(r.dir, "linked")))
		r.rest(4 * time.Second)
		r.drain().want()
		if lag := r.s.Lag(); lag != (source.Lag{Headroom: -1}) {
			t.Errorf("%+v", lag)
		}
		r.rest(2 * time.Second)
		if lag := r.s.Lag(); lag != (source.Lag{Waiting: 4, Headroom: -1}) {
			t.Errorf("%+v", lag)
		}
		r.drain().want("a/10.csv: 1,ten", "a/9.csv: 1,nine", "a/9.csv: 2,nine", "a-b.csv: 1,ab", "b.csv: 1,b")
		r.wantLog("no regular file", 2)
		r.put("a/8.csv", "1,late")
		r.settle()
		r.drain().want("a/8.csv: 1,late")
		r.ack()
		r.wantFiles(".archive/DAY/a/10.csv .archive/DAY/a/8.csv .archive/DAY/a/9.csv .archive/DAY/a-b.csv .archive/DAY/b.csv .git/x.csv .hidden.csv c.csv.part c.csv.tmp d.csv.gz.tmp/x.csv link.csv linked")
		if st := r.s.Stats(); st != (Stats{Files: 5, Bytes: 6 + 7 + 7 + 5 + 4 + 7}) {
			t.Errorf("%+v", st)
		}
	})
}

func TestSequence(t *testing.T) {
	inRig(t, func(o *Options) { o.Order, o.Quiet = BySequence, 0 }, func(t *testing.T, r *rig) {
		for _, n := range []string{"cdr-10.csv", "cdr-9.csv", "cdr-009b.csv", "d2/cdr-1.csv", "d10/cdr-1.csv"} {
			r.put(n, "1")
		}
		r.rest(time.Second)
		r.drain().want("cdr-9.csv: 1", "cdr-009b.csv: 1", "cdr-10.csv: 1", "d2/cdr-1.csv: 1", "d10/cdr-1.csv: 1")
	})
}

func TestOrders(t *testing.T) {
	for _, order := range []string{ByName, BySequence} {
		compare := inOrder(order)
		sorted := "a a-b a/1 a0/1 b/2/3 b/2/30 b/20 b001 b01 b1 b99999999999999999999 c"
		if order == BySequence {
			sorted = "a a/1 a0/1 a-b b/2/3 b/2/30 b/20 b1 b01 b001 b2 b99999999999999999999 b100000000000000000000 c c1 c1a c01a c1b"
		}
		names := strings.Fields(sorted)
		for i, a := range names {
			for k, b := range names {
				if order == ByName && (a == "a-b" || b == "a-b" || a == "a" || b == "a") || order == BySequence && (a == "a-b" || b == "a-b") {
					continue // below
				}
				if got, want := compare(a, b), min(1, max(-1, i-k)); got != want {
					t.Errorf("%s: %s and %s: %d, want %d", order, a, b, got, want)
				}
			}
		}
		if compare("a/z", "a-b") >= 0 {
			t.Errorf("%s: a directory does not come before what its name begins", order)
		}
	}
}

func TestQuiet(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		r.write("empty.csv", nil)
		r.write("slow.csv", []byte(header))
		for i := range 4 {
			r.rest(4 * time.Second)
			r.appendTo("slow.csv", "x,"+string(rune('0'+i))+"\n")
		}
		r.drain().want()
		r.rest(6 * time.Second)
		r.drain().want("slow.csv: x,0", "slow.csv: x,1", "slow.csv: x,2", "slow.csv: x,3")
		r.ack()
		r.wantFiles(".archive/DAY/slow.csv empty.csv")
		r.rest(40 * time.Second)
		r.drain()
		r.ack()
		r.wantFiles(".archive/DAY/empty.csv .archive/DAY/slow.csv")
	})
}

// A file that was complete changes before its turn comes.
func TestNotCompleteAfterAll(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		r.put("a.csv", "1")
		r.put("b.csv", "2")
		r.settle()
		r.appendTo("a.csv", "3\n")
		r.drain().want("b.csv: 2")
		must(t, os.Remove(filepath.Join(r.dir, "a.csv")))
		r.settle()
		r.drain().want()
		r.put("c.csv", "4")
		r.settle()
		must(t, os.Remove(filepath.Join(r.dir, "c.csv")))
		r.drain().want()
		r.wantLog("c.csv: vanished before anything of it was read", 1)
	})
}

func TestOversize(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		long := strings.Repeat("x", 100)
		r.put("a.csv", "1", long, "2")
		r.put("b.csv", long)
		r.put("c.csv", long, "3")
		r.settle()
		r.drain().want("a.csv: 1", "a.csv: 2", "c.csv: 3")
		if r.end != (source.Position{Offset: 2 + 101 + 2 + 101 + 101 + 2, Line: 6}) {
			t.Errorf("the end is %+v", r.end)
		}
	})
}

func TestSeek(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		r.put("a.csv", records("a", 20)...)
		r.put("b.csv", records("b", 20)...)
		r.settle()
		r.block()
		if err := r.s.Seek(t.Context(), source.Position{Offset: 1 << 40}); err == nil {
			t.Error("sought behind the end")
		}
		must(t, r.restart(source.Bookmark{Evidence: (&evidence{Directory: r.s.marker.id}).String()}))
		r.got = nil
		r.settle()
		r.block()
		at := r.end
		first := len(r.got)
		r.block()
		must(t, r.s.Seek(t.Context(), at))
		r.got, r.end = r.got[:first], at
		must(t, r.s.Seek(t.Context(), at))
		r.drain().want(append(under("a.csv", records("a", 20)), under("b.csv", records("b", 20))...)...)
		if err := r.s.Seek(t.Context(), at); err == nil || !strings.Contains(err.Error(), "only within the file") {
			t.Error(err)
		}
	})
}

// The reader is woken when there is something, and only then.
func TestWake(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		r.rest(time.Minute)
		r.drain()
		r.rest(time.Minute)
		if r.woke != 0 {
			t.Fatalf("woken %d times for nothing", r.woke)
		}
		r.put("a.csv", "1")
		r.rest(time.Minute)
		if r.woke != 1 {
			t.Fatalf("woken %d times", r.woke)
		}
		r.drain().want("a.csv: 1")
	})
}

// When too many files wait for an Ack reading waits, and Ack wakes it.
func TestTooManyUnacked(t *testing.T) {
	inRig(t, func(o *Options) { o.Quiet, o.Done = 0, Delete }, func(t *testing.T, r *rig) {
		for i := range maxRead {
			must(t, os.WriteFile(filepath.Join(r.dir, strings.Repeat("x", 1+i%200)+string(rune('a'+i/200))), nil, 0o600))
		}
		r.put("z.csv", "1")
		r.rest(time.Second)
		r.drain().want()
		if woke := r.woke; len(r.s.read) != maxRead || r.s.Lag().Waiting != 1 {
			t.Fatalf("%d read, woken %d times", len(r.s.read), woke)
		}
		b := r.bookmark()
		if size := len(b.Evidence); size > 400*maxRead {
			t.Errorf("the evidence has %d bytes", size)
		}
		must(t, r.s.Ack(t.Context(), b))
		if r.woke == 0 {
			t.Error("not woken")
		}
		r.drain().want("z.csv: 1")
		r.ack()
		r.wantFiles("")
	})
}

// Looking again costs a stat only for what is not known to be complete.
func TestManyFiles(t *testing.T) {
	dir := t.TempDir()
	for i := range 10_000 {
		f, err := os.Create(filepath.Join(dir, "cdr-"+strings.Repeat("0", i%5)+time.Duration(i).String()))
		must(t, err)
		f.Close()
	}
	stats := 0
	o := Options{Dir: dir, Quiet: 0}.withDefaults()
	w := &watcher{o: &o, present: func() bool { return true }, files: map[name]*watched{}, failed: map[string]bool{}}
	w.lstat = func(path string) (os.FileInfo, error) { stats++; return os.Lstat(path) }
	for i, want := range []struct{ stats, fresh int }{{10_000, 10_000}, {0, 0}, {1, 1}} {
		if i == 2 {
			must(t, os.WriteFile(filepath.Join(dir, "one more"), []byte("x"), 0o600))
		}
		stats = 0
		begin := time.Now()
		fresh, whole := w.look(t.Context(), nil)
		t.Logf("look %d: %v", i, time.Since(begin))
		if !whole || stats != want.stats || len(fresh) != want.fresh {
			t.Errorf("look %d: %d stats, %d files; want %+v", i, stats, len(fresh), want)
		}
	}
	must(t, os.Remove(filepath.Join(dir, "one more")))
	if w.look(t.Context(), nil); len(w.files) != 10_000 {
		t.Errorf("%d files are remembered", len(w.files))
	}
}

// While a part of the directory cannot be seen, that is known and told once, and nothing is
// forgotten.
func TestPartlyUnseen(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []string{"a", "b"} {
		must(t, os.WriteFile(filepath.Join(dir, n), []byte("x"), 0o600))
	}
	var log logs
	o := Options{Dir: dir, Log: log.add}.withDefaults()
	w := &watcher{o: &o, present: func() bool { return true }, lstat: os.Lstat, files: map[name]*watched{}, failed: map[string]bool{}}
	if fresh, whole := w.look(t.Context(), nil); len(fresh) != 2 || !whole {
		t.Fatalf("%v, %v", fresh, whole)
	}
	w.lstat = func(path string) (os.FileInfo, error) {
		return nil, &os.PathError{Op: "lstat", Path: path, Err: syscall.EIO}
	}
	must(t, os.WriteFile(filepath.Join(dir, "c"), []byte("x"), 0o600))
	must(t, os.Rename(filepath.Join(dir, "b"), filepath.Join(dir, ".b")))
	for range 3 {
		if fresh, whole := w.look(t.Context(), nil); len(fresh) != 0 || whole || len(w.files) != 2 {
			t.Fatalf("%v, %v, %d files", fresh, whole, len(w.files))
		}
	}
	if log.with("c: cannot be looked at (input/output error): trying again") != 1 {
		t.Error(log.lines)
	}
	w.lstat = os.Lstat
	must(t, os.Rename(filepath.Join(dir, ".b"), filepath.Join(dir, "b")))
	if fresh, whole := w.look(t.Context(), nil); len(fresh) != 1 || !whole || log.with("c: is there again") != 1 {
		t.Errorf("%v, %v, %v", fresh, whole, log.lines)
	}
}

// However often an Ack meets a file that has changed, it waits once.
func TestWaitsOnce(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		r.put("a.csv", "1")
		r.settle()
		r.drain().want("a.csv: 1")
		r.appendTo("a.csv", "2\n")
		for range 3 {
			r.ack()
			r.settle()
			if lag := r.s.Lag(); lag.Waiting != 1 {
				t.Errorf("%+v", lag)
			}
		}
		r.drain().want("a.csv: 2")
	})
}

// A file that changes while it is being opened is not complete.
func TestChangedWhileItIsOpened(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		r.put("a.csv", "1")
		r.settle()
		r.s.o.Open = func(ctx context.Context, path string) (source.Source, any, error) {
			r.appendTo("a.csv", "2")
			r.s.o.Open = open
			return open(ctx, path)
		}
		r.drain().want()
		r.appendTo("a.csv", "3\n")
		r.settle()
		r.drain().want("a.csv: 1", "a.csv: 23")
	})
}
