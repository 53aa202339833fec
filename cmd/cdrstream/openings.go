package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/cdrstream/cdrstream/engine/checkpoint"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

// opening is a file and where to begin it.
type opening struct {
	path string
	from *checkpoint.SourceState // nil: it is new
	done bool                    // nothing of it is left to read
}

// openings puts the files in the order that the engine wants: those of the
// checkpoint, in its order, then the new ones. A file is known by its content:
//
//   - One that had not been read to its end must be there, unchanged, under its
//     name or under another one.
//   - One that had may be gone, and its name may hold something new, which is read
//     from its beginning. In a job that was kept open it may also have grown, as a
//     log to which a switch appends, under its name or, rotated, under another; it
//     goes on where it ended. In any other job it counted as long as it was.
func (s *state) openings(paths []string) (all []opening, err error) {
	p := picking{fresh: slices.Clone(paths)}
	if s.goesOn() {
		p.open = s.then.State == checkpoint.StateOpen
		for i := range s.then.Sources {
			st := opening{path: s.then.Sources[i].Name, from: &s.then.Sources[i]}
			if err := p.pick(&st); err != nil {
				return nil, usage(err)
			}
			all = append(all, st)
		}
	}
	for _, path := range p.fresh {
		all = append(all, opening{path: path})
	}
	return all, nil
}

// picking takes the files that the checkpoint knows from those that are given.
type picking struct {
	fresh []string // not taken yet
	open  bool     // the job was kept open
}

// pick finds the file of st.
func (p *picking) pick(st *opening) error {
	err := st.check(st.path)
	if err == nil {
		p.drop(st.path)
	}
	grows := p.open && file.MayGrow(st.from.Bookmark)
	if st.from.Done && !grows {
		st.done = true
		return nil
	}
	if err != nil && st.from.Ledger.Read > 0 { // one of which nothing was read cannot be told from others
		if moved := p.moved(st); moved != "" {
			st.path, err = moved, nil
			p.drop(moved)
		}
	}
	if !st.from.Done {
		return err
	}
	st.done = err != nil || !st.grown()
	return nil
}

// moved returns the new file that holds what st had read, "" if there is none.
func (p *picking) moved(st *opening) string {
	for _, path := range p.fresh {
		if !samePath(path, st.path) && st.check(path) == nil {
			return path
		}
	}
	return ""
}

func (p *picking) drop(path string) {
	p.fresh = slices.DeleteFunc(p.fresh, func(f string) bool { return samePath(f, path) })
}

// check looks whether the file at path is the one that had been read.
func (st *opening) check(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no file any more: put it back as it was, or start over with another --state", path)
	}
	f, err := file.Reopen(path, file.Options{})
	if err != nil {
		return err
	}
	defer f.Close()
	if st.from.Bookmark.Evidence == "" {
		return nil
	}
	return f.Check(st.from.Bookmark)
}

// grown reports whether there is more in a plain file than was read.
func (st *opening) grown() bool {
	info, err := os.Stat(st.path)
	return err == nil && info.Size() > st.from.Bookmark.Position.Offset
}

// there reports whether there is something at path, or something unknown.
func there(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
