package jsonl

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Truncate cuts the final file back to its first to bytes: what Prepared returned
// at the checkpoint that is being resumed, after its Commit. That commit alone
// mends a crash; there is something to cut only when the checkpoint is not the
// newest. What is staged beyond is dropped.
func (w *Writer) Truncate(to int64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if w.committed == to {
		return nil
	}
	if err := w.truncate(to); err != nil {
		return w.fail("cut back", err)
	}
	return nil
}

func (w *Writer) truncate(to int64) error {
	if w.file != nil || w.prepared > 0 {
		return fmt.Errorf("records were written before it was cut to %d bytes", to)
	}
	if _, err := w.rewrite(to, strings.NewReader("")); err != nil {
		return err
	}
	w.committed = to
	epochs, err := w.epochs()
	for _, e := range epochs {
		if e.offset > to {
			err = errors.Join(err, w.disk.remove(filepath.Join(w.staging(), e.name())))
		}
	}
	return err
}
