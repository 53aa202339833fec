package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/source"
)

// crashing is a file system on which a process dies before operation at; -1: it
// lives. After that everything fails.
type crashing struct {
	disk.FS
	at, n int
	fail  func(op, path string) error // nil: nothing else fails
}

var errCrashed = errors.New("the process has died")

func (c *crashing) step(op, path string) error {
	if c.fail != nil {
		if err := c.fail(op, path); err != nil {
			return err
		}
	}
	c.n++
	if c.at >= 0 && c.n > c.at {
		return errCrashed
	}
	return nil
}

func (c *crashing) Mkdir(path string) error {
	return errors.Join(c.step("mkdir", path), c.FS.Mkdir(path))
}

func (c *crashing) Rename(from, to string) error {
	if err := c.step("rename", from); err != nil {
		return err
	}
	return c.FS.Rename(from, to)
}

func (c *crashing) Remove(path string) error {
	if err := c.step("remove", path); err != nil {
		return err
	}
	return c.FS.Remove(path)
}

func (c *crashing) SyncDir(path string) error {
	if err := c.step("sync", path); err != nil {
		return err
	}
	return c.FS.SyncDir(path)
}

func (c *crashing) Extend(path string) (disk.File, error) {
	if err := c.step("extend", path); err != nil {
		return nil, err
	}
	f, err := c.FS.Extend(path)
	return &crashingFile{f, c, path}, err
}

type crashingFile struct {
	disk.File
	c    *crashing
	path string
}

func (f *crashingFile) Write(p []byte) (int, error) {
	if err := f.c.step("write", f.path); err != nil {
		f.File.Write(p[:len(p)/2])
		return len(p) / 2, err
	}
	return f.File.Write(p)
}

// A process that dies at any step of an Ack leaves what the next one completes.
func TestCrashInAck(t *testing.T) {
	for _, done := range []string{Archive, Delete} {
		for at, last := 0, false; !last; at++ {
			d := &crashing{at: -1}
			inRig(t, func(o *Options) { d.FS = o.FS; o.FS, o.Done = d, done }, func(t *testing.T, r *rig) {
				all := drop(r)
				r.settle()
				r.drain()
				if len(r.got) != len(all) {
					t.Fatalf("%d records of %d", len(r.got), len(all))
				}
				r.got = nil
				b := r.bookmark()
				d.at, d.n = at, 0
				err := r.s.Ack(t.Context(), b)
				last = d.n <= at
				if last != (err == nil) && !strings.Contains(fmt.Sprint(r.log.lines), errCrashed.Error()) {
					t.Errorf("step %d: %v", at, err)
				}
				d.at = -1
				must(t, r.restart(b))
				r.settle()
				r.drain().want()
				must(t, r.s.Ack(t.Context(), b))
				r.drain().want()
				want := ".archive/DAY/d0/cdr-0.csv .archive/DAY/d0/cdr-2.csv .archive/DAY/d0/cdr-4.csv .archive/DAY/d0/cdr-6.csv " +
					".archive/DAY/d1/cdr-1.csv .archive/DAY/d1/cdr-3.csv .archive/DAY/d1/cdr-5.csv .archive/DAY/d1/cdr-7.csv " +
					".archive/DAY/e.csv .archive/DAY/z.csv.gz .quarantine/no.csv .quarantine/no.csv.reason"
				if done == Delete {
					want = ".quarantine/no.csv .quarantine/no.csv.reason"
				}
				r.wantFiles(want)
				if len(r.s.read) > 0 {
					t.Errorf("step %d: %d files are remembered", at, len(r.s.read))
				}
			})
			if at > 200 {
				t.Fatal("an Ack without an end")
			}
		}
	}
}

// Names that are taken get numbers.
func TestNameTaken(t *testing.T) {
	inRig(t, func(o *Options) { o.Quiet = 0 }, func(t *testing.T, r *rig) {
		for i := range 3 {
			r.put("a.csv", fmt.Sprint(i))
			r.write("b.csv", []byte(fmt.Sprint("nonsense ", i)))
			r.rest(3e9)
			r.drain().want("a.csv: " + fmt.Sprint(i))
			r.ack()
		}
		r.wantFiles(".archive/DAY/a.csv .archive/DAY/a.csv.1 .archive/DAY/a.csv.2 " +
			".quarantine/b.csv .quarantine/b.csv.1 .quarantine/b.csv.1.reason .quarantine/b.csv.2 .quarantine/b.csv.2.reason .quarantine/b.csv.reason")
		for _, n := range []string{"a.csv.2", "a.csv.1"} {
			files, _ := filepath.Glob(filepath.Join(r.dir, ".archive/*/"+n))
			text, err := os.ReadFile(files[0])
			if err != nil || string(text) != header+n[6:]+"\n" {
				t.Errorf("%s: %q, %v", n, text, err)
			}
		}
		// A file that is named like the reason of another one.
		r.write("c.csv", []byte("nonsense"))
		r.write("c.csv.reason", []byte("no reason"))
		r.rest(3e9)
		r.drain()
		r.ack()
		if text, _ := os.ReadFile(filepath.Join(r.dir, ".quarantine/c.csv.reason")); !strings.Contains(string(text), "c.csv: of no known format") {
			t.Errorf("%q", text)
		}
		if text, _ := os.ReadFile(filepath.Join(r.dir, ".quarantine/c.csv.reason.1")); string(text) != "no reason" {
			t.Errorf("%q: %s", text, r.files())
		}
	})
}

// What cannot be moved stays, is not read again, and is moved later.
func TestUnmovable(t *testing.T) {
	stuck := true
	d := &crashing{at: -1, fail: func(op, path string) error {
		if stuck && (op == "rename" && filepath.Base(path) != "b.csv" || op == "extend" && strings.Contains(path, "no.csv")) {
			return &os.LinkError{Op: op, Old: path, New: path, Err: syscall.EACCES}
		}
		return nil
	}}
	inRig(t, func(o *Options) { d.FS = o.FS; o.FS = d }, func(t *testing.T, r *rig) {
		r.put("a.csv", "1")
		r.put("b.csv", "2")
		r.put("c.csv", "3")
		r.write("d/no.csv", []byte("nonsense"))
		r.settle()
		r.drain().want("a.csv: 1", "b.csv: 2", "c.csv: 3")
		r.ack()
		r.ack()
		r.wantFiles(".archive/DAY/b.csv a.csv c.csv d/no.csv")
		r.wantLog("was read, but cannot be moved away (permission denied)", 3) // b could, so c is told again
		must(t, r.restart(r.bookmark()))
		r.settle()
		r.drain().want()
		stuck = false
		r.ack()
		r.wantFiles(".archive/DAY/a.csv .archive/DAY/b.csv .archive/DAY/c.csv .quarantine/d/no.csv .quarantine/d/no.csv.reason")
	})
}

// A directory that cannot be synced ends the job: what was moved may come back.
func TestUnsyncable(t *testing.T) {
	broken := false
	d := &crashing{at: -1, fail: func(op, path string) error {
		if broken && op == "sync" {
			return &os.PathError{Op: op, Path: path, Err: syscall.EIO}
		}
		return nil
	}}
	inRig(t, func(o *Options) { d.FS = o.FS; o.FS = d }, func(t *testing.T, r *rig) {
		r.put("a.csv", "1")
		r.settle()
		r.drain().want("a.csv: 1")
		broken = true
		err := r.s.Ack(t.Context(), r.bookmark())
		if err == nil || !errors.Is(err, syscall.EIO) || !strings.Contains(err.Error(), "moving away what was read failed") {
			t.Error(err)
		}
		if len(r.s.read) != 1 {
			t.Error("the file was forgotten")
		}
	})
}

// Names are durable where they came to before they are where they were taken from, and a
// reason before its file.
func TestOrderOfSyncs(t *testing.T) {
	var steps []string
	d := &crashing{at: -1, fail: func(op, path string) error {
		if op != "mkdir" {
			steps = append(steps, op+" "+path)
		}
		return nil
	}}
	inRig(t, func(o *Options) { d.FS = o.FS; o.FS = d }, func(t *testing.T, r *rig) {
		r.put("x/a.csv", "1")
		r.put("x/b.csv", "1")
		r.write("no.csv", []byte("nonsense"))
		r.settle()
		r.drain()
		b := r.bookmark()
		steps = nil
		must(t, r.s.Ack(t.Context(), b))
		day := filepath.Join(".archive", time.Now().UTC().Format(time.DateOnly))
		want := []string{
			"extend .quarantine/no.csv.reason", "write .quarantine/no.csv.reason", "sync .quarantine", "rename no.csv", "rename x/a.csv", "rename x/b.csv",
			"sync " + day + "/x", "sync .quarantine", "sync .", "sync x",
		}
		for i, s := range steps {
			op, path, _ := strings.Cut(s, " ")
			rel, _ := filepath.Rel(r.dir, path)
			steps[i] = op + " " + rel
		}
		if !slices.Equal(steps, want) {
			t.Errorf("%q, want %q", steps, want)
		}
	})
}

// The archive may be elsewhere, and a writer that still has the file open is found out.
func TestArchiveElsewhere(t *testing.T) {
	archive := filepath.Join(t.TempDir(), "old")
	var late *os.File
	d := &crashing{at: -1, fail: func(op, _ string) error {
		if op == "rename" && late != nil {
			late.WriteString("late\n")
		}
		return nil
	}}
	inRig(t, func(o *Options) { d.FS = o.FS; o.FS, o.Archive = d, archive }, func(t *testing.T, r *rig) {
		r.put("x/a.csv", "1")
		r.settle()
		r.drain().want("x/a.csv: 1")
		var err error
		late, err = os.OpenFile(filepath.Join(r.dir, "x/a.csv"), os.O_WRONLY|os.O_APPEND, 0)
		must(t, err)
		defer late.Close()
		r.ack()
		r.wantFiles("")
		r.wantLog("was written to while it was being archived: what came behind byte 10 of "+archive, 1)
		if found, _ := filepath.Glob(archive + "/*/x/a.csv"); len(found) != 1 {
			t.Error(found)
		}
	})
}

// An old bookmark acknowledges nothing that was read since.
func TestAckOfAnOldBookmark(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		old := r.bookmark()
		r.put("a.csv", "1")
		r.settle()
		r.drain()
		must(t, r.s.Ack(t.Context(), old))
		r.wantFiles("a.csv")
		before := r.bookmark()
		r.put("a.csv", "2", "3") // another file under that name
		must(t, r.s.Ack(t.Context(), before))
		r.settle()
		r.drain()
		must(t, r.s.Ack(t.Context(), before))
		r.wantFiles("a.csv")
		for _, b := range []source.Bookmark{{}, {Evidence: "{}"}, {Evidence: (&evidence{Directory: strings.Repeat("0", idDigits)}).String()}} {
			if err := r.s.Ack(t.Context(), b); err == nil {
				t.Errorf("%+v was acknowledged", b)
			}
		}
		r.ack()
		r.wantFiles(".archive/DAY/a.csv")
	})
}

// While an Ack is on its way another file comes under the name of one that it moved, and is
// read: the Ack must not forget that one.
func TestNameUsedAgainDuringAck(t *testing.T) {
	var meanwhile func()
	d := &crashing{at: -1, fail: func(op, _ string) error {
		if f := meanwhile; op == "sync" && f != nil {
			meanwhile = nil
			f()
		}
		return nil
	}}
	inRig(t, func(o *Options) { d.FS = o.FS; o.FS = d }, func(t *testing.T, r *rig) {
		r.put("a.csv", "1")
		r.settle()
		r.drain().want("a.csv: 1")
		b := r.bookmark()
		meanwhile = func() {
			r.rest(2 * time.Second) // it is seen to be gone
			r.put("a.csv", "other")
			r.settle()
			r.drain().want("a.csv: other")
		}
		must(t, r.s.Ack(t.Context(), b))
		if meanwhile != nil {
			t.Fatal("nothing was synced")
		}
		r.settle()
		r.drain().want()
		r.ack()
		r.wantFiles(".archive/DAY/a.csv .archive/DAY/a.csv.1")
	})
}

// The directory goes while an Ack is on its way: nothing is forgotten.
func TestDirectoryGoneDuringAck(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		r.put("a.csv", "1")
		r.settle()
		r.drain().want("a.csv: 1")
		b := r.bookmark()
		r.s.lstat = func(path string) (os.FileInfo, error) {
			must(t, os.Rename(r.dir, r.dir+".away"))
			r.s.lstat = os.Lstat
			return os.Lstat(path)
		}
		must(t, r.s.Ack(t.Context(), b))
		must(t, os.Rename(r.dir+".away", r.dir))
		if again := r.bookmark(); again != b {
			t.Errorf("%+v became %+v", b, again)
		}
		r.ack()
		r.wantFiles(".archive/DAY/a.csv")
	})
}
