package rejects

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// Output is a file of lines with its register. It serves one goroutine. After an
// error only Close is of use.
type Output struct {
	fs   disk.FS
	path string
	lock io.Closer

	register
	out     disk.File
	book    disk.File // the register
	lines   []byte    // not written yet
	entries []byte    // of the register, neither
}

// ErrOther is what Open fails with when what is there belongs to something else.
var ErrOther = errors.New("belongs to something else")

// RegisterOf is the register of the output at path.
func RegisterOf(path string) string { return path + ".register" }

// Open opens the output at path, which need not be there. Where an earlier process was
// interrupted, what it left is cut off. An output that has been taken away starts anew;
// its register still counts. It fails with ErrOther when somebody else wrote the output or
// changed it, and with disk.ErrLocked while another process writes it.
func Open(fsys disk.FS, path string) (*Output, error) {
	if err := strangerAt(fsys, path); err != nil {
		return nil, err
	}
	if err := fsys.Mkdir(filepath.Dir(path)); err != nil {
		return nil, err
	}
	lock, err := fsys.Lock(path + ".lock")
	if err != nil {
		return nil, err
	}
	o := &Output{fs: fsys, path: path, lock: lock}
	if err := o.open(); err != nil {
		return nil, errors.Join(err, o.Close())
	}
	return o, nil
}

// strangerAt makes sure that a file is not taken for an output that has no register.
func strangerAt(fsys disk.FS, path string) error {
	size, err := fsys.Size(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && size == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = fsys.Size(RegisterOf(path))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there, without a register beside it: it %w; choose another file", path, ErrOther)
	}
	return err
}

// Look reads the register of the output at path without touching anything.
func Look(fsys disk.FS, path string) (*Output, error) {
	o := &Output{fs: fsys, path: path}
	return o, o.load(fsys, RegisterOf(path))
}

func (o *Output) open() (err error) {
	book := RegisterOf(o.path)
	if err := o.load(o.fs, book); err != nil {
		return err
	}
	fresh, err := o.compare()
	if err != nil {
		return err
	}
	if o.end == 0 {
		if err := o.establish(book); err != nil {
			return err
		}
	}
	if o.book, err = extend(o.fs, book, o.end); err != nil {
		return err
	}
	if fresh { // tell so before there is another one
		o.size, o.sum = 0, 0
		if err := o.tell(); err != nil {
			return err
		}
	}
	if o.out, err = extend(o.fs, o.path, o.size); err != nil {
		return err
	}
	return o.fs.SyncDir(filepath.Dir(o.path))
}

// establish makes a register of nothing, whole or not at all.
func (o *Output) establish(path string) error {
	r := NewReplacement(o.fs, path)
	first := o.mark(nil)
	err := r.Add(append([]byte(title), first...))
	if err == nil {
		err = r.Publish()
	}
	o.end = int64(len(title) + len(first))
	return errors.Join(err, r.Close())
}

// extend opens a file to go on behind its first bytes.
func extend(fsys disk.FS, path string, size int64) (disk.File, error) {
	f, err := fsys.Extend(path)
	if err != nil {
		return nil, err
	}
	if err = f.Truncate(size); err == nil {
		_, err = f.Seek(size, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Lead makes sure that the output begins with lead and, where mark is not empty, then
// with that: what precedes the records, and how all of them begin. It writes the lead of
// an output without anything.
func (o *Output) Lead(lead, mark []byte) error {
	if o.size == 0 {
		o.lines = append(o.lines, lead...)
		return nil
	}
	f, err := o.fs.Open(o.path)
	if err != nil {
		return err
	}
	defer f.Close()
	want := append(bytes.Clone(lead), mark...)
	got := make([]byte, len(want))
	if _, err := io.ReadFull(f, got); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("%s does not begin with %.60q: it %w; choose another file", o.path, want, ErrOther)
	}
	return nil
}

// compare makes sure that the output is what the register says, perhaps with more
// behind it. fresh: it is not there.
func (o *Output) compare() (fresh bool, err error) {
	size, err := o.fs.Size(o.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil:
		return false, err
	case size < o.size:
		return false, fmt.Errorf("%s holds %d bytes, its register tells of %d: it was cut or %w; put it back, or move it away, or choose another file", o.path, size, o.size, ErrOther)
	}
	f, err := o.fs.Open(o.path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	w := disk.SumWriter{W: io.Discard}
	if _, err := io.CopyN(&w, f, o.size); err != nil {
		return false, err
	}
	if w.Sum != o.sum {
		return false, fmt.Errorf("%s is not what its register tells of: it was changed or %w; put it back, or move it away, or choose another file", o.path, ErrOther)
	}
	return false, nil
}

// Add adds what became of e: line, with its line end. Nothing of it is kept. It is
// in the output once Commit returned.
func (o *Output) Add(e *Entry, line []byte) error {
	o.entries = o.note(o.entries, e)
	o.lines = append(o.lines, line...)
	if len(o.lines) < commitAt {
		return nil
	}
	return o.Commit()
}

const commitAt = 4 << 20

// Commit makes durable what was added.
func (o *Output) Commit() error {
	if len(o.lines) == 0 {
		return nil
	}
	if _, err := o.out.Write(o.lines); err != nil {
		return err
	}
	if err := o.out.Sync(); err != nil {
		return err
	}
	o.size += int64(len(o.lines))
	o.sum = disk.UpdateSum(o.sum, o.lines)
	o.lines = o.lines[:0]
	return o.tell()
}

// tell makes the register tell of the output as it is.
func (o *Output) tell() error {
	o.entries = o.mark(o.entries)
	if _, err := o.book.Write(o.entries); err != nil {
		return err
	}
	o.end += int64(len(o.entries))
	o.entries = o.entries[:0]
	return o.book.Sync()
}

// Close gives back what the Output holds. What was not committed is lost.
func (o *Output) Close() (err error) {
	if o.out != nil {
		err = o.out.Close()
	}
	if o.book != nil {
		err = errors.Join(err, o.book.Close())
	}
	if o.lock != nil {
		err = errors.Join(err, o.fs.Remove(o.path+".lock"), o.lock.Close())
	}
	return err
}
