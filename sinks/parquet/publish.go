package parquet

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const openDir = "open"

// staging is where files stand until they are published.
func (s *Sink) staging() string { return filepath.Join(s.dir, ".staging", "features") }

func (s *Sink) epochDir(epoch uint64) string {
	return filepath.Join(s.staging(), strconv.FormatUint(epoch, 10))
}

// start drops what an earlier process left staged: whoever begins by writing
// makes it anew. The caller holds mu.
func (s *Sink) start() error {
	if s.err != nil || s.started {
		return s.err
	}
	if err := s.dropEarlier(); err != nil {
		s.err = fmt.Errorf("parquet sink: clear %s: %w: %s", s.staging(), err, remedy(err))
	}
	return s.err
}

// Commit publishes what was prepared for epoch and those before it. It may be
// repeated. As the first call of a new sink it recovers: what an earlier process
// prepared up to epoch is published, what it staged later is dropped.
func (s *Sink) Commit(ctx context.Context, epoch uint64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	if err := s.commit(epoch); err != nil {
		s.err = fmt.Errorf("parquet sink: publish epoch %d in %s: %w; it is still staged: %s", epoch, s.dir, err, remedy(err))
	}
	return s.err
}

func (s *Sink) commit(epoch uint64) error {
	if err := s.publish(epoch); err != nil {
		return err
	}
	if !s.started {
		return s.dropEarlier()
	}
	return s.drop(func(e uint64) bool { return e <= epoch })
}

// dropEarlier removes all that an earlier process left staged.
func (s *Sink) dropEarlier() error {
	s.started = true
	return errors.Join(s.removeOpen(), s.drop(func(uint64) bool { return true }))
}

// publish links the files of the epochs up to epoch to their final names.
func (s *Sink) publish(epoch uint64) error {
	epochs, err := s.epochs()
	if err != nil {
		return err
	}
	var dirs []string
	for _, e := range epochs {
		if e > epoch {
			continue
		}
		names, err := s.disk.list(s.epochDir(e))
		if err != nil {
			return err
		}
		for _, name := range names {
			dir, err := s.publishFile(s.epochDir(e), name)
			if err != nil {
				return err
			}
			dirs = append(dirs, dir)
		}
	}
	if len(dirs) == 0 {
		return nil
	}
	slices.Sort(dirs)
	return s.syncDirs(append(slices.Compact(dirs), filepath.Join(s.dir, "features"), s.dir))
}

// publishFile links one staged file and returns the directory it went to.
func (s *Sink) publishFile(from, name string) (string, error) {
	date, base, ok := strings.Cut(name, "_")
	if !ok {
		return "", fmt.Errorf("%s does not belong there: remove it", filepath.Join(from, name))
	}
	dir := filepath.Join(s.dir, "features", "date="+date)
	if err := s.disk.mkdir(dir); err != nil {
		return "", err
	}
	source, final := filepath.Join(from, name), filepath.Join(dir, base)
	err := s.disk.link(source, final)
	if !errors.Is(err, fs.ErrExist) {
		return dir, err
	}
	same, err := s.disk.same(source, final)
	if err == nil && !same {
		err = fmt.Errorf("%s is there with other content: another job wrote to this directory", final)
	}
	return dir, err
}

// epochs lists the staged epochs, ascending.
func (s *Sink) epochs() ([]uint64, error) {
	names, err := s.disk.list(s.staging())
	var epochs []uint64
	for _, n := range names {
		if e, err := strconv.ParseUint(n, 10, 64); err == nil {
			epochs = append(epochs, e)
		}
	}
	slices.Sort(epochs)
	return epochs, err
}

// drop removes the staged files of the epochs that gone names.
func (s *Sink) drop(gone func(epoch uint64) bool) error {
	epochs, err := s.epochs()
	if err != nil {
		return err
	}
	for _, e := range epochs {
		if gone(e) {
			err = errors.Join(err, s.removeDir(s.epochDir(e)))
		}
	}
	return err
}

func (s *Sink) removeDir(dir string) error {
	names, err := s.disk.list(dir)
	for _, n := range names {
		err = errors.Join(err, s.disk.remove(filepath.Join(dir, n)))
	}
	if err != nil {
		return err
	}
	return s.disk.remove(dir)
}
