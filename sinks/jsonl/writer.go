package jsonl

import (
	"fmt"
	"strings"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
)

const (
	fileMode = 0o600
	dirMode  = 0o700
)

// Options of a Writer or an Alerts; the zero value works.
type Options struct {
	Disk disk.FS // nil: the operating system's, with the modes that the package tells
}

// Writer keeps the records of one kind. Append and Cut may be called while
// another goroutine is in Prepare or Commit. The first error of the disk ends a
// writer: every later call returns it.
type Writer struct {
	growing
	line []byte
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
	p := place{what: kind + " records", final: kind + "/" + kind + ".jsonl", staging: kind}
	return &Writer{growing: newGrowing(dir, p, o.Disk)}, nil
}

// Append adds one record. raw is the record without its line end; it is not kept.
func (w *Writer) Append(at cdr.Origin, reason string, raw []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.start(); err != nil {
		return err
	}
	w.line = appendLine(w.line[:0], at, reason, raw)
	return w.add(w.line)
}

// Cut ends an epoch: what was appended so far belongs to it and those before. It
// writes what is in memory, and syncs nothing.
func (w *Writer) Cut(epoch uint64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cutOff(epoch)
}
