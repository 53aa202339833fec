package arrowipc

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/sinks/internal/columns"
)

// rowFiles are the files of rows.
func rowFiles() columns.Files {
	return columns.Files{Staging: ".staging/features-arrow", Final: "features-arrow", Suffix: ".arrow"}
}

// counted is a file that is written from its beginning to its end, as the library sees
// it: it asks where it is.
type counted struct {
	sum disk.SumWriter
	out *bufio.Writer
	at  int64
}

func newCounted(file disk.File) *counted {
	c := &counted{sum: disk.SumWriter{W: file}}
	c.out = bufio.NewWriterSize(&c.sum, 256<<10)
	return c
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.out.Write(p)
	c.at += int64(n)
	return n, err
}

// Seek only tells the position.
func (c *counted) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekCurrent {
		return 0, errors.New("a file can only be appended to")
	}
	return c.at, nil
}

func (c *counted) flush() error { return c.out.Flush() }

// order makes sure that subscribers ascend in a file.
type order struct {
	last  []byte
	begun bool
}

func (o *order) check(f *feature.Frame) error {
	for i := range f.Rows {
		s := f.Subscriber(i)
		if o.begun && bytes.Compare(o.last, s) >= 0 {
			return errors.New("two subscribers are not in order: the rows of a boundary must ascend")
		}
		o.last, o.begun = append(o.last[:0], s...), true
	}
	return nil
}
