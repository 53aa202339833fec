package stage

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// Prepare makes the files of the epochs up to epoch durable and returns them, in
// the order of their paths, with those that an earlier Prepare returned and no
// Commit has published yet. They stay invisible; a crash after Prepare loses none
// of them. All rows of these epochs must have been written; those of later ones
// may be written meanwhile.
func (s *Stage) Prepare(ctx context.Context, epoch uint64) ([]disk.Staged, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	files, err := s.take(epoch)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(files); err != nil {
		s.giveBack(files)
		return nil, s.Fail(fmt.Errorf("%s: stage epoch %d in %s: %w; nothing of it was published: %s", s.c.Name, epoch, s.staging(), err, disk.Remedy(err)))
	}
	return s.listing(), nil
}

// take returns the complete files of the epochs up to epoch, which ends them.
func (s *Stage) take(epoch uint64) (files []*staged, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.start(); err != nil {
		return nil, err
	}
	for e := range s.begun {
		if e <= epoch {
			s.err = fmt.Errorf("%s: epoch %d is to be prepared, but a file of epoch %d is not complete: this is a defect of cdrstream, please report it", s.c.Name, epoch, e)
			return nil, s.err
		}
	}
	s.prepared = max(s.prepared, epoch)
	s.done = slices.DeleteFunc(s.done, func(f *staged) bool {
		if f.epoch <= epoch {
			files = append(files, f)
		}
		return f.epoch <= epoch
	})
	slices.SortFunc(files, func(a, b *staged) int { return cmp.Compare(a.Path, b.Path) })
	return files, nil
}

// giveBack leaves files that could not be prepared to Close.
func (s *Stage) giveBack(files []*staged) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = append(s.done, files...)
}

func (s *Stage) prepare(files []*staged) error {
	if len(files) == 0 {
		return nil
	}
	for _, f := range files {
		if err := s.settle(f); err != nil {
			return err
		}
	}
	if err := s.c.Disk.SyncDir(s.staging()); err != nil {
		return err
	}
	if err := s.syncOnce(filepath.Dir(s.staging()), s.c.Dir, filepath.Dir(s.c.Dir)); err != nil {
		return err
	}
	s.ready = append(s.ready, files...)
	return nil
}

// settle makes the content of f durable.
func (s *Stage) settle(f *staged) error {
	if f.file == nil {
		return nil
	}
	err := f.sync()
	s.mu.Lock()
	s.waiting--
	s.mu.Unlock()
	return err
}

// syncOnce syncs directories that this sink has not synced yet: they may have
// been made by others, who did not.
func (s *Stage) syncOnce(dirs ...string) error {
	for _, d := range dirs {
		if s.synced[d] {
			continue
		}
		if err := s.c.Disk.SyncDir(d); err != nil {
			return err
		}
		s.synced[d] = true
	}
	return nil
}

// listing is everything that is prepared and not committed.
func (s *Stage) listing() []disk.Staged {
	var list []disk.Staged
	for _, f := range s.ready {
		list = append(list, f.Staged)
	}
	slices.SortFunc(list, func(a, b disk.Staged) int { return cmp.Compare(a.Path, b.Path) })
	return list
}
