package parquet

import (
	"errors"
	"path/filepath"
)

// Close removes the files that no Prepare made part of an epoch. What was
// prepared and not committed stays staged, for a Commit after the restart.
func (s *Sink) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == errClosed {
		return nil
	}
	err := s.err
	if s.started {
		err = errors.Join(err, s.closeFiles())
	}
	s.err = errClosed
	return err
}

func (s *Sink) closeFiles() error {
	var err error
	for _, sh := range s.shards {
		if sh.file != nil {
			s.done = append(s.done, staged{sh.name, sh.file})
			sh.file = nil
		}
		sh.w.pager.zstd.Close()
	}
	for _, f := range s.done {
		if f.file != nil {
			err = errors.Join(err, f.file.Close())
		}
	}
	s.done = nil
	err = errors.Join(err, s.removeOpen())
	// These go only when they are empty: other sinks stage there too.
	_ = s.disk.remove(s.staging())
	_ = s.disk.remove(filepath.Dir(s.staging()))
	return err
}

func (s *Sink) removeOpen() error {
	dir := filepath.Join(s.staging(), openDir)
	names, err := s.disk.list(dir)
	if err != nil || names == nil {
		_ = s.disk.remove(dir)
		return err
	}
	return s.removeDir(dir)
}
