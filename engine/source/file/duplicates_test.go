package file

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// lay writes files into a new directory, which becomes the working directory.
func lay(t *testing.T, files map[string][]byte) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, content := range files {
		rewrite(t, name, content)
	}
}

// readTo is the file at path as a checkpoint knows it after so many blocks of
// it, counted from the end if blocks is negative.
func readTo(t *testing.T, path string, blocks int, o Options) Known {
	t.Helper()
	f := open(t, path, o)
	all := bookmarks(t, f)
	if blocks < 0 {
		blocks += len(all)
	}
	return Known{Name: path, Evidence: all[blocks].Evidence}
}

func TestDistinct(t *testing.T) {
	big := records(4000, "\n") // of several times 64 KiB
	middle := bytes.Clone(big)
	middle[len(middle)/2] ^= 1
	files := map[string][]byte{
		"a": big, "a2": big, "a3": big, "middle": middle, "longer": append(bytes.Clone(big), '\n'),
		"s": []byte("x\n"), "s2": []byte("x\n"), "t": []byte("y\n"), "empty": nil, "empty2": nil,
		"z": zip(big), "z2": zip(big),
	}
	whole := Options{BlockSize: 1000, Content: true}
	for _, c := range []struct {
		name  string
		paths string
		known []string // name, and " part" or " bare" behind it
		gone  string   // removed after it was read
		keep  string
		dups  string
	}{
		{name: "nothing"},
		{name: "one", paths: "a", keep: "a"},
		{name: "copies", paths: "a s a2 t s2 a3 z z2", keep: "a s t z", dups: "a2=a s2=s a3=a z2=z"},
		{name: "the first is kept", paths: "a3 a", keep: "a3", dups: "a=a3"},
		{name: "alike but for the middle", paths: "a middle longer", keep: "a middle longer"},
		{name: "empty", paths: "empty empty2", keep: "empty empty2"},
		{name: "standard input", paths: "- a a2", keep: "- a", dups: "a2=a"},

		{name: "known again", paths: "a s", known: []string{"a", "s"}, keep: "a s"},
		{name: "known under another spelling", paths: "./a a2", known: []string{"a"}, keep: "./a", dups: "a2=a"},
		{name: "known under another name", paths: "a2 s", known: []string{"a"}, gone: "a", keep: "s", dups: "a2=a"},
		{name: "known small", paths: "s2 t", known: []string{"s"}, gone: "s", keep: "t", dups: "s2=s"},
		{name: "known packed", paths: "z2 a", known: []string{"z"}, gone: "z", keep: "a", dups: "z2=z"},
		{name: "known but for the middle", paths: "middle", known: []string{"a"}, gone: "a", keep: "middle"},
		{name: "known and longer", paths: "longer", known: []string{"a"}, gone: "a", keep: "longer"},
		{name: "known in part", paths: "a2", known: []string{"a part"}, gone: "a", keep: "a2"},
		{name: "known in part and there", paths: "a2 a", known: []string{"a part"}, keep: "a", dups: "a2=a"},
		{name: "known without content", paths: "a2", known: []string{"a bare"}, gone: "a", keep: "a2"},
		{name: "known without content and there", paths: "a2 a", known: []string{"a bare"}, keep: "a", dups: "a2=a"},
		{name: "two known with one content", paths: "a a2 a3", known: []string{"a", "a2"}, keep: "a a2", dups: "a3=a"},
		{name: "known empty", paths: "empty2", known: []string{"empty"}, keep: "empty2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lay(t, files)
			var known []Known
			for _, k := range c.known {
				name, how, _ := strings.Cut(k, " ")
				switch how {
				case "part":
					known = append(known, readTo(t, name, 20, whole))
				case "bare":
					known = append(known, readTo(t, name, -1, Options{}))
				default:
					known = append(known, readTo(t, name, -1, whole))
				}
			}
			if c.gone != "" {
				os.Remove(c.gone)
			}
			keep, duplicates, err := Distinct(strings.Fields(c.paths), known)
			var dups []string
			for _, d := range duplicates {
				dups = append(dups, d.Path+"="+d.Of)
			}
			if err != nil || !slices.Equal(keep, strings.Fields(c.keep)) || !slices.Equal(dups, strings.Fields(c.dups)) {
				t.Errorf("kept %v, duplicates %v, %v", keep, dups, err)
			}
		})
	}
}

// A log that was copied away and goes on: the copy holds what was read of it.
func TestDistinctKnowsWhatAGrownFileHeld(t *testing.T) {
	lay(t, map[string][]byte{"log": records(300, "\n"), "log.1": records(300, "\n")})
	known := readTo(t, "log", -1, Options{BlockSize: 1000, Content: true})
	rewrite(t, "log", records(500, "\n"))
	keep, duplicates, err := Distinct([]string{"log.1", "log"}, []Known{known})
	if err != nil || !slices.Equal(keep, []string{"log"}) || !slices.Equal(duplicates, []Duplicate{{"log.1", "log"}}) {
		t.Errorf("kept %v, duplicates %v, %v", keep, duplicates, err)
	}
}

// The same when it grew between its last record and the bookmark.
func TestDistinctKnowsWhatAGrowingFileHeld(t *testing.T) {
	lay(t, map[string][]byte{"log": records(300, "\n"), "log.1": records(300, "\n")})
	f := open(t, "log", Options{Content: true})
	if _, _, err := drain(f, nil); err != io.EOF {
		t.Fatal(err)
	}
	rewrite(t, "log", records(500, "\n"))
	b, err := f.Bookmark()
	if err != nil {
		t.Fatal(err)
	}
	_, duplicates, err := Distinct([]string{"log.1", "log"}, []Known{{"log", b.Evidence}})
	if err != nil || !slices.Equal(duplicates, []Duplicate{{"log.1", "log"}}) {
		t.Errorf("duplicates %v, %v", duplicates, err)
	}
}

// What a decompressor had read ahead had not been read: the beginning of a
// compressed file is no duplicate of it.
func TestDistinctOfTheBeginningOfAPackedFile(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	noise := make([]byte, 900_000)
	for i := range noise {
		noise[i] = '\n' + byte(r.IntN(100))
	}
	stored := zip(noise)
	lay(t, map[string][]byte{"a.gz": stored})
	known := readTo(t, "a.gz", 1, Options{BlockSize: 1000, Content: true})
	e, err := parseEvidence(known.Evidence)
	if err != nil || e.read >= e.size {
		t.Fatal(known.Evidence, err)
	}
	rewrite(t, "cut.gz", stored[:e.read])
	_, duplicates, err := Distinct([]string{"cut.gz"}, []Known{known})
	if err != nil || duplicates != nil {
		t.Errorf("duplicates %v, %v", duplicates, err)
	}
}

// Where no two files have one size, none is opened: pipes would block, and files
// that nobody may read do not matter.
func TestDistinctReadsLittle(t *testing.T) {
	lay(t, map[string][]byte{"a": []byte("x\n"), "b": []byte("yy\n")})
	if err := syscall.Mkfifo("pipe", 0o600); err != nil {
		t.Fatal(err)
	}
	keep, _, err := Distinct([]string{"a", "b", "pipe", "pipe"}, nil)
	if err != nil || len(keep) != 4 {
		t.Errorf("kept %v, %v", keep, err)
	}
}

func TestDistinctErrors(t *testing.T) {
	lay(t, map[string][]byte{"a": []byte("x\n")})
	for want, f := range map[string]func() error{
		"gone: no such file": func() error { _, _, err := Distinct([]string{"a", "gone"}, nil); return err },
		`k: evidence "what"`: func() error { _, _, err := Distinct([]string{"a"}, []Known{{"k", "what"}}); return err },
	} {
		if err := f(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// Against a slow model: every pair of files compared byte by byte.
func TestDistinctIsAllPairs(t *testing.T) {
	files := map[string][]byte{}
	var paths []string
	for i := range 60 {
		name := fmt.Sprint("f", i)
		content := bytes.Repeat([]byte("0123456789abcde\n"), 9000+i%2) // 144 KB: there is a middle
		content[[]int{0, 70_000, 72_000, len(content) - 1}[i%4]] = byte(i % 5)
		files[name] = content
		paths = append(paths, name)
	}
	lay(t, files)
	var want []string
	for i, p := range paths {
		if !slices.ContainsFunc(paths[:i], func(q string) bool { return bytes.Equal(files[p], files[q]) }) {
			want = append(want, p)
		}
	}
	keep, duplicates, err := Distinct(paths, nil)
	if err != nil || !slices.Equal(keep, want) || len(keep)+len(duplicates) != len(paths) || len(keep) == len(paths) {
		t.Errorf("kept %v of %d, want %v, %v", keep, len(paths), want, err)
	}
	for _, d := range duplicates {
		if !bytes.Equal(files[d.Path], files[d.Of]) {
			t.Errorf("%s is no duplicate of %s", d.Path, d.Of)
		}
	}
}

// Content is that of the bytes as they are stored, and an error names the file.
func TestContent(t *testing.T) {
	lay(t, map[string][]byte{"a": []byte("123456789"), "empty": nil})
	if sum, err := Content("a"); err != nil || sum != 0xe3069283_cbf43926 { // the check values of the two CRCs
		t.Errorf("%x, %v", sum, err)
	}
	if sum, err := Content("empty"); err != nil || sum != 0 {
		t.Errorf("%x, %v", sum, err)
	}
	if _, err := Content(filepath.Join("no", "file")); err == nil || !strings.HasPrefix(err.Error(), "no/file: no such file") {
		t.Error(err)
	}
}
