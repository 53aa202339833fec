package parquet

import (
	"bufio"
	"io"
	"maps"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// table is a file of few rows, alerts or files, that is being written: the Arrow
// library's writer does.
type table[T any] struct {
	epoch   uint64
	columns columnsOfTable[T]
	file    disk.File
	sum     disk.SumWriter
	out     patient
	opt     Options
	w       *pqarrow.FileWriter  // nil: no row group yet
	rows    *array.RecordBuilder // of the next row group
	n       int                  // rows in it
}

// tableColumn is a column of a table and how a row of it is written.
type tableColumn[T any] struct {
	field arrow.Field
	put   func(b array.Builder, row *T)
}

type columnsOfTable[T any] []tableColumn[T]

func (c columnsOfTable[T]) schema() *arrow.Schema {
	var fields []arrow.Field
	for _, x := range c {
		fields = append(fields, x.field)
	}
	return arrow.NewSchema(fields, nil)
}

// fewRows are not worth compressing: the footer is larger than what is gained. In `serve` most
// files have fewer.
const fewRows = 256

func newTable[T any](file disk.File, epoch uint64, columns columnsOfTable[T], o Options) *table[T] {
	f := &table[T]{epoch: epoch, columns: columns, file: file, sum: disk.SumWriter{W: file}, opt: o}
	f.out.w = bufio.NewWriterSize(&f.sum, 64<<10)
	f.rows = array.NewRecordBuilder(memory.DefaultAllocator, columns.schema())
	return f
}

// start begins the file, before its first row group.
func (f *table[T]) start() (err error) {
	codec := compress.Codecs.Snappy
	if f.n < fewRows {
		codec = compress.Codecs.Uncompressed
	}
	f.w, err = pqarrow.NewFileWriter(f.columns.schema(), &f.out, parquet.NewWriterProperties(
		parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithDataPageVersion(parquet.DataPageV2),
		parquet.WithCompression(codec),
		parquet.WithMaxRowGroupLength(int64(f.opt.RowGroupRows)),
		parquet.WithCreatedBy("cdrstream"),
	), pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		return err
	}
	for _, k := range slices.Sorted(maps.Keys(f.opt.Metadata)) {
		if err := f.w.AppendKeyValueMetadata(k, f.opt.Metadata[k]); err != nil {
			return err
		}
	}
	return nil
}

// add appends rows and writes the row groups that are full.
func (f *table[T]) add(rows []T) error {
	for i := range rows {
		for c, column := range f.columns {
			column.put(f.rows.Field(c), &rows[i])
		}
		if f.n++; f.n >= f.opt.RowGroupRows {
			if err := f.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush writes what was appended as a row group.
func (f *table[T]) flush() error {
	if f.n == 0 {
		return nil
	}
	if f.w == nil {
		if err := f.start(); err != nil {
			return err
		}
	}
	r := f.rows.NewRecord()
	defer r.Release()
	f.n = 0
	if err := f.w.Write(r); err != nil {
		return err
	}
	return f.out.err
}

// finish writes what is left and the footer.
func (f *table[T]) finish() error {
	if err := f.flush(); err != nil {
		return err
	}
	if err := f.w.Close(); err != nil {
		return err
	}
	f.rows.Release()
	return f.out.flush()
}

// patient keeps the first error of w to itself: the library panics on some.
type patient struct {
	w   *bufio.Writer
	err error
}

var _ io.Writer = (*patient)(nil)

func (p *patient) Write(b []byte) (int, error) {
	if p.err == nil {
		_, p.err = p.w.Write(b)
	}
	return len(b), nil
}

func (p *patient) flush() error {
	if p.err == nil {
		p.err = p.w.Flush()
	}
	return p.err
}
