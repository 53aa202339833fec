package parquet

import (
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/parquet"
	pqfile "github.com/apache/arrow/go/v15/parquet/file"
)

// cells reads one column: next appends its next n values to dst.
type cells interface {
	next(dst []any, n int64) ([]any, error)
	release()
}

// cells opens column i. Text, and decimals that are bytes, are read as Arrow arrays, which copy it out of the
// page. Numbers are read from the pages: on the way to arrays the library
// (v15.0.2) loses its place in a page of deltas that has nulls.
func (r *Reader) cells(ctx context.Context, i int) (cells, error) {
	d := r.file.MetaData().Schema.Column(i)
	switch d.PhysicalType() {
	case parquet.Types.ByteArray, parquet.Types.FixedLenByteArray:
		from, err := r.arrow.GetColumn(ctx, i)
		if err != nil {
			return nil, err
		}
		return arrayCells{from}, nil
	case parquet.Types.Boolean:
		return &numberCells[bool]{file: r.file, column: i, value: func(v bool) any { return v }}, nil
	case parquet.Types.Int32:
		return &numberCells[int32]{file: r.file, column: i, value: meaning32(d)}, nil
	case parquet.Types.Int64:
		return &numberCells[int64]{file: r.file, column: i, value: meaning(d)}, nil
	case parquet.Types.Float:
		return &numberCells[float32]{file: r.file, column: i, value: func(v float32) any { return float64(v) }}, nil
	case parquet.Types.Double:
		return &numberCells[float64]{file: r.file, column: i, value: func(v float64) any { return v }}, nil
	}
	return nil, fmt.Errorf("no feature file has the type %s", d.PhysicalType())
}

// numberCells reads a column of numbers or bools.
type numberCells[T any] struct {
	file   *pqfile.Reader
	column int
	value  func(T) any

	groups int // row groups that were begun
	pages  pqfile.ColumnChunkReader
	values []T
	levels []int16
}

func (c *numberCells[T]) release() {}

func (c *numberCells[T]) next(dst []any, n int64) ([]any, error) {
	if int64(len(c.levels)) < n {
		c.values, c.levels = make([]T, n), make([]int16, n)
	}
	for n > 0 {
		more, err := c.more()
		if err != nil || !more {
			return dst, err
		}
		from, ok := c.pages.(interface {
			ReadBatch(n int64, values []T, levels, repeats []int16) (int64, int, error)
		})
		if !ok {
			return dst, errDamaged
		}
		rows, known, err := from.ReadBatch(n, c.values, c.levels, nil)
		if err = errors.Join(err, c.pages.Err()); err != nil {
			return dst, err
		}
		if rows == 0 {
			return dst, errDamaged
		}
		dst = c.spread(dst, int(rows), known)
		n -= rows
	}
	return dst, nil
}

// more goes to the next row group when one has ended; false: the last has.
func (c *numberCells[T]) more() (bool, error) {
	for c.pages == nil || !c.pages.HasNext() {
		if c.pages != nil && c.pages.Err() != nil {
			return false, c.pages.Err()
		}
		if c.groups == c.file.NumRowGroups() {
			return false, nil
		}
		pages, err := c.file.RowGroup(c.groups).Column(c.column)
		if err != nil {
			return false, err
		}
		c.pages = pages
		c.groups++
	}
	return true, nil
}

// spread appends rows values, of which only known are not null.
func (c *numberCells[T]) spread(dst []any, rows, known int) []any {
	at := 0
	for i := range rows {
		if known < rows && c.levels[i] == 0 {
			dst = append(dst, nil)
			continue
		}
		dst = append(dst, c.value(c.values[at]))
		at++
	}
	return dst
}
