package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"github.com/cdrstream/cdrstream/engine/source/file"
)

// distinct leaves out the files that hold byte for byte what an earlier one
// holds. Only files of equal size are read to find out.
func distinct(paths []string) (keep, duplicates []string, err error) {
	sizes := map[string]int64{}
	count := map[int64]int{}
	for _, p := range paths {
		if p == file.Stdin {
			continue
		}
		info, err := os.Stat(p)
		if err != nil {
			return nil, nil, usage(err)
		}
		if info.Mode().IsRegular() && info.Size() > 0 {
			sizes[p] = info.Size()
			count[info.Size()]++
		}
	}
	seen := map[[sha256.Size]byte]bool{}
	for _, p := range paths {
		if count[sizes[p]] > 1 {
			sum, err := hashFile(p)
			if err != nil {
				return nil, nil, usage(err)
			}
			if seen[sum] {
				duplicates = append(duplicates, p)
				continue
			}
			seen[sum] = true
		}
		keep = append(keep, p)
	}
	return keep, duplicates, nil
}

func hashFile(path string) (sum [sha256.Size]byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return sum, fmt.Errorf("read %s: %w", path, err)
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}
