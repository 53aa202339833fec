package jsonl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// Commit appends what was prepared for epoch and those before it to the final
// file. It may be repeated, and lines may be appended meanwhile.
func (w *growing) Commit(ctx context.Context, epoch uint64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.turn.Lock()
	defer w.turn.Unlock()
	if err := w.ended(); err != nil {
		return err
	}
	n := 0
	for n < len(w.ready) && w.ready[n].epoch <= epoch {
		n++
	}
	if n == 0 {
		return nil
	}
	if err := w.publish(w.ready[:n]); err != nil {
		return w.fail("publish", err)
	}
	return nil
}

// publish appends the first files of ready and removes them.
func (w *growing) publish(files []*staged) error {
	if err := w.rewrite(files[0].offset, files); err != nil {
		return err
	}
	w.ready = w.ready[len(files):]
	for _, f := range files {
		if err := w.disk.Remove(w.pathOf(f)); err != nil {
			return err
		}
	}
	return nil
}

// rewrite makes the final file end with files, at offset, durably. What stood
// there goes: an interrupted commit left it.
func (w *growing) rewrite(offset int64, files []*staged) error {
	size, err := w.size()
	if err != nil {
		return err
	}
	if size < offset {
		return w.short(size, offset)
	}
	f, err := w.disk.Extend(w.path())
	if err != nil {
		return err
	}
	err = w.replaceTail(f, offset, files)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if err := w.disk.SyncDir(filepath.Dir(w.path())); err != nil {
		return err
	}
	return w.syncOnce(w.dir)
}

// replaceTail writes over what an interrupted commit left, and cuts off the rest
// of it afterwards, so that lines which are there already do not vanish meanwhile.
func (w *growing) replaceTail(f disk.File, offset int64, files []*staged) error {
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	for _, s := range files {
		if err := w.copy(f, s); err != nil {
			return err
		}
		offset = s.end()
	}
	if err := f.Truncate(offset); err != nil {
		return err
	}
	return f.Sync()
}

// copy writes what is staged to f.
func (w *growing) copy(f disk.File, s *staged) error {
	in, err := w.disk.Open(w.pathOf(s))
	if err != nil {
		return err
	}
	defer in.Close()
	out := disk.SumWriter{W: f}
	if _, err := io.Copy(&out, in); err != nil {
		return err
	}
	if out.Size != s.Size || out.Sum != s.Sum {
		return w.damaged(s, out.Size, out.Sum)
	}
	return nil
}

// size is the length of the final file; 0 when it is not there.
func (w *growing) size() (int64, error) {
	n, err := w.disk.Size(w.path())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	return n, err
}

func (w *growing) short(size, want int64) error {
	return disk.WithRemedy(
		fmt.Errorf("%s has %d bytes, fewer than the %d that were committed", w.path(), size, want),
		"put the file back as it was, or start over with an empty output and state directory")
}

func (w *growing) damaged(s *staged, size int64, sum uint32) error {
	return disk.WithRemedy(
		fmt.Errorf("%s is damaged: it has %d bytes with CRC-32C %08x, not %d with %08x", w.pathOf(s), size, sum, s.Size, s.Sum),
		"restore the file, or start over with an empty output and state directory")
}
