package stage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// start drops what an earlier process left staged: whoever begins by writing
// makes it anew. The caller holds mu.
func (s *Stage) start() error {
	if s.err != nil || s.started {
		return s.err
	}
	if err := s.drop(); err != nil {
		s.err = fmt.Errorf("%s: clear %s: %w: %s", s.c.Name, s.staging(), err, disk.Remedy(err))
		return s.err
	}
	s.started = true
	return nil
}

// Recover is the first call of a sink that goes on from a checkpoint: epoch is
// the last that was committed there, files what Prepare returned for it. They are
// compared with what is staged, and then published; one that is missing was
// published before. What else is staged is dropped. With epoch 0 there are no
// files, and all is dropped.
//
// An error leaves what is staged as it was: Recover may be repeated by a new sink.
func (s *Stage) Recover(ctx context.Context, epoch uint64, files []disk.Staged) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.err != nil:
		return s.err
	case s.started:
		s.err = fmt.Errorf("%s: Recover is not the first call: this is a defect of cdrstream, please report it", s.c.Name)
		return s.err
	}
	if err := s.recover(epoch, files); err != nil {
		s.err = s.unpublished(epoch, err)
		return s.err
	}
	s.started, s.prepared = true, epoch
	return nil
}

func (s *Stage) recover(epoch uint64, files []disk.Staged) error {
	present, err := s.verify(epoch, files)
	if err != nil {
		return err
	}
	if err := s.publish(present); err != nil {
		return err
	}
	return s.drop()
}

// verify compares files with what is staged, and returns those that are there.
func (s *Stage) verify(epoch uint64, files []disk.Staged) (present []disk.Staged, err error) {
	for _, f := range files {
		e, _, err := s.c.Place(f.Path)
		if err == nil && e > epoch {
			err = fmt.Errorf("%s is of a later epoch", f.Path)
		}
		if err != nil {
			return nil, disk.WithRemedy(err, "the checkpoint is not one of this job: choose another state directory, or start over without")
		}
		size, sum, err := disk.SumFile(s.c.Disk, s.Path(f.Path))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return nil, err
		case size != f.Size || sum != f.Sum:
			return nil, s.damaged(f, size, sum)
		}
		present = append(present, f)
	}
	return present, nil
}

func (s *Stage) damaged(f disk.Staged, size int64, sum uint32) error {
	return disk.WithRemedy(
		fmt.Errorf("%s is damaged: it has %d bytes with CRC-32C %08x, the checkpoint says %d with %08x", s.Path(f.Path), size, sum, f.Size, f.Sum),
		"restore the file, or start over with an empty output and state directory")
}

// drop removes all that is staged.
func (s *Stage) drop() error { return s.dropBut(nil) }

// dropBut removes all that is staged but the files of the names in keep.
func (s *Stage) dropBut(keep map[string]bool) error {
	names, err := s.c.Disk.List(s.staging())
	for _, n := range names {
		if keep[n] {
			continue
		}
		if failed := s.c.Disk.Remove(filepath.Join(s.staging(), n)); err == nil {
			err = failed
		}
	}
	return err
}
