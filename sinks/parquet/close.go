package parquet

import (
	"errors"
	"path"
	"path/filepath"
)

// Close removes the files that no Prepare made part of an epoch. What was
// prepared and not committed stays staged, for a Recover after the restart.
// Nobody may be writing.
func (s *Sink) Close() error { return s.close(s.closeShards) }

func (s *Sink) closeShards() (err error) {
	for _, sh := range s.shards {
		if sh.file != nil {
			err = errors.Join(err, sh.file.Close())
		}
		sh.w.pager.zstd.Close()
	}
	return err
}

// close ends a sink, which closes with unfinished the files that it is writing.
func (s *stage) close(unfinished func() error) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == errClosed {
		return nil
	}
	err := s.err
	if s.started {
		err = errors.Join(err, unfinished(), s.closeFiles())
	}
	s.err = errClosed
	return err
}

func (s *stage) closeFiles() error {
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
	_ = s.disk.Remove(s.staging())
	_ = s.disk.Remove(filepath.Dir(s.staging()))
	return err
}
