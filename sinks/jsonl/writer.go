package jsonl

import (
	"bufio"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/cdrstream/cdrstream/engine/disk"
)

const (
	bufferSize = 64 << 10 // bounds what is kept in memory, beside the longest line

	fileMode = 0o600
	dirMode  = 0o700
)

var errClosed = errors.New("jsonl: used after Close")

// Options of a Writer; the zero value works.
type Options struct {
	Disk disk.FS // nil: the operating system's, files 0600, directories 0700
}

// Writer keeps the records of one kind. Append and Cut may be called while
// another goroutine is in Prepare or Commit. The first error of the disk ends a
// writer: every later call returns it.
type Writer struct {
	dir  string // of the job's output
	kind string
	disk disk.FS

	turn   sync.Mutex // Prepare, Commit, Recover and Close, one at a time
	ready  []*staged  // prepared, not committed
	synced map[string]bool

	mu       sync.Mutex // once records come, never held over a sync
	err      error
	started  bool      // what an earlier process staged was dealt with
	end      int64     // of the final file, once everything that was cut off is committed
	cut      []*staged // complete, not prepared
	prepared uint64    // the newest epoch that was prepared, or recovered
	file     disk.File // of this epoch; nil: no record yet
	sum      disk.SumWriter
	out      *bufio.Writer
	line     []byte
}

// New returns a writer of kind ("rejects", "late") for the job whose output
// directory is dir. Nothing is read or written before the first call. A final
// file that is there already is continued.
func New(dir, kind string, o Options) (*Writer, error) {
	if kind == "" || strings.ContainsAny(kind, "/\\.") {
		return nil, fmt.Errorf("jsonl: the kind %q is not a plain name", kind)
	}
	if o.Disk == nil {
		o.Disk = disk.New(fileMode, dirMode)
	}
	return &Writer{
		dir: filepath.Clean(dir), kind: kind, disk: o.Disk, synced: map[string]bool{},
		out: bufio.NewWriterSize(nil, bufferSize),
	}, nil
}

// path is the final name.
func (w *Writer) path() string { return filepath.Join(w.dir, w.kind, w.kind+".jsonl") }

// Append adds one record. line counts from 1, offset from 0. raw is the record
// without its line end; it is not kept.
func (w *Writer) Append(source string, line, offset int64, reason string, raw []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.start(); err != nil {
		return err
	}
	if w.file == nil {
		if err := w.begin(); err != nil {
			return w.failed("stage", err)
		}
	}
	w.line = appendLine(w.line[:0], source, line, offset, reason, raw)
	if _, err := w.out.Write(w.line); err != nil {
		return w.failed("stage", err)
	}
	return nil
}

// begin makes the file of an epoch's records.
func (w *Writer) begin() error {
	f, err := w.disk.Create(filepath.Join(w.dir, filepath.FromSlash(w.stagedPath(w.end))))
	if err != nil {
		return err
	}
	w.file, w.sum = f, disk.SumWriter{W: f}
	w.out.Reset(&w.sum)
	return nil
}

// Cut ends an epoch: what was appended so far belongs to it and those before. It
// writes what is in memory, and syncs nothing.
func (w *Writer) Cut(epoch uint64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil || w.file == nil {
		return w.err
	}
	if epoch <= w.prepared {
		return w.failed("stage", fmt.Errorf("epoch %d was to get records after epoch %d was prepared", epoch, w.prepared))
	}
	if err := w.out.Flush(); err != nil {
		return w.failed("stage", err)
	}
	w.cut = append(w.cut, &staged{
		Staged: disk.Staged{Path: w.stagedPath(w.end), Size: w.sum.Size, Sum: w.sum.Sum},
		epoch:  epoch, offset: w.end, file: w.file,
	})
	w.end += w.sum.Size
	w.file = nil
	return nil
}

// fail makes err what every later call returns, unless another one came first.
func (w *Writer) fail(verb string, err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed(verb, err)
}

// failed is fail for a holder of mu.
func (w *Writer) failed(verb string, err error) error {
	err = fmt.Errorf("jsonl: %s %s records in %s: %w: %s", verb, w.kind, w.dir, err, disk.Remedy(err))
	if w.err == nil {
		w.err = err
	}
	return err
}

// ended is the error that ended the writer.
func (w *Writer) ended() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Close removes the records that no Prepare made part of an epoch. What was
// prepared and not committed stays staged, for a Recover after the restart.
func (w *Writer) Close() error {
	w.turn.Lock()
	defer w.turn.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == errClosed {
		return nil
	}
	err := w.err
	if w.started {
		err = errors.Join(err, w.closeFiles())
	}
	w.err = errClosed
	return err
}

func (w *Writer) closeFiles() error {
	var err error
	if w.file != nil {
		err = w.file.Close()
		w.file = nil
	}
	for _, f := range w.cut {
		if f.file != nil {
			err = errors.Join(err, f.file.Close())
		}
	}
	err = errors.Join(err, w.drop(w.ready))
	// These go only when they are empty: others stage there too.
	_ = w.disk.Remove(w.staging())
	_ = w.disk.Remove(filepath.Dir(w.staging()))
	return err
}
