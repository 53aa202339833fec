package stage

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
)

// Close removes the files that no Prepare made part of an epoch. What was
// prepared and not committed stays staged, for a Recover after the restart. Nobody
// may be writing; unfinished closes the files that are not complete.
func (s *Stage) Close(unfinished func() error) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	err := s.err
	if s.started {
		err = errors.Join(err, unfinished(), s.closeFiles())
	}
	s.err, s.closed = fmt.Errorf("%s: used after Close", s.c.Name), true
	return err
}

func (s *Stage) closeFiles() error {
	var err error
	for _, f := range s.done {
		if f.file != nil {
			err = errors.Join(err, f.file.Close())
		}
	}
	keep := map[string]bool{}
	for _, f := range s.ready {
		keep[path.Base(f.Path)] = true
	}
	err = errors.Join(err, s.dropBut(keep))
	// These go only when they are empty: other sinks stage there too.
	_ = s.c.Disk.Remove(s.staging())
	_ = s.c.Disk.Remove(filepath.Dir(s.staging()))
	return err
}
