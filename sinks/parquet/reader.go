package parquet

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/apache/arrow/go/v15/arrow/memory"
	pqfile "github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// Reader reads the rows of a Parquet file, for people: what a Sink wrote, or any
// file without nested columns. It is used by one goroutine.
type Reader struct {
	path    string
	disk    *os.File
	file    *pqfile.Reader
	arrow   *pqarrow.FileReader
	columns []string
}

// readRows is how many rows are decoded at a time.
const readRows = 1024

// errDamaged stands for what the library cannot say, it panics instead.
var errDamaged = errors.New("the content is damaged")

// OpenReader opens the file at path. Errors name it and are one line.
func OpenReader(path string) (*Reader, error) {
	disk, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r := &Reader{path: path, disk: disk}
	if err := guard(r.open); err != nil {
		disk.Close()
		return nil, r.trouble(err)
	}
	return r, nil
}

// open reads the footer.
func (r *Reader) open() (err error) {
	if r.file, err = pqfile.NewParquetReader(r.disk); err != nil {
		return err
	}
	props := pqarrow.ArrowReadProperties{BatchSize: readRows}
	if r.arrow, err = pqarrow.NewFileReader(r.file, props, memory.DefaultAllocator); err != nil {
		return err
	}
	for _, f := range r.arrow.Manifest.Fields {
		if len(f.Children) > 0 {
			return fmt.Errorf("column %s is nested, which no feature file has", f.Field.Name)
		}
		r.columns = append(r.columns, f.Field.Name)
	}
	return nil
}

// Columns lists the names of the columns in the order of the file. The caller
// must not change it.
func (r *Reader) Columns() []string { return r.columns }

// NumRows is how many rows the file has.
func (r *Reader) NumRows() int64 { return r.file.NumRows() }

// Rows calls yield with the values of each of the first limit rows, limit < 0:
// of all, in the order of columns, which are indexes of Columns. A value is nil
// (null), string, bool, int64, float64, or time.Time in UTC; other types of
// foreign files come as text. yield must not keep row; its error ends the
// reading and is returned as it is.
func (r *Reader) Rows(ctx context.Context, columns []int, limit int64, yield func(row []any) error) error {
	var from []cells
	defer func() {
		for _, c := range from {
			c.release()
		}
	}()
	for _, i := range columns {
		err := guard(func() error {
			c, err := r.cells(ctx, i)
			if err == nil {
				from = append(from, c)
			}
			return err
		})
		if err != nil {
			return r.trouble(fmt.Errorf("column %s: %w", r.columns[i], err))
		}
	}
	left := r.NumRows()
	if limit >= 0 {
		left = min(left, limit)
	}
	values, row := make([][]any, len(columns)), make([]any, len(columns))
	for ; left > 0 && ctx.Err() == nil; left -= readRows {
		n := min(left, readRows)
		for k, c := range from {
			if err := r.fill(&values[k], c, n); err != nil {
				return r.trouble(fmt.Errorf("column %s: %w", r.columns[columns[k]], err))
			}
		}
		for i := range int(n) {
			for k := range row {
				row[k] = values[k][i]
			}
			if err := yield(row); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// fill reads the next n values of a column.
func (r *Reader) fill(values *[]any, from cells, n int64) error {
	err := guard(func() (err error) {
		*values, err = from.next((*values)[:0], n)
		return err
	})
	if err == nil && int64(len(*values)) != n {
		err = errDamaged
	}
	return err
}

// Close closes the file.
func (r *Reader) Close() error { return r.disk.Close() }

func (r *Reader) trouble(err error) error {
	return fmt.Errorf("%s: not a Parquet file that can be read (%w)", r.path, err)
}

// guard turns a panic of the library into an error: it panics on some files
// that are damaged.
func guard(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errDamaged
		}
	}()
	return f()
}
