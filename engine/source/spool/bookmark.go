package spool

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/cdrstream/cdrstream/engine/source"
)

// Bookmark returns where the spool stands: within which file, and which were read to
// their end and are still there. It fails if the file that is being read is gone:
// nobody could go on in it.
func (s *Spool) Bookmark() (source.Bookmark, error) {
	if s.broken != nil {
		return source.Bookmark{}, s.broken
	}
	e := &evidence{Directory: s.marker.id}
	if c := s.cur; c != nil && c.placed { // or nothing of it was read: it will be found again
		if err := s.stillThere(); err != nil {
			return source.Bookmark{}, err
		}
		b, err := c.bookmark()
		if err != nil {
			return source.Bookmark{}, err
		}
		e.Current = &entry{Name: c.name, state: c.state, Bookmark: b}
	}
	s.mu.Lock()
	e.Read = slices.SortedFunc(maps.Values(s.read), func(a, b *read) int { return cmp.Compare(a.Name, b.Name) })
	s.mu.Unlock()
	return source.Bookmark{Position: s.pos, Evidence: e.String()}, nil
}

// bookmark is that of the file. While the file cannot be read there is a position
// alone.
func (c *current) bookmark() (source.Bookmark, error) {
	if c.src == nil {
		return source.Bookmark{Position: c.next}, nil
	}
	b, err := c.src.Bookmark()
	if passing(err) {
		return source.Bookmark{Position: c.next}, nil
	}
	return b, err
}

// Resume goes on at b. It fails if the directory is another one, or the file that was
// being read is gone or is not what it was.
func (s *Spool) Resume(ctx context.Context, b source.Bookmark) error {
	s.broken = s.resume(ctx, b)
	return s.broken
}

func (s *Spool) resume(ctx context.Context, b source.Bookmark) error {
	if p := b.Position; p.Offset < 0 || p.Line < 0 {
		return fmt.Errorf("spool %s: the saved state has the position %d: start over with another state directory", s.o.Dir, p.Offset)
	}
	e, err := s.parse(b)
	if err != nil {
		return err
	}
	s.close()
	s.pos = b.Position
	known := map[name]*read{}
	for _, r := range e.Read {
		known[r.Name] = r
	}
	var c *current
	if e.Current != nil {
		if c, err = s.resumeCurrent(ctx, e.Current); err != nil {
			return err
		}
		if c.state != e.Current.state {
			// It is to be complete before it is read on. As it was it is none that may be archived.
			c.src.Close()
			known[c.name] = &read{entry: entry{Name: c.name, Bookmark: e.Current.Bookmark}}
			c = nil
		}
	}
	s.cur = c
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read, s.reading, s.halted = known, "", false
	if c != nil {
		s.reading = c.name
	}
	return nil
}

// parse reads the evidence of a bookmark of this directory.
func (s *Spool) parse(b source.Bookmark) (*evidence, error) {
	e, err := parseEvidence(b.Evidence)
	if err != nil {
		return nil, fmt.Errorf("spool %s: the saved state is not that of a spool (%w): start over with another state directory", s.o.Dir, err)
	}
	if e.Directory != s.marker.id {
		return nil, fmt.Errorf("spool %s: is not the directory that was read, its file %s says: mount the right one, or write %s into that file if this is it", s.o.Dir, markerName, e.Directory)
	}
	return e, nil
}

// resumeCurrent opens a file where it was left.
func (s *Spool) resumeCurrent(ctx context.Context, e *entry) (*current, error) {
	c := &current{name: e.Name, path: s.path(e.Name), placed: true, next: e.Bookmark.Position}
	st, err := s.lstat(c.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, s.lost(c.path, "vanished before it was read to its end")
	case err != nil:
		return nil, fmt.Errorf("%s: %w: see to the file system, then run the same command again", c.path, bare(err))
	case !st.Mode().IsRegular():
		return nil, s.lost(c.path, "is no file any more")
	}
	c.info, c.state = st, stateOf(st)
	if e.Bookmark.Evidence == "" && c.state != e.state {
		return nil, s.lost(c.path, "was replaced or changed before it was read to its end")
	}
	if c.src, c.layout, err = s.o.Open(ctx, c.path); err != nil {
		what := putBackFile
		if passing(err) {
			what = "see to the file system, then run the same command again"
		}
		return nil, fmt.Errorf("%s: cannot go on (%w): %s", c.path, err, what)
	}
	if c.src == nil {
		return nil, s.lost(c.path, "was emptied before it was read to its end")
	}
	if e.Bookmark.Evidence == "" {
		err = c.src.Seek(ctx, e.Bookmark.Position)
	} else {
		err = c.src.Resume(ctx, e.Bookmark)
	}
	if err != nil {
		c.src.Close()
		return nil, err
	}
	return c, nil
}
