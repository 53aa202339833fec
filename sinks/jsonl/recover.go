package jsonl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// start drops what an earlier process left staged: whoever begins by writing
// makes it anew. The caller holds mu.
func (w *growing) start() error {
	if w.err != nil || w.started {
		return w.err
	}
	if err := w.drop(nil); err != nil {
		return w.failed("clear staged", err)
	}
	end, err := w.size()
	if err != nil {
		return w.failed("look for", err)
	}
	w.started, w.end = true, end
	return nil
}

// Recover is the first call of a writer that goes on from a checkpoint: epoch is
// the last that was committed there, list what Prepare returned for it. The files
// are compared with what is staged, and then appended at their place; one that is
// missing was published before, and must be in the final file. What that holds
// beyond them is cut off. What else is staged is dropped. Without a list, as with
// epoch 0, the final file stays as it is.
//
// An error leaves what is staged as it was: Recover may be repeated by a new
// writer.
func (w *growing) Recover(ctx context.Context, epoch uint64, list []disk.Staged) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.turn.Lock()
	defer w.turn.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.err != nil:
		return w.err
	case w.started:
		return w.failed("recover", errors.New("Recover is not the first call"))
	}
	files, err := w.parse(epoch, list)
	if err != nil {
		return w.failed("recover", disk.WithRemedy(err, "the checkpoint is not one of this job: choose another state directory, or start over without"))
	}
	if err := w.recover(files); err != nil {
		return w.failed("recover", err)
	}
	w.started, w.prepared = true, epoch
	return nil
}

func (w *growing) recover(files []*staged) error {
	published, err := w.verify(files)
	if err != nil {
		return err
	}
	if w.end, err = w.size(); err != nil {
		return err
	}
	if len(files) > 0 {
		if err := w.complete(files, published); err != nil {
			return err
		}
		w.end = files[len(files)-1].end()
	}
	return w.drop(nil)
}

// verify compares what is staged with files. It returns how many of them were
// published for certain: those up to the last that is missing, since none goes
// before all that were appended with it are durable.
func (w *growing) verify(files []*staged) (published int, err error) {
	for i, f := range files {
		size, sum, err := disk.SumFile(w.disk, w.pathOf(f))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			published = i + 1
		case err != nil:
			return 0, err
		case size != f.Size || sum != f.Sum:
			return 0, w.damaged(f, size, sum)
		}
	}
	return published, nil
}

// complete makes the final file end with files. Those that were published must be
// there. The others are appended even if they seem to be there: it is not known
// whether that is durable.
func (w *growing) complete(files []*staged, published int) error {
	if w.end < files[0].offset {
		return w.short(w.end, files[0].offset)
	}
	offset := files[0].offset
	for _, f := range files[:published] {
		there, err := w.holds(f)
		if err != nil {
			return err
		}
		if !there {
			return w.gone(f)
		}
		offset = f.end()
	}
	return w.rewrite(offset, files[published:])
}

// holds reports whether the final file, of w.end bytes, holds f in its place.
func (w *growing) holds(f *staged) (bool, error) {
	if w.end < f.end() {
		return false, nil
	}
	in, err := w.disk.Open(w.path())
	if err != nil {
		return false, err
	}
	defer in.Close()
	if _, err := in.Seek(f.offset, io.SeekStart); err != nil {
		return false, err
	}
	sum := disk.SumWriter{W: io.Discard}
	_, err = io.CopyN(&sum, in, f.Size)
	return sum.Sum == f.Sum, err
}

func (w *growing) gone(f *staged) error {
	return disk.WithRemedy(
		fmt.Errorf("%s does not hold the %d bytes from byte %d on that were committed there", w.path(), f.Size, f.offset),
		"put the file back as it was, or start over with an empty output and state directory")
}
