package stage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// Commit publishes what was prepared for epoch and those before it. It may be
// repeated, and rows of later epochs may be written meanwhile.
func (s *Stage) Commit(ctx context.Context, epoch uint64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	if err := s.Err(); err != nil {
		return err
	}
	files := s.until(epoch)
	if err := s.publish(files); err != nil {
		return s.Fail(s.unpublished(epoch, err))
	}
	if err := s.clear(files); err != nil {
		return s.Fail(fmt.Errorf("%s: epoch %d is published, but clear %s: %w: %s", s.c.Name, epoch, s.staging(), err, disk.Remedy(err)))
	}
	return nil
}

func (s *Stage) unpublished(epoch uint64, err error) error {
	return fmt.Errorf("%s: publish epoch %d in %s: %w; it is still staged: %s", s.c.Name, epoch, s.c.Dir, err, disk.Remedy(err))
}

// until returns the prepared files of the epochs up to epoch.
func (s *Stage) until(epoch uint64) (files []disk.Staged) {
	for _, f := range s.ready {
		if f.epoch <= epoch {
			files = append(files, f.Staged)
		}
	}
	return files
}

// clear forgets files that are published, and removes them from where they were
// staged.
func (s *Stage) clear(files []disk.Staged) error {
	s.ready = slices.DeleteFunc(s.ready, func(f *staged) bool { return slices.Contains(files, f.Staged) })
	for _, f := range files {
		if err := s.c.Disk.Remove(s.Path(f.Path)); err != nil {
			return err
		}
	}
	return nil
}

// publish links staged files to their final names, durably.
func (s *Stage) publish(files []disk.Staged) error {
	if len(files) == 0 {
		return nil
	}
	var dirs []string
	for _, f := range files {
		dir, err := s.link(f)
		if err != nil {
			return err
		}
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	for _, dir := range slices.Compact(dirs) {
		if err := s.c.Disk.SyncDir(dir); err != nil {
			return err
		}
	}
	return s.syncOnce(s.Path(s.c.Final), s.c.Dir)
}

// link gives one staged file its final name and returns the directory of that.
func (s *Stage) link(f disk.Staged) (dir string, err error) {
	_, name, err := s.c.Place(f.Path)
	if err != nil {
		return "", err
	}
	dir = s.Path(path.Dir(name))
	if err := s.c.Disk.Mkdir(dir); err != nil {
		return "", err
	}
	final := s.Path(name)
	err = s.c.Disk.Link(s.Path(f.Path), final)
	if errors.Is(err, fs.ErrExist) {
		err = s.same(f, final)
	}
	return dir, err
}

// same makes sure that the file under a final name is f: a commit that was
// interrupted put it there.
func (s *Stage) same(f disk.Staged, final string) error {
	size, sum, err := disk.SumFile(s.c.Disk, final)
	if err == nil && (size != f.Size || sum != f.Sum) {
		err = disk.WithRemedy(fmt.Errorf("%s is there with other content than %s", final, s.Path(f.Path)),
			"something else wrote to this directory; move "+filepath.Base(final)+" elsewhere, then run again")
	}
	return err
}
