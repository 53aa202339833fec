package spool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// next opens the first of the complete files that can be opened.
func (s *Spool) next(ctx context.Context) (opened bool, err error) {
	for ctx.Err() == nil {
		f, old, there := s.take()
		if !there {
			return false, nil
		}
		st, err := s.lstat(s.path(f.name))
		switch {
		case s.gone(err):
			s.vanished(f.name, old)
			continue
		case err != nil:
			s.putBack(f)
			return false, nil
		case stateOf(st) != f.state || !st.Mode().IsRegular():
			s.lookAgain(f.name) // not complete after all
			continue
		}
		if opened, err := s.begin(ctx, f, st, old); opened || err != nil {
			return opened, err
		}
	}
	return false, ctx.Err()
}

// take takes the next complete file from the queue. old is what an earlier
// reading of a file of this name left.
func (s *Spool) take() (f found, old *read, there bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.ready) > 0 && len(s.read) < maxRead {
		last := len(s.ready) - 1
		f = s.ready[last]
		s.ready = s.ready[:last]
		if old = s.read[f.name]; old == nil || old.state != f.state {
			return f, old, true
		}
	}
	s.idle = true
	return f, nil, false
}

// putBack puts a file back in front of the queue, for when the directory is there again.
func (s *Spool) putBack(f found) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = append(s.ready, f)
	s.idle = true
}

// lookAgain makes the watcher take a file for a new one.
func (s *Spool) lookAgain(n name) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.again = append(s.again, n)
}

func (s *Spool) vanished(n name, old *read) {
	if old != nil {
		s.log(s.path(n) + ": vanished; it had changed after it was read, and what was new was not read")
	} else {
		s.log(s.path(n) + ": vanished before anything of it was read")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tries, n)
	s.again = append(s.again, n)
}

// begin opens a complete file, unless there is nothing in it or it cannot be
// opened.
func (s *Spool) begin(ctx context.Context, f found, st fs.FileInfo, old *read) (opened bool, err error) {
	nothing := &read{entry: entry{Name: f.name, state: f.state}, Empty: true}
	if f.Size == 0 {
		s.done(nothing)
		return false, nil
	}
	c := &current{name: f.name, path: s.path(f.name), state: f.state, info: st}
	err = s.open(ctx, c, old)
	switch {
	case err != nil && ctx.Err() != nil:
		s.putBack(f)
		return false, ctx.Err()
	case err != nil:
		s.unopened(f, old, err)
		return false, nil
	case c.src == nil:
		s.done(nothing)
		return false, nil
	}
	if now, err := s.lstat(c.path); err != nil || stateOf(now) != c.state || !os.SameFile(now, st) {
		c.src.Close()
		s.lookAgain(f.name)
		return false, nil
	}
	s.cur = c
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading = f.name
	delete(s.read, f.name)
	delete(s.tries, f.name)
	return true, nil
}

// open opens c at its beginning, or where an earlier reading of the same content
// ended.
func (s *Spool) open(ctx context.Context, c *current, old *read) (err error) {
	if c.src, c.layout, err = s.o.Open(ctx, c.path); err != nil || c.src == nil || old == nil {
		return err
	}
	if old.Bookmark.Evidence == "" { // it was empty, or could not be read
		s.log(c.path + ": has changed since it was read, or is another file under its name: it is read from its beginning")
		return nil
	}
	if err = c.src.Resume(ctx, old.Bookmark); err == nil {
		s.log(fmt.Sprintf("%s: has changed since it was read to its end: going on behind byte %d of its content", c.path, old.Bookmark.Position.Offset))
		c.again, c.placed, c.next = true, true, old.Bookmark.Position
		return nil
	}
	c.src.Close()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if passing(err) {
		return err
	}
	s.log(fmt.Sprintf("%s: is read from its beginning, as another file under the name of one that was read (%v)", c.path, err))
	c.src, c.layout, err = s.o.Open(ctx, c.path)
	return err
}

// unopened deals with a file that could not be opened.
func (s *Spool) unopened(f found, old *read, err error) {
	switch {
	case errors.Is(err, fs.ErrNotExist) && s.marker.present():
		s.vanished(f.name, old)
	case s.tryLater(f.name, err):
		s.lookAgain(f.name)
	default:
		s.quarantine(f.name, f.state, err.Error())
	}
}

// tryLater reports whether an error may be another one later, and there were not too many
// of them.
func (s *Spool) tryLater(n name, err error) bool {
	if !passing(err) {
		return false
	}
	s.mu.Lock()
	s.tries[n]++
	tries := s.tries[n]
	s.mu.Unlock()
	if tries == 1 {
		s.log(s.path(n) + ": cannot be opened (" + err.Error() + "): trying again")
	}
	return tries < maxTries
}

// gone reports that err means that a file is not there, in a directory that is.
func (s *Spool) gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) && s.marker.present()
}

// lost words what nothing can be done about here.
func (s *Spool) lost(path, what string) error {
	return &lostError{text: path + ": " + what + ": " + putBackFile}
}

// lostError says that a file that is being read is not what it was.
type lostError struct{ text string }

func (e *lostError) Error() string { return e.text }

const putBackFile = "put the file back as it was, or start over with another state directory"

func (s *Spool) path(n name) string { return filepath.Join(s.o.Dir, filepath.FromSlash(string(n))) }

func (s *Spool) log(what string) { s.o.Log("spool " + s.o.Dir + ": " + what) }
