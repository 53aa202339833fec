package parquet

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/parquet/metadata"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
)

// writer writes the files of one shard, one after another. It keeps nothing of a
// frame but the encoded pages of the row group that is being gathered.
type writer struct {
	layout  *layout
	pager   *pager
	columns []column
	limit   int // rows of a row group

	out     *bufio.Writer
	offset  int64 // bytes given to out
	meta    *metadata.FileMetaDataBuilder
	groups  int16
	rows    int    // gathered for the next row group
	total   int    // rows of the file
	last    []byte // the greatest subscriber so far
	ordered bool   // as they stand in the file, subscribers ascend
	ends    []int64
	same    []int // of the frames of the row group, see feature.Frame
}

func newWriter(l *layout, o Options) *writer {
	return &writer{layout: l, pager: new(pager), columns: l.newColumns(), limit: o.RowGroupRows, out: bufio.NewWriterSize(nil, 64<<10)}
}

var magic = []byte("PAR1")

// begin starts a file in w.
func (w *writer) begin(to io.Writer) error {
	w.out.Reset(to)
	w.meta = metadata.NewFileMetadataBuilder(w.layout.schema, w.layout.props, w.layout.kv)
	w.offset, w.groups, w.rows, w.total, w.ordered = 0, 0, 0, 0, true
	w.last = w.last[:0]
	return w.write(magic)
}

func (w *writer) write(b []byte) error {
	w.offset += int64(len(b))
	_, err := w.out.Write(b)
	return err
}

// add encodes the rows of f and writes the row groups that are full.
func (w *writer) add(f *feature.Frame) error {
	if err := w.check(f); err != nil {
		return err
	}
	if err := w.alike(f.Same); err != nil {
		return err
	}
	step := min(pageMax, (w.limit+7)/8*8)
	for from := 0; from < f.Rows; from += step {
		n := min(step, f.Rows-from)
		if w.rows > 0 && w.rows+n > w.limit {
			if err := w.flush(); err != nil {
				return err
			}
		}
		w.page(f, from, n)
	}
	return nil
}

// alike takes over which columns of the next frame are the same; a row group has one answer.
func (w *writer) alike(same []int) error {
	if slices.Equal(w.same, same) {
		return nil
	}
	err := w.flush()
	w.same = append(w.same[:0], same...)
	return err
}

// like is the column whose pages are also those of column i, an earlier one or i itself.
func (w *writer) like(i int) int {
	if f := i - fixedColumns; f >= 0 && f < len(w.same) {
		return fixedColumns + min(f, w.same[f])
	}
	return i
}

// check refuses rows that are not sorted: the file says that they are.
func (w *writer) check(f *feature.Frame) error {
	if len(f.Columns) != len(w.layout.fields) {
		return fmt.Errorf("a frame has %d feature columns, the schema %d", len(f.Columns), len(w.layout.fields))
	}
	last, first := w.last, w.total == 0
	for i := range f.Rows {
		s := f.Subscriber(i)
		if !first && bytes.Compare(last, s) >= 0 {
			return fmt.Errorf("subscriber %q comes after %q: the rows of a boundary must ascend", s, last)
		}
		last, first = s, false
	}
	w.last = append(w.last[:0], last...)
	w.total += f.Rows
	return nil
}

// page adds one page to every column.
func (w *writer) page(f *feature.Frame, from, n int) {
	w.fillEnds(f.WindowEnd, n)
	fixed := [fixedColumns]feature.Column{
		homeColumn:         {Bools: f.Home},
		observedDaysColumn: {Ints: f.ObservedDays},
		approxColumn:       {Bools: f.Approx},
	}
	if !w.columns[subscriberColumn].addText(w.pager, f, from, n) {
		w.ordered = false
	}
	w.columns[windowEndColumn].add(w.pager, &feature.Column{Ints: w.ends}, 0, n)
	for i := homeColumn; i < fixedColumns; i++ {
		w.columns[i].add(w.pager, &fixed[i], from, n)
	}
	for i := range f.Columns {
		if at := fixedColumns + i; w.like(at) == at {
			w.columns[at].add(w.pager, &f.Columns[i], from, n)
		}
	}
	w.rows += n
}

func (w *writer) fillEnds(end cdr.Millis, n int) {
	if len(w.ends) >= n && w.ends[0] == int64(end) {
		return
	}
	w.ends = w.ends[:0]
	for range n {
		w.ends = append(w.ends, int64(end))
	}
}

// finish writes what is gathered and the footer: the metadata, its length and
// the magic.
func (w *writer) finish() error {
	if err := w.flush(); err != nil {
		return err
	}
	m, err := w.meta.Finish()
	if err != nil {
		return fmt.Errorf("build the footer: %w", err)
	}
	if w.ordered {
		declareOrder(m)
	}
	n, err := m.WriteTo(w.out, nil)
	if err != nil {
		return err
	}
	tail := binary.LittleEndian.AppendUint32(nil, uint32(n))
	if err := w.write(append(tail, magic...)); err != nil {
		return err
	}
	return w.out.Flush()
}
