package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cdrstream/cdrstream/engine/source"
)

// ErrNone is what Find fails with when a directory or a glob yields no file.
var ErrNone = errors.New("no file")

// Find returns the files that args name, in the order of the arguments: a file
// is itself, a directory is every regular file below it in name order, a glob
// is what it matches in name order (a matched directory again is what it
// holds), "-" is standard input. Names that exist are never taken for globs.
//
// Within directories and globs, hidden files and unfinished ones (*.tmp,
// *.part) are passed over, unless the glob itself ends or begins like that.
// Links to files are followed, links to directories below a directory are not.
// A path that comes twice is returned once; repeats lists the second and later
// ones, as they were found. Every file can be opened for reading, or Find
// fails: with one line that names the argument and says what to do.
func Find(args []string) (paths, repeats []string, err error) {
	if len(args) == 0 {
		return nil, nil, errors.New("no input: name files, directories or globs, or - for standard input")
	}
	seen := map[string]bool{}
	for _, arg := range args {
		found, err := expand(arg)
		if err != nil {
			return nil, nil, err
		}
		for _, path := range found {
			key := identity(path)
			if seen[key] {
				repeats = append(repeats, path)
				continue
			}
			seen[key] = true
			paths = append(paths, path)
		}
	}
	return paths, repeats, nil
}

// identity is the same for two spellings of one path.
func identity(path string) string {
	if path == Stdin {
		return Stdin
	}
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return filepath.Clean(path)
}

func expand(arg string) ([]string, error) {
	if arg == Stdin {
		return []string{Stdin}, nil
	}
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		return inDirectory(arg)
	case err == nil:
		return []string{arg}, readable(arg, info)
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(arg, `*?[`):
		return inGlob(arg)
	}
	return nil, trouble(arg, err)
}

// inDirectory returns the files below dir and fails if there are none.
func inDirectory(dir string) ([]string, error) {
	found, err := below(nil, dir)
	if err == nil && len(found) == 0 {
		err = &damage{text: dir + ": the directory holds no files to read (hidden files, *.tmp and *.part do not count): check the path", cause: ErrNone}
	}
	return found, err
}

// below appends the files below dir to found.
func below(found []string, dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, trouble(dir, err)
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if source.PassedOver(e.Name()) {
			continue
		}
		if e.IsDir() {
			if found, err = below(found, path); err != nil {
				return nil, err
			}
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, trouble(path, err)
		}
		if !info.Mode().IsRegular() {
			continue
		}
		if err := readable(path, info); err != nil {
			return nil, err
		}
		found = append(found, path)
	}
	return found, nil
}

// inGlob returns the files that pattern matches and fails if there are none.
func inGlob(pattern string) ([]string, error) {
	matches, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("%s: not a valid pattern: close its brackets, or write \\[ for a bracket", pattern)
	}
	slices.Sort(matches)
	wanted := source.PassedOver(filepath.Base(pattern))
	var found []string
	for _, path := range matches {
		if source.PassedOver(filepath.Base(path)) && !wanted {
			continue
		}
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return nil, trouble(path, err)
		case info.IsDir():
			if found, err = below(found, path); err != nil {
				return nil, err
			}
			continue
		}
		if err := readable(path, info); err != nil {
			return nil, err
		}
		found = append(found, path)
	}
	if len(found) == 0 {
		return nil, &damage{text: pattern + ": no file matches: check the pattern (hidden files, *.tmp and *.part do not count)", cause: ErrNone}
	}
	return found, nil
}

// readable tries to open a regular file. Pipes are left alone: opening one takes
// something out of it, or waits.
func readable(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return trouble(path, err)
	}
	return f.Close()
}
