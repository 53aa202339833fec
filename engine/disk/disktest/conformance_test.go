package disktest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// world is a file system under test: paths are below root.
type world struct {
	disk.FS
	root  string
	file  disk.File
	locks map[string]io.Closer
}

func (w *world) path(p string) string { return filepath.Join(w.root, p) }

// run does what a line says and tells what came of it. The verbs are those of
// disk.FS and disk.File; "write" and the like are for the file that "create" or
// "extend" opened last.
func (w *world) run(line string) string {
	arg := append(strings.Fields(line), "", "", "")
	p := w.path(arg[1])
	switch arg[0] {
	case "create":
		return w.opened(w.Create(p))
	case "extend":
		return w.opened(w.Extend(p))
	case "read":
		return w.read(p)
	case "size":
		n, err := w.Size(p)
		return fmt.Sprint(n, class(err))
	case "mkdir":
		return class(w.Mkdir(p))
	case "rename":
		return class(w.Rename(p, w.path(arg[2])))
	case "link":
		return class(w.Link(p, w.path(arg[2])))
	case "remove":
		return class(w.Remove(p))
	case "list":
		names, err := w.List(p)
		return fmt.Sprint(names, names == nil, class(err))
	case "syncdir":
		return class(w.SyncDir(p))
	case "lock":
		l, err := w.Lock(p)
		if err == nil {
			w.locks[p] = l
		}
		return class(err)
	case "unlock":
		if l := w.locks[p]; l != nil {
			delete(w.locks, p)
			return class(l.Close())
		}
		return "not locked"
	}
	return w.onFile(arg[0], arg[1])
}

func (w *world) opened(f disk.File, err error) string {
	if err != nil {
		return class(err)
	}
	if w.file != nil {
		w.file.Close()
	}
	w.file = f
	return "ok"
}

func (w *world) onFile(verb, arg string) string {
	var n int64
	switch {
	case w.file == nil:
		return "no file"
	case verb == "write":
		n, err := w.file.Write([]byte(arg))
		return fmt.Sprint(n, class(err))
	case verb == "truncate":
		fmt.Sscan(arg, &n)
		return class(w.file.Truncate(n))
	case verb == "sync":
		return class(w.file.Sync())
	case verb == "close":
		return class(w.file.Close())
	}
	fmt.Sscan(arg, &n)
	at, err := w.file.Seek(n, map[string]int{"seek": io.SeekStart, "skip": io.SeekCurrent, "end": io.SeekEnd}[verb])
	return fmt.Sprint(at, class(err))
}

func (w *world) read(p string) string {
	f, err := w.Open(p)
	if err != nil {
		return class(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err == nil && len(b) > 0 {
		size, sum, err := disk.SumFile(w.FS, p)
		if err != nil || size != int64(len(b)) || sum != disk.UpdateSum(0, b) {
			return fmt.Sprint("SumFile: ", size, sum, err)
		}
		f.Seek(-1, io.SeekEnd)
		last, err := io.ReadAll(f)
		if err != nil || string(last) != string(b[len(b)-1:]) {
			return fmt.Sprint("after Seek: ", string(last), err)
		}
	}
	return fmt.Sprintf("%q %s", b, class(err))
}

// class is what callers can tell of an error.
func class(err error) string {
	if err == nil {
		return "ok"
	}
	for _, e := range []error{disk.ErrLocked, fs.ErrClosed, syscall.ENOTDIR, syscall.EISDIR, syscall.ENOTEMPTY, syscall.EINVAL, syscall.EPERM, fs.ErrExist, fs.ErrNotExist} {
		if errors.Is(err, e) {
			return e.Error()
		}
	}
	return "another error: " + err.Error()
}

func (w *world) close() {
	if w.file != nil {
		w.file.Close()
	}
	for _, l := range w.locks {
		l.Close()
	}
}

// compare runs the lines on both file systems.
func compare(t interface{ Fatalf(string, ...any) }, dir string, lines []string) {
	var both [2]world
	for i, f := range []disk.FS{disk.New(0o600, 0o700), New()} {
		both[i] = world{FS: f, root: dir, locks: map[string]io.Closer{}}
		defer both[i].close()
	}
	if err := both[1].Mkdir(dir); err != nil {
		t.Fatalf("%v", err)
	}
	for i, line := range lines {
		if real, memory := both[0].run(line), both[1].run(line); real != memory {
			t.Fatalf("%s\nthe operating system says %s, Memory %s", strings.Join(lines[:i+1], "\n"), real, memory)
		}
	}
}

// look shows everything there is.
func look(paths []string) (lines []string) {
	for _, p := range paths {
		lines = append(lines, "list "+p, "read "+p)
	}
	return lines
}

var paths = []string{"a", "b", "d", "d/a", "d/b", "d/e", "d/e/a", "a/b"}

func TestConformance(t *testing.T) {
	for name, script := range map[string]string{
		"files": `
			create a; write hello; sync; close; read a; size a; create a; write twice; close
			extend a; write J; truncate 3; close; read a; extend x/y/z; write 1; close; read x/y/z
			list .; list x; list none; list a; size none; read none; size x/none; read a/b`,
		"seek": `
			create a; write abcdef; seek 2; write XY; skip 1; write Z; end -1; write !?; read a
			seek -1; end -99; seek 20; write far; read a; truncate 30; read a; truncate -1; truncate 2; write q; read a
			close; close; write x; seek 0; sync; truncate 0`,
		"names": `
			create a; write 1; create b; write 2; close; rename a b; read a; read b; rename a c; link b c; link b c; read c
			rename b c; read b; read c; link none x; link b none/x; rename b none/x; rename none/x b; rename b d; read d
			link d e; remove d; read e; remove none; remove none/x; extend e; write other; read e; remove e; write gone; close; list .`,
		"dirs": `
			mkdir d/e/f; mkdir d/e/f; list d; list d/e; remove d; remove d/e/f; list d/e; create d/e/a; close; remove d/e
			remove d/e/a; remove d/e; remove d; list d; create a; close; mkdir a; mkdir a/b; create a/b; extend a/b; read a/b
			mkdir d; create d; extend d; read d; rename a d; rename none d; rename a a; link d x; link a d; link a a/b; rename a a/b
			syncdir d; syncdir none; syncdir a/b; list a/b; size a/b; remove a/b; lock d; lock a/b`,
		"locks": `
			lock l; lock l; unlock l; lock l; read l; unlock l; create l; write x; lock l; read l; lock none/l; remove l; lock l; list .`,
	} {
		t.Run(name, func(t *testing.T) {
			lines := strings.FieldsFunc(script, func(r rune) bool { return r == ';' || r == '\n' })
			compare(t, t.TempDir(), append(slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" }), look(paths)...))
		})
	}
}

func TestConformanceRandom(t *testing.T) {
	root := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		dir := filepath.Join(root, fmt.Sprint(n))
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatalf("%v", err)
		}
		path := rapid.SampledFrom(paths)
		line := rapid.Custom(func(t *rapid.T) string {
			verb := rapid.SampledFrom([]string{
				"create", "create", "extend", "read", "mkdir", "link", "remove", "list", "lock", "unlock",
				"write", "write", "truncate", "seek", "end", "sync", "close",
			}).Draw(t, "verb")
			switch verb {
			case "write":
				return verb + " " + rapid.StringMatching("[a-z]{1,6}").Draw(t, "text")
			case "truncate", "seek", "end":
				return fmt.Sprint(verb, " ", rapid.IntRange(-2, 9).Draw(t, "n"))
			}
			return verb + " " + path.Draw(t, "path") + " " + path.Draw(t, "to")
		})
		compare(t, dir, append(rapid.SliceOfN(line, 1, 60).Draw(t, "lines"), look(paths)...))
		os.RemoveAll(dir)
	})
}

// Files alone are renamed, so that no directory comes in the way.
func TestConformanceRename(t *testing.T) {
	root := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		dir := filepath.Join(root, fmt.Sprint(n))
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatalf("%v", err)
		}
		path := rapid.SampledFrom([]string{"a", "b", "d/a", "d/b", "a/b", "e/a"})
		line := rapid.Custom(func(t *rapid.T) string {
			verb := rapid.SampledFrom([]string{"extend", "write", "rename", "rename", "link", "remove"}).Draw(t, "verb")
			return verb + " " + path.Draw(t, "path") + " " + path.Draw(t, "to")
		})
		lines := append([]string{"mkdir d"}, rapid.SliceOfN(line, 1, 40).Draw(t, "lines")...)
		for i, l := range lines { // e and a may have become directories
			if f := strings.Fields(l); f[0] == "extend" && (f[1] == "a/b" || f[1] == "e/a") {
				lines[i] = "size d/b"
			}
		}
		compare(t, dir, append(lines, look([]string{"a", "b", "d/a", "d/b", "d", "."})...))
		os.RemoveAll(dir)
	})
}
