package file

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
)

// Known is a file of which an earlier run took a Bookmark.
type Known struct {
	Name     string // as it was given to Open
	Evidence string // of the Bookmark, its Content included
}

// Duplicate is a path that holds what another file holds.
type Duplicate struct {
	Path string
	Of   string // the path or the name of the other
}

// Distinct leaves out of paths those that hold, byte for byte as they are stored,
// what an earlier one holds, or what was read of a known file, whether that is
// still there or not. The path of a known file is that file again and no
// duplicate of anything; others are compared with it as if it came first. Empty
// files, standard input and pipes are no duplicates either. keep has the order of
// paths.
//
// Only files of one size are looked at: two reads of up to 64 KiB each. Only
// where these agree too is all of them read: SHA-256 between paths; of a known
// file, Content is all there is, and without it nothing is a duplicate of it.
// Errors name the file.
func Distinct(paths []string, known []Known) (keep []string, duplicates []Duplicate, err error) {
	c := &copies{sizes: map[int64]int{}, seen: map[look][]*candidate{}}
	if err := c.learn(known); err != nil {
		return nil, nil, err
	}
	all, err := c.candidates(paths, known)
	if err != nil {
		return nil, nil, err
	}
	for _, again := range []bool{true, false} { // known files stand before others
		for _, f := range all {
			if f.again != again {
				continue
			}
			if f.of, err = c.find(f); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, f := range all {
		if f.of != "" {
			duplicates = append(duplicates, Duplicate{f.path, f.of})
			continue
		}
		keep = append(keep, f.path)
	}
	return keep, duplicates, nil
}

// copies knows the contents that were met so far.
type copies struct {
	sizes map[int64]int // how many have a size
	read  []content     // what earlier runs have read
	seen  map[look][]*candidate
}

// content is what was read of a known file.
type content struct {
	name string
	look look
	sum  uint64
}

// look is what is compared first.
type look struct {
	size       int64
	head, tail digest
}

// learn takes the contents of known files of which every stored byte that was
// read is in the sum: that is so at the end of a file.
func (c *copies) learn(known []Known) error {
	for _, k := range known {
		e, err := parseEvidence(k.Evidence)
		if err != nil {
			return fmt.Errorf("%s: %w", k.Name, err)
		}
		if e.sum.n == e.read && (e.kind == plain || e.read == e.size) {
			c.read = append(c.read, content{k.Name, look{e.read, e.head, e.tail}, e.sum.value()})
			c.sizes[e.read]++
		}
	}
	return nil
}

// candidate is one of the paths.
type candidate struct {
	path  string
	size  int64 // 0: not to be compared
	again bool  // a known file
	of    string
	sum   *[sha256.Size]byte // once it was needed
}

func (c *copies) candidates(paths []string, known []Known) (all []*candidate, err error) {
	names := map[string]bool{}
	for _, k := range known {
		names[identity(k.Name)] = true
	}
	for _, path := range paths {
		f := &candidate{path: path, again: names[identity(path)]}
		all = append(all, f)
		if path == Stdin {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, trouble(path, err)
		}
		if info.Mode().IsRegular() {
			f.size = info.Size()
			c.sizes[f.size]++
		}
	}
	return all, nil
}

// find returns the file that f is a duplicate of, "" if there is none: then f is
// one that others may be duplicates of.
func (c *copies) find(f *candidate) (string, error) {
	if f.size == 0 || c.sizes[f.size] < 2 {
		return "", nil
	}
	l, err := f.look()
	if err != nil {
		return "", err
	}
	if !f.again {
		if of, err := c.among(f, l); of != "" || err != nil {
			return of, err
		}
	}
	c.seen[l] = append(c.seen[l], f)
	return "", nil
}

// among compares f with everything that looks the same.
func (c *copies) among(f *candidate, l look) (string, error) {
	for _, k := range c.read {
		if k.look != l {
			continue
		}
		if sum, err := Content(f.path); err != nil || sum == k.sum {
			return k.name, err
		}
	}
	for _, other := range c.seen[l] {
		if same, err := f.same(other); err != nil || same {
			return other.path, err
		}
	}
	return "", nil
}

func (f *candidate) look() (look, error) {
	disk, err := os.Open(f.path)
	if err != nil {
		return look{}, trouble(f.path, err)
	}
	defer disk.Close()
	l := look{size: f.size}
	if l.head, l.tail, err = ends(disk, 0, f.size); err != nil {
		return look{}, trouble(f.path, err)
	}
	return l, nil
}

// same compares the whole of two files.
func (f *candidate) same(other *candidate) (bool, error) {
	if err := other.hash(); err != nil {
		return false, err
	}
	if err := f.hash(); err != nil {
		return false, err
	}
	return *f.sum == *other.sum, nil
}

func (f *candidate) hash() error {
	if f.sum != nil {
		return nil
	}
	disk, err := os.Open(f.path)
	if err != nil {
		return trouble(f.path, err)
	}
	defer disk.Close()
	h := sha256.New()
	if _, err := io.Copy(h, disk); err != nil {
		return trouble(f.path, err)
	}
	f.sum = (*[sha256.Size]byte)(h.Sum(nil))
	return nil
}
