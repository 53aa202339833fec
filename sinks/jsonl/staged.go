package jsonl

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// staged is a complete file of records that waits to be appended.
type staged struct {
	disk.Staged
	epoch  uint64
	offset int64     // where its records go in the final file
	file   disk.File // nil: synced and closed
}

func (f *staged) end() int64 { return f.offset + f.Size }

// sync makes the content durable and closes the file.
func (f *staged) sync() error {
	err := f.file.Sync()
	if closed := f.file.Close(); err == nil {
		err = closed
	}
	f.file = nil
	return err
}

// stagedPath is where records are staged that go to offset of the final file,
// relative to the output directory.
func (w *growing) stagedPath(offset int64) string {
	return path.Join(".staging", w.place.staging, strconv.FormatInt(offset, 10)+".jsonl")
}

func (w *growing) staging() string { return filepath.Join(w.dir, ".staging", w.place.staging) }

func (w *growing) pathOf(f *staged) string { return filepath.Join(w.dir, filepath.FromSlash(f.Path)) }

// parse returns what a checkpoint remembers, in the order of the final file.
func (w *growing) parse(epoch uint64, list []disk.Staged) (files []*staged, err error) {
	for _, s := range list {
		name, ok := strings.CutSuffix(path.Base(s.Path), ".jsonl")
		offset, err := strconv.ParseInt(name, 10, 64)
		if !ok || err != nil || s.Path != w.stagedPath(offset) || offset < 0 {
			return nil, fmt.Errorf("%s is no name of a staged file of %s", s.Path, w.place.what)
		}
		files = append(files, &staged{Staged: s, epoch: epoch, offset: offset})
	}
	slices.SortFunc(files, func(a, b *staged) int { return cmp.Compare(a.offset, b.offset) })
	for i := 1; i < len(files); i++ {
		if files[i].offset != files[i-1].end() {
			return nil, fmt.Errorf("%s does not follow %s", files[i].Path, files[i-1].Path)
		}
	}
	if epoch == 0 && len(files) > 0 {
		return nil, fmt.Errorf("%s belongs to no epoch", files[0].Path)
	}
	return files, nil
}

// Prepare makes the lines durable that were cut off for the epochs up to epoch,
// and returns their files, in the order of the final file, with those that an
// earlier Prepare returned and no Commit has published yet. They stay invisible;
// a crash after Prepare loses none of them.
func (w *growing) Prepare(ctx context.Context, epoch uint64) ([]disk.Staged, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w.turn.Lock()
	defer w.turn.Unlock()
	files, err := w.take(epoch)
	if err != nil {
		return nil, err
	}
	if err := w.prepare(files); err != nil {
		return nil, w.fail("stage", err)
	}
	var list []disk.Staged
	for _, f := range w.ready {
		list = append(list, f.Staged)
	}
	return list, nil
}

// take returns what was cut off for the epochs up to epoch, which ends them.
func (w *growing) take(epoch uint64) (files []*staged, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.start(); err != nil {
		return nil, err
	}
	w.prepared = max(w.prepared, epoch)
	n := 0
	for n < len(w.cut) && w.cut[n].epoch <= epoch {
		n++
	}
	files, w.cut = w.cut[:n:n], w.cut[n:]
	return files, nil
}

func (w *growing) prepare(files []*staged) error {
	if len(files) == 0 {
		return nil
	}
	var err error
	for _, f := range files { // all, so that all are closed
		if failed := f.sync(); err == nil {
			err = failed
		}
	}
	if err != nil {
		return err
	}
	if err := w.disk.SyncDir(w.staging()); err != nil {
		return err
	}
	if err := w.syncOnce(filepath.Dir(w.staging()), w.dir, filepath.Dir(w.dir)); err != nil {
		return err
	}
	w.ready = append(w.ready, files...)
	return nil
}

// syncOnce syncs directories that this writer has not synced yet: they may have
// been made by others, who did not.
func (w *growing) syncOnce(dirs ...string) error {
	for _, d := range dirs {
		if w.synced[d] {
			continue
		}
		if err := w.disk.SyncDir(d); err != nil {
			return err
		}
		w.synced[d] = true
	}
	return nil
}

// drop removes all that is staged, but keep.
func (w *growing) drop(keep []*staged) error {
	names, err := w.disk.List(w.staging())
	for _, n := range names {
		if slices.ContainsFunc(keep, func(f *staged) bool { return path.Base(f.Path) == n }) {
			continue
		}
		if failed := w.disk.Remove(filepath.Join(w.staging(), n)); err == nil {
			err = failed
		}
	}
	return err
}
