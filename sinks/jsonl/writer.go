package jsonl

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
)

// bufferSize bounds what is kept in memory, beside the longest line.
const bufferSize = 64 << 10

var (
	errClosed = errors.New("jsonl: used after Close")
	errShort  = errors.New("the file is shorter than what was committed")
)

// Writer keeps the records of one kind. Its methods may be called by several
// goroutines. The first error of the disk ends it: every later call returns it.
type Writer struct {
	dir  string // of the job's output
	kind string
	disk disk

	mu        sync.Mutex
	err       error
	started   bool // what an earlier process staged was dealt with
	committed int64
	prepared  int64 // bytes staged in epochs
	out       *bufio.Writer
	file      file  // open, of this epoch; nil: no record yet
	length    int64 // bytes given to out
	line      []byte
}

// New returns a writer of kind ("rejects", "late") for the job whose output
// directory is dir. Nothing is written before the first record. A file that is
// there already is continued.
func New(dir, kind string) (*Writer, error) {
	if kind == "" || strings.ContainsAny(kind, "/\\.") {
		return nil, fmt.Errorf("jsonl: the kind %q is not a plain name", kind)
	}
	return newWriter(dir, kind, osDisk{})
}

func newWriter(dir, kind string, d disk) (*Writer, error) {
	w := &Writer{dir: dir, kind: kind, disk: d, out: bufio.NewWriterSize(nil, bufferSize)}
	n, err := d.size(w.path())
	if err != nil {
		return nil, fmt.Errorf("jsonl: %w: %s", err, remedy(err))
	}
	w.committed = n
	return w, nil
}

// path is the final name.
func (w *Writer) path() string { return filepath.Join(w.dir, w.kind, w.kind+".jsonl") }

func (w *Writer) staging() string { return filepath.Join(w.dir, ".staging", w.kind) }

func (w *Writer) openPath() string { return filepath.Join(w.staging(), "open") }

// Committed is the length of the final file after the last Commit, in bytes.
func (w *Writer) Committed() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.committed
}

// Prepared is the length the final file will have once everything prepared is
// committed, in bytes: what a checkpoint remembers.
func (w *Writer) Prepared() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.committed + w.prepared
}

// Append adds one record. line counts from 1, offset from 0. raw is the record
// without its line end; it is not kept.
func (w *Writer) Append(source string, line, offset int64, reason string, raw []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.start(); err != nil {
		return err
	}
	if w.file == nil {
		f, err := w.disk.create(w.openPath())
		if err != nil {
			return w.fail("stage", err)
		}
		w.file, w.length = f, 0
		w.out.Reset(f)
	}
	w.line = appendLine(w.line[:0], source, line, offset, reason, raw)
	w.length += int64(len(w.line))
	if _, err := w.out.Write(w.line); err != nil {
		return w.fail("stage", err)
	}
	return nil
}

// Prepare makes the records since the last Prepare durable, as an epoch. They
// stay invisible; a crash after Prepare loses none of them.
func (w *Writer) Prepare(ctx context.Context, epoch uint64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.start(); err != nil {
		return err
	}
	if w.file == nil {
		return nil
	}
	if err := w.prepare(epoch); err != nil {
		return w.fail("stage", err)
	}
	return nil
}

func (w *Writer) prepare(epoch uint64) error {
	if err := w.out.Flush(); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return err
	}
	f := w.file
	w.file = nil
	if err := f.Close(); err != nil {
		return err
	}
	e := stagedEpoch{epoch: epoch, offset: w.committed + w.prepared}
	if err := w.disk.rename(w.openPath(), filepath.Join(w.staging(), e.name())); err != nil {
		return err
	}
	w.prepared += w.length
	root := filepath.Clean(w.dir)
	for _, d := range []string{w.staging(), filepath.Dir(w.staging()), root, filepath.Dir(root)} {
		if err := w.disk.syncDir(d); err != nil {
			return err
		}
	}
	return nil
}

// fail makes err what every later call returns. The caller holds mu.
func (w *Writer) fail(verb string, err error) error {
	w.err = fmt.Errorf("jsonl: %s %s records in %s: %w: %s", verb, w.kind, w.dir, err, remedy(err))
	return w.err
}

// Close removes the records that no Prepare made part of an epoch. What was
// prepared and not committed stays staged, for a Commit after the restart.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == errClosed {
		return nil
	}
	err := w.err
	if w.started {
		if w.file != nil {
			err = errors.Join(err, w.file.Close())
			w.file = nil
		}
		err = errors.Join(err, w.dropOpen())
		// These go only when they are empty: others stage there too.
		_ = w.disk.remove(w.staging())
		_ = w.disk.remove(filepath.Dir(w.staging()))
	}
	w.err = errClosed
	return err
}
