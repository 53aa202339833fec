package output

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Output is where lines go. It is not safe for use by several goroutines.
type Output struct {
	options Options
	stdout  io.Writer

	name, staged string // of the open file; staged is "" when it is written in place
	until        int64  // the open file ends before this instant, ms
	file         *os.File
	pack         io.WriteCloser // nil when plain
	buf          *bufio.Writer  // nil when no file is open
}

// New prepares an output for the time from, to and writes nothing yet. It
// refuses names that exist, unless Force is set.
func New(o Options, from, to time.Time, stdout io.Writer) (*Output, error) {
	out := &Output{options: o, stdout: stdout, until: -1 << 62}
	if o.Path == "-" || o.Force {
		return out, nil
	}
	for at := from; at.Before(to); {
		name, end := o.part(at)
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s exists already; give --force to overwrite it, or another name", name)
		}
		at = end
	}
	return out, nil
}

// Write writes a line that belongs to an instant, in ms since 1970. Instants
// must not go back.
func (o *Output) Write(ms int64, line []byte) error {
	if ms >= o.until {
		if err := o.reach(ms); err != nil {
			return err
		}
	}
	if _, err := o.buf.Write(line); err != nil {
		return o.failed(err)
	}
	return nil
}

// reach opens the file of an instant in place of the open one.
func (o *Output) reach(ms int64) error {
	if err := o.Close(); err != nil {
		return err
	}
	name, end := o.options.part(time.UnixMilli(ms))
	o.name, o.until = name, end.UnixMilli()
	if err := o.open(); err != nil {
		return o.failed(err)
	}
	return nil
}

func (o *Output) failed(err error) error { return fmt.Errorf("write %s: %w", o.name, err) }

func (o *Output) open() error {
	w := o.stdout
	if o.name != "-" {
		if err := o.create(); err != nil {
			return err
		}
		w = o.file
	}
	switch filepath.Ext(o.name) {
	case ".gz":
		o.pack = gzip.NewWriter(w)
	case ".zst":
		z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return err
		}
		o.pack = z
	}
	if o.pack != nil {
		w = o.pack
	}
	o.buf = bufio.NewWriterSize(w, 1<<20)
	_, err := o.buf.Write(o.options.Header)
	return err
}

// create opens the file to write: a device or a pipe as it is, a regular file
// beside its final name.
func (o *Output) create() (err error) {
	if info, e := os.Stat(o.name); e == nil && !info.Mode().IsRegular() {
		o.file, err = os.OpenFile(o.name, os.O_WRONLY, 0)
		return err
	}
	if err := os.MkdirAll(filepath.Dir(o.name), 0o755); err != nil {
		return err
	}
	if o.file, err = os.Create(o.name + ".partial"); err == nil {
		o.staged = o.file.Name()
	}
	return err
}

// Close completes the open file, if there is one.
func (o *Output) Close() error {
	if o.buf == nil {
		return nil
	}
	err := o.buf.Flush()
	if o.pack != nil {
		err = errors.Join(err, o.pack.Close())
	}
	if o.file != nil {
		err = errors.Join(err, o.file.Close())
	}
	if err == nil && o.staged != "" {
		err = os.Rename(o.staged, o.name)
	}
	if err != nil {
		return o.failed(err)
	}
	o.buf, o.pack, o.file, o.staged = nil, nil, nil, ""
	return nil
}

// Abandon removes the file that is not complete. Those that were completed
// before stay.
func (o *Output) Abandon() {
	if o.file != nil {
		o.file.Close() // its bytes are thrown away, whatever it says
	}
	if o.staged != "" {
		os.Remove(o.staged)
	}
}
