package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// tree makes a directory of files and changes into it.
func tree(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for _, path := range []string{
		"b.csv", "a.csv", "c.csv.gz", "half.csv.tmp", "half.csv.part", ".hidden.csv", "odd[1].csv",
		"day/2.csv", "day/10.csv", "day/sub/1.csv", "day/.git/x.csv", "day/.x", "day/y.tmp",
		"empty/.hidden", "all.d/1.csv", "none/.keep",
	} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for from, to := range map[string]string{"day/link.csv": "../a.csv", "day/loop": "..", "linked": "day/sub"} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "day/pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
}

func TestFind(t *testing.T) {
	tree(t)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, paths, repeats string }{
		{"b.csv a.csv", "b.csv a.csv", ""},
		{"-", "-", ""},
		{"b.csv - a.csv -", "b.csv - a.csv", "-"},
		{"*.csv", "a.csv b.csv odd[1].csv", ""},
		{"*.csv*", "a.csv b.csv c.csv.gz odd[1].csv", ""},
		{"odd[1].csv", "odd[1].csv", ""},
		{"[ab].csv", "a.csv b.csv", ""},
		{".*.csv", ".hidden.csv", ""},
		{"*.tmp", "half.csv.tmp", ""},
		{"half.csv.part", "half.csv.part", ""},
		{"day", "day/10.csv day/2.csv day/link.csv day/sub/1.csv", ""},
		{"day/", "day/10.csv day/2.csv day/link.csv day/sub/1.csv", ""},
		{"linked", "linked/1.csv", ""},
		{"day/pipe", "day/pipe", ""},
		{"*.d", "all.d/1.csv", ""},
		{"day/2.csv day", "day/2.csv day/10.csv day/link.csv day/sub/1.csv", "day/2.csv"},
		{"a.csv ./a.csv b.csv *.csv", "a.csv b.csv odd[1].csv", "./a.csv a.csv b.csv"},
		{"a.csv " + here + "/a.csv", "a.csv", here + "/a.csv"},
	} {
		paths, repeats, err := Find(strings.Fields(c.args))
		if err != nil {
			t.Errorf("%s: %v", c.args, err)
		}
		if !slices.Equal(paths, strings.Fields(c.paths)) || !slices.Equal(repeats, strings.Fields(c.repeats)) {
			t.Errorf("%s:\ngot  %v, repeated %v\nwant %v, repeated %v", c.args, paths, repeats, c.paths, c.repeats)
		}
	}
}

func TestFindErrors(t *testing.T) {
	tree(t)
	for _, c := range []struct{ args, want string }{
		{"", "no input: name files, directories or globs, or - for standard input"},
		{"a.csv gone.csv", "gone.csv: no such file or directory: check the path"},
		{"gone/x.csv", "gone/x.csv: no such file or directory: check the path"},
		{"*.json", "*.json: no file matches: check the pattern (hidden files, *.tmp and *.part do not count)"},
		{"none*", "none*: no file matches: check the pattern (hidden files, *.tmp and *.part do not count)"},
		{"[a.csv", "[a.csv: not a valid pattern: close its brackets, or write \\[ for a bracket"},
		{"empty", "empty: the directory holds no files to read (hidden files, *.tmp and *.part do not count): check the path"},
		{"a.csv/x", "a.csv/x: not a directory: check the file system"},
	} {
		paths, _, err := Find(strings.Fields(c.args))
		if err == nil || err.Error() != c.want || paths != nil {
			t.Errorf("%q: %v, %v\nwant %s", c.args, paths, err, c.want)
		}
	}
}

func TestFindBrokenLink(t *testing.T) {
	tree(t)
	if err := os.Symlink("nowhere", "day/broken.csv"); err != nil {
		t.Fatal(err)
	}
	_, _, err := Find([]string{"day"})
	if err == nil || !strings.HasPrefix(err.Error(), "day/broken.csv: no such file") {
		t.Error(err)
	}
}

// Permissions do not hold back a privileged user, so the wording is tested by
// itself and the whole way only where it can be.
func TestPermission(t *testing.T) {
	denied := &fs.PathError{Op: "open", Path: "a.csv", Err: syscall.EACCES}
	const want = "a.csv: permission denied: make it readable for this user"
	if err := trouble("a.csv", denied); err.Error() != want || !errors.Is(err, fs.ErrPermission) {
		t.Error(err)
	}
	tree(t)
	if err := os.Chmod("a.csv", 0); err != nil {
		t.Fatal(err)
	}
	_, _, err := Find([]string{"."})
	switch {
	case os.Geteuid() == 0 && err != nil:
		t.Error(err)
	case os.Geteuid() != 0 && (err == nil || err.Error() != want):
		t.Error(err)
	}
}

func TestOpenErrors(t *testing.T) {
	tree(t)
	for path, want := range map[string]string{
		"gone.csv": "gone.csv: no such file or directory: check the path",
		"day":      "day: is a directory, not a file: name the files in it",
	} {
		if _, err := Open(path, Options{}); err == nil || err.Error() != want {
			t.Errorf("%s: %v", path, err)
		}
	}
}
