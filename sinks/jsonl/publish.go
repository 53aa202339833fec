package jsonl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// stagedEpoch is the staged file of an epoch.
type stagedEpoch struct {
	epoch  uint64
	offset int64 // where its records begin in the final file
}

func (e stagedEpoch) name() string { return fmt.Sprintf("%d-%d", e.epoch, e.offset) }

// epochs lists the staged epochs in the order in which they were prepared.
func (w *Writer) epochs() ([]stagedEpoch, error) {
	names, err := w.disk.list(w.staging())
	var epochs []stagedEpoch
	for _, n := range names {
		epoch, offset, ok := strings.Cut(n, "-")
		e, err1 := strconv.ParseUint(epoch, 10, 64)
		o, err2 := strconv.ParseInt(offset, 10, 64)
		if ok && err1 == nil && err2 == nil {
			epochs = append(epochs, stagedEpoch{e, o})
		}
	}
	slices.SortFunc(epochs, func(a, b stagedEpoch) int {
		return cmp.Or(cmp.Compare(a.offset, b.offset), cmp.Compare(a.epoch, b.epoch))
	})
	return epochs, err
}

// start drops what an earlier process left staged: whoever begins by writing
// makes it anew. The caller holds mu.
func (w *Writer) start() error {
	if w.err != nil || w.started {
		return w.err
	}
	if err := w.dropEarlier(); err != nil {
		return w.fail("clear staged", err)
	}
	return nil
}

func (w *Writer) dropEarlier() error {
	w.started = true
	epochs, err := w.epochs()
	for _, e := range epochs {
		err = errors.Join(err, w.disk.remove(filepath.Join(w.staging(), e.name())))
	}
	return errors.Join(err, w.dropOpen())
}

func (w *Writer) dropOpen() error {
	names, err := w.disk.list(w.staging())
	if err == nil && slices.Contains(names, filepath.Base(w.openPath())) {
		err = w.disk.remove(w.openPath())
	}
	return err
}

// Commit appends what was prepared for epoch and those before it to the final
// file. It may be repeated. As the first call of a new writer it recovers: what
// an earlier process prepared up to epoch is appended, what it staged later is
// dropped.
func (w *Writer) Commit(ctx context.Context, epoch uint64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if err := w.commit(epoch); err != nil {
		return w.fail("publish", err)
	}
	return nil
}

func (w *Writer) commit(epoch uint64) error {
	epochs, err := w.epochs()
	if err != nil {
		return err
	}
	for _, e := range epochs {
		if e.epoch > epoch {
			continue
		}
		if err := w.publish(e); err != nil {
			return err
		}
	}
	if !w.started {
		return w.dropEarlier()
	}
	return nil
}

// publish appends one staged epoch at its offset. The staged file must be gone
// for good before a later epoch is appended: found again after a crash, it would
// cut that epoch off.
func (w *Writer) publish(e stagedEpoch) error {
	staged := filepath.Join(w.staging(), e.name())
	in, err := w.disk.open(staged)
	if err != nil {
		return err
	}
	defer in.Close()
	n, err := w.rewrite(e.offset, in)
	if err != nil {
		return err
	}
	w.prepared = max(0, w.prepared-n)
	w.committed = e.offset + n
	if err := w.disk.remove(staged); err != nil {
		return err
	}
	return w.disk.syncDir(w.staging())
}

// rewrite makes the final file end with what in holds, at offset, durably, and
// returns how much that is.
func (w *Writer) rewrite(offset int64, in io.Reader) (int64, error) {
	size, err := w.disk.size(w.path())
	if err != nil {
		return 0, err
	}
	if size < offset {
		return 0, fmt.Errorf("%s has %d bytes of %d: %w", w.path(), size, offset, errShort)
	}
	f, err := w.disk.extend(w.path())
	if err != nil {
		return 0, err
	}
	n, err := replaceTail(f, offset, in)
	if err = errors.Join(err, f.Close()); err != nil {
		return 0, err
	}
	return n, errors.Join(w.disk.syncDir(filepath.Dir(w.path())), w.disk.syncDir(w.dir))
}

func replaceTail(f file, offset int64, in io.Reader) (int64, error) {
	if err := f.Truncate(offset); err != nil {
		return 0, err
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.Copy(f, in)
	if err != nil {
		return n, err
	}
	return n, f.Sync()
}
