package jsonl

import (
	"bufio"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/cdrstream/cdrstream/engine/disk"
)

const bufferSize = 64 << 10 // bounds what is kept in memory, beside the longest line

var errClosed = errors.New("jsonl: used after Close")

// growing is a file of lines that only grows, and only by commits: what the package
// says of files, whatever the lines are. Lines may be added and cut off while another
// goroutine is in Prepare or Commit. The first error of the disk ends it: every
// later call returns it.
type growing struct {
	dir   string // of the job's output
	place place
	disk  disk.FS

	turn   sync.Mutex // Prepare, Commit, Recover and Close, one at a time
	ready  []*staged  // prepared, not committed
	synced map[string]bool

	mu       sync.Mutex // once lines come, never held over a sync
	err      error
	started  bool      // what an earlier process staged was dealt with
	end      int64     // of the final file, once everything that was cut off is committed
	cut      []*staged // complete, not prepared
	prepared uint64    // the newest epoch that was prepared, or recovered
	file     disk.File // of this epoch; nil: no line yet
	sum      disk.SumWriter
	out      *bufio.Writer
}

// place tells one growing file from others in the same output directory.
type place struct {
	what    string // its lines, in messages
	final   string // its name, relative to the output directory, with slashes
	staging string // name of a directory of its own below .staging
}

func newGrowing(dir string, p place, d disk.FS) growing {
	return growing{
		dir: filepath.Clean(dir), place: p, disk: d, synced: map[string]bool{},
		out: bufio.NewWriterSize(nil, bufferSize),
	}
}

// path is the final name.
func (w *growing) path() string { return filepath.Join(w.dir, filepath.FromSlash(w.place.final)) }

// add stages a line. The caller holds mu.
func (w *growing) add(line []byte) error {
	if w.file == nil {
		if err := w.begin(); err != nil {
			return w.failed("stage", err)
		}
	}
	if _, err := w.out.Write(line); err != nil {
		return w.failed("stage", err)
	}
	return nil
}

// begin makes the file of an epoch's lines.
func (w *growing) begin() error {
	f, err := w.disk.Create(filepath.Join(w.dir, filepath.FromSlash(w.stagedPath(w.end))))
	if err != nil {
		return err
	}
	w.file, w.sum = f, disk.SumWriter{W: f}
	w.out.Reset(&w.sum)
	return nil
}

// cutOff ends an epoch: what was added so far belongs to it and those before. It
// writes what is in memory, and syncs nothing. The caller holds mu.
func (w *growing) cutOff(epoch uint64) error {
	if w.err != nil || w.file == nil {
		return w.err
	}
	if epoch <= w.prepared {
		return w.failed("stage", fmt.Errorf("epoch %d was to get lines after epoch %d was prepared", epoch, w.prepared))
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
func (w *growing) fail(verb string, err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed(verb, err)
}

// failed is fail for a holder of mu.
func (w *growing) failed(verb string, err error) error {
	err = fmt.Errorf("jsonl: %s %s in %s: %w: %s", verb, w.place.what, w.dir, err, disk.Remedy(err))
	if w.err == nil {
		w.err = err
	}
	return err
}

// ended is the error that ended w.
func (w *growing) ended() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Close removes the lines that no Prepare made part of an epoch. What was
// prepared and not committed stays staged, for a Recover after the restart.
func (w *growing) Close() error {
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

func (w *growing) closeFiles() error {
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
