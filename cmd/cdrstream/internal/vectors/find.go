package vectors

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Find returns the files that args name, in the order of the arguments and each
// once: a file is itself, a directory is the .parquet, .csv, .csv.gz and .csv.zst
// files below it in name order (of what replay wrote, only features/), a pattern
// is what it matches. What is hidden does not count.
func Find(args []string) (paths []string, err error) {
	seen := map[string]bool{}
	for _, arg := range args {
		found, err := expand(arg)
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			key := p
			if whole, err := filepath.Abs(p); err == nil {
				key = whole
			}
			if !seen[key] {
				paths = append(paths, p)
			}
			seen[key] = true
		}
	}
	return paths, nil
}

func expand(arg string) ([]string, error) {
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		return below(arg)
	case err == nil:
		return []string{arg}, nil
	case strings.ContainsAny(arg, "*?["):
		return matching(arg)
	}
	return nil, openError(arg, err)
}

func matching(pattern string) (found []string, err error) {
	names, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("%s: not a valid pattern: close its brackets", pattern)
	}
	for _, name := range names {
		more := []string{name}
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			if more, err = below(name); err != nil {
				return nil, err
			}
		}
		found = append(found, more...)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s: no file matches: check the pattern", pattern)
	}
	return found, nil
}

// below lists the files of vectors below dir.
func below(dir string) (found []string, err error) {
	if info, err := os.Stat(filepath.Join(dir, "features")); err == nil && info.IsDir() {
		dir = filepath.Join(dir, "features")
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != dir && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return filepath.SkipDir
			}
		case !d.IsDir() && isVectors(d.Name()):
			found = append(found, path)
		}
		return nil
	})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%s: the directory holds no .parquet, .csv, .csv.gz or .csv.zst files: check the path", dir)
	}
	return found, err
}

func isVectors(name string) bool {
	for _, end := range []string{".parquet", ".csv", ".csv.gz", ".csv.zst"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}
