package parquet

import (
	"context"
	"fmt"
	"path/filepath"
)

// Prepare makes the files that are complete durable, as part of an epoch. They
// stay invisible; a crash after Prepare loses none of them.
func (s *Sink) Prepare(ctx context.Context, epoch uint64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.start(); err != nil {
		return err
	}
	if err := s.prepare(epoch); err != nil {
		s.err = fmt.Errorf("parquet sink: stage epoch %d in %s: %w; nothing of it was published: %s", epoch, s.staging(), err, remedy(err))
	}
	return s.err
}

func (s *Sink) prepare(epoch uint64) error {
	if len(s.done) == 0 {
		return nil
	}
	dir := s.epochDir(epoch)
	if err := s.disk.mkdir(dir); err != nil {
		return err
	}
	for len(s.done) > 0 {
		if err := s.settle(&s.done[0], dir); err != nil {
			return err
		}
		s.done = s.done[1:]
	}
	s.done, s.waiting = nil, 0
	dirs := []string{dir, s.staging()}
	if !s.rooted {
		dirs = append(dirs, filepath.Dir(s.staging()), s.dir, filepath.Dir(filepath.Clean(s.dir)))
	}
	s.rooted = true
	return s.syncDirs(dirs)
}

// settle syncs f and moves it to dir.
func (s *Sink) settle(f *staged, dir string) error {
	if f.file != nil {
		if err := f.file.Sync(); err != nil {
			return err
		}
		file := f.file
		f.file = nil
		if err := file.Close(); err != nil {
			return err
		}
	}
	return s.disk.rename(filepath.Join(s.staging(), openDir, f.name), filepath.Join(dir, f.name))
}

func (s *Sink) syncDirs(dirs []string) error {
	for _, d := range dirs {
		if err := s.disk.syncDir(d); err != nil {
			return err
		}
	}
	return nil
}
