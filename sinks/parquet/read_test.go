package parquet

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	pqfile "github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// readTable reads a file with the Arrow library, which shares no encoder with
// the sink.
func readTable(t testing.TB, path string) (arrow.Table, *pqfile.Reader) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return parseTable(t, b)
}

func parseTable(t testing.TB, b []byte) (arrow.Table, *pqfile.Reader) {
	t.Helper()
	pf, err := pqfile.NewParquetReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	r, err := pqarrow.NewFileReader(pf, pqarrow.ArrowReadProperties{BatchSize: 1000}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := r.ReadTable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return table, pf
}

// checkTable compares a table with the frames it was written from, value by
// value.
func checkTable(t testing.TB, table arrow.Table, s feature.Schema, frames []*feature.Frame) {
	t.Helper()
	rows := 0
	for _, f := range frames {
		rows += f.Rows
	}
	if int(table.NumRows()) != rows || int(table.NumCols()) != fixedColumns+len(s.Fields) {
		t.Fatalf("read %d rows of %d columns, wrote %d of %d", table.NumRows(), table.NumCols(), rows, fixedColumns+len(s.Fields))
	}
	for c := range int(table.NumCols()) {
		checkColumn(t, table, c, frames)
	}
}

func checkColumn(t testing.TB, table arrow.Table, c int, frames []*feature.Frame) {
	t.Helper()
	read := cellsOf(table.Column(c).Data())
	at := 0
	for i, f := range frames {
		for row := range f.Rows {
			if want := cell(f, c, row); read(at) != want {
				t.Fatalf("%s: frame %d, row %d: read %#v, wrote %#v", table.Column(c).Name(), i, row, read(at), want)
			}
			at++
		}
	}
}

// cellsOf returns the values of a column by row, each as text or number; nil is
// null.
func cellsOf(data *arrow.Chunked) func(int) any {
	var cells []any
	for _, chunk := range data.Chunks() {
		for i := range chunk.Len() {
			switch {
			case chunk.IsNull(i):
				cells = append(cells, nil)
			default:
				cells = append(cells, value(chunk, i))
			}
		}
	}
	return func(i int) any { return cells[i] }
}

func value(a arrow.Array, i int) any {
	switch a := a.(type) {
	case *array.String:
		return a.Value(i)
	case *array.Boolean:
		return a.Value(i)
	case *array.Int64:
		return a.Value(i)
	case *array.Float64:
		return math.Float64bits(a.Value(i))
	case *array.Timestamp:
		return int64(a.Value(i))
	}
	panic(fmt.Sprintf("a column of type %v", a.DataType()))
}

// cell is the value that a file should hold in column c of row row of f.
func cell(f *feature.Frame, c, row int) any {
	switch c {
	case subscriberColumn:
		return string(f.Subscriber(row))
	case windowEndColumn:
		return int64(f.WindowEnd)
	case homeColumn:
		return f.Home[row]
	case observedDaysColumn:
		return f.ObservedDays[row]
	case approxColumn:
		return f.Approx[row]
	}
	v := &f.Columns[c-fixedColumns]
	switch {
	case v.Valid != nil && v.Valid[row/8]>>(row%8)&1 == 0:
		return nil
	case v.Ints != nil:
		return v.Ints[row]
	case v.Floats != nil:
		return math.Float64bits(v.Floats[row])
	}
	return v.Bools[row]
}
