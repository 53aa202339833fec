package arrowipc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"time"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/feature"
)

// Where files stand until they are published, and then, below the output directory,
// with slashes.
const (
	stagingPath = ".staging/features-arrow"
	finalPath   = "features-arrow"
)

// stagedName is epoch_date_end-shard.arrow; the file's final place follows from it.
func stagedName(f *feature.Frame) (string, error) {
	if _, err := time.Parse(time.DateOnly, f.Date); err != nil {
		return "", fmt.Errorf("the date %q of a frame is not YYYY-MM-DD", f.Date)
	}
	end, form := time.UnixMilli(int64(f.WindowEnd)).UTC(), "20060102T150405Z"
	if f.WindowEnd%1000 != 0 {
		form = "20060102T150405.000Z"
	}
	return fmt.Sprintf("%d_%s_%s-%02d.arrow", f.Epoch, f.Date, end.Format(form), f.Shard), nil
}

var stagedForm = regexp.MustCompile(`^(\d+)_(\d{4}-\d\d-\d\d)_([0-9TZ.]+-\d+\.arrow)$`)

// place returns the epoch and the final place, relative to the output directory, of the
// file that is staged at name.
func place(name string) (epoch uint64, final string, err error) {
	parts := stagedForm.FindStringSubmatch(path.Base(name))
	if parts == nil || path.Dir(name) != stagingPath {
		return 0, "", fmt.Errorf("%s is no name of a staged file", name)
	}
	epoch, err = strconv.ParseUint(parts[1], 10, 64)
	return epoch, path.Join(finalPath, "date="+parts[2], parts[3]), err
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
