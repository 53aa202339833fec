package spool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/source"
)

// Ack moves away, or deletes, the files that b says are read to their end, and forgets
// them. One that has changed since stays, to be read on. One that cannot be moved
// stays too: that is logged, and tried again with each Ack. An error means that it is
// not known whether what was moved is durable.
func (s *Spool) Ack(ctx context.Context, b source.Bookmark) error {
	s.acking.Lock()
	defer s.acking.Unlock()
	e, err := s.parse(b)
	if err != nil {
		return err
	}
	if len(e.Read) == 0 || !s.marker.present() {
		return nil
	}
	m := &mover{o: &s.o, day: time.Now().UTC().Format(time.DateOnly), lstat: s.lstat, targets: map[string]bool{}, sources: map[string]bool{}}
	var settled []*read
	for _, r := range e.Read {
		if err := ctx.Err(); err != nil {
			break // what was moved is synced all the same
		}
		if s.remembers(r) && s.settle(m, r) {
			settled = append(settled, r)
		}
	}
	if err := m.sync(); err != nil {
		return fmt.Errorf("spool %s: moving away what was read failed (%w): %s", s.o.Dir, err, disk.Remedy(err))
	}
	s.forget(settled)
	return ctx.Err()
}

// remembers reports whether r is still what is known of its file.
func (s *Spool) remembers(r *read) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.read[r.Name]
	return now != nil && *now == *r
}

// settle moves the file of r away. It reports whether the file is to be forgotten.
func (s *Spool) settle(m *mover, r *read) bool {
	path := s.path(r.Name)
	st, err := s.lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if !s.marker.present() {
			return false
		}
		if r.state == (state{}) && !r.Empty { // see resume
			s.log(path + ": vanished before it was read to its end")
		}
		return true
	case err != nil:
		return false
	case stateOf(st) != r.state:
		s.lookAgain(r.Name)
		return false
	}
	err = m.move(path, r)
	s.unmoved(path, err)
	return err == nil
}

// unmoved logs that a file could not be moved, once for each directory until one can.
func (s *Spool) unmoved(path string, err error) {
	dir := filepath.Dir(path)
	if err == nil {
		delete(s.stuck, dir)
		return
	}
	if !s.stuck[dir] {
		s.stuck[dir] = true
		s.log(fmt.Sprintf("%s: was read, but cannot be moved away (%v): trying again after each checkpoint; %s", path, bare(err), disk.Remedy(err)))
	}
}

// forget forgets files that are settled.
func (s *Spool) forget(settled []*read) {
	s.mu.Lock()
	for _, r := range settled {
		if now := s.read[r.Name]; now != nil && *now == *r { // it is not one that came since
			delete(s.read, r.Name)
		}
		s.again = append(s.again, r.Name) // another file may have the name by now
	}
	s.mu.Unlock()
	s.rouse()
}
