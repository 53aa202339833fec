package parquet

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// BenchmarkRewrite writes real files again, from memory: those that
// CDRSTREAM_BENCH_FEATURES names with a glob, such as
// out/features/date=2026-01-11/*.parquet. With -v it lists what the columns take.
func BenchmarkRewrite(b *testing.B) {
	glob := os.Getenv("CDRSTREAM_BENCH_FEATURES")
	if glob == "" {
		b.Skip("set CDRSTREAM_BENCH_FEATURES to a glob of feature files")
	}
	s, files := realFiles(b, glob)
	l, err := newLayout(s, nil)
	must(b, err)
	w := newWriter(l, Options{RowGroupRows: defaultRows})
	rows := 0
	for _, frames := range files {
		for _, f := range frames {
			rows += f.Rows
		}
	}
	var size countingWriter
	for _, frames := range files {
		must(b, writeFile(w, &size, frames))
	}
	size = 0
	b.ReportAllocs()
	start := processorTime(b)
	for b.Loop() {
		for _, frames := range files {
			must(b, writeFile(w, &size, frames))
		}
	}
	all := float64(b.N) * float64(rows)
	b.ReportMetric(float64(processorTime(b)-start)/all, "ns/row")
	b.ReportMetric(float64(size)/all, "bytes/row")
	if testing.Verbose() {
		listColumns(b, s, files, rows)
	}
}

// listColumns tells what each column costs, the dearest first.
func listColumns(b *testing.B, s feature.Schema, files [][]*feature.Frame, rows int) {
	type cost struct {
		name      string
		ns, bytes float64
	}
	var costs []cost
	for i, f := range s.Fields {
		one := feature.Schema{Fields: []feature.Field{f}}
		l, err := newLayout(one, nil)
		must(b, err)
		c, p := l.newColumns()[fixedColumns], new(pager)
		size := 0
		start := processorTime(b)
		const times = 5
		for range times {
			for _, frames := range files {
				for _, x := range frames {
					c.add(p, &x.Columns[i], 0, x.Rows)
				}
				head, _ := c.addDictionary(p)
				size += c.stored + len(head)
				c.reset()
				p.pages.reset()
			}
		}
		n := float64(times * rows)
		costs = append(costs, cost{f.Name, float64(processorTime(b)-start) / n, float64(size) / n})
	}
	slices.SortFunc(costs, func(a, b cost) int { return cmp.Compare(b.ns, a.ns) })
	for _, c := range costs {
		fmt.Printf("%-40s %6.1f ns %6.2f bytes\n", c.name, c.ns, c.bytes)
	}
}

func must1[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// realFiles reads feature files as the frames they were written from.
func realFiles(b *testing.B, glob string) (s feature.Schema, files [][]*feature.Frame) {
	names, err := filepath.Glob(glob)
	must(b, err)
	for _, name := range names {
		table, _ := readTable(b, name)
		s = feature.Schema{}
		for c := fixedColumns; c < int(table.NumCols()); c++ {
			s.Fields = append(s.Fields, fieldOf(table.Schema().Field(c)))
		}
		files = append(files, framesOfTable(table))
	}
	return s, files
}

func fieldOf(f arrow.Field) feature.Field {
	out := feature.Field{Name: f.Name, Type: feature.Int64}
	out.Unit, _ = f.Metadata.GetValue("unit")
	switch f.Type.ID() {
	case arrow.FLOAT64:
		out.Type = feature.Float64
	case arrow.BOOL:
		out.Type = feature.Bool
	}
	out.Wide = out.Type == feature.Int64 && out.Unit == "bytes"
	out.Sparse = out.Type == feature.Int64 && !out.Wide
	return out
}

// framesOfTable cuts a table into frames as long as those of a shard.
func framesOfTable(table arrow.Table) (frames []*feature.Frame) {
	columns := make([]func(int) any, table.NumCols())
	for c := range columns {
		columns[c] = cellsOf(table.Column(c).Data())
	}
	for from, rows := 0, int(table.NumRows()); from < rows; {
		n := min(1<<13, rows-from)
		f := &feature.Frame{Epoch: 1, Date: "2026-03-01", Rows: n, SubscriberOffsets: []int32{0}}
		for r := from; r < from+n; r++ {
			f.SubscriberText = append(f.SubscriberText, columns[subscriberColumn](r).(string)...)
			f.SubscriberOffsets = append(f.SubscriberOffsets, int32(len(f.SubscriberText)))
			f.Home = append(f.Home, columns[homeColumn](r).(bool))
			f.ObservedDays = append(f.ObservedDays, columns[observedDaysColumn](r).(int64))
			f.Approx = append(f.Approx, columns[approxColumn](r).(bool))
		}
		for c := fixedColumns; c < len(columns); c++ {
			f.Columns = append(f.Columns, columnOfTable(table.Column(c).Data().Chunk(0), columns[c], from, n))
		}
		from += n
		f.Last = from == rows
		frames = append(frames, f)
	}
	return frames
}

func columnOfTable(like arrow.Array, cells func(int) any, from, n int) (c feature.Column) {
	c.Valid = make([]byte, (n+7)/8)
	for i := range n {
		v := cells(from + i)
		if v == nil {
			c.Nulls++
		} else {
			c.Valid[i/8] |= 1 << (i % 8)
		}
		switch like.(type) {
		case *array.Int64:
			x, _ := v.(int64)
			c.Ints = append(c.Ints, x)
		case *array.Float64:
			x, _ := v.(uint64)
			c.Floats = append(c.Floats, math.Float64frombits(x))
		default:
			x, _ := v.(bool)
			c.Bools = append(c.Bools, x)
		}
	}
	if c.Nulls == 0 {
		c.Valid = nil
	}
	return c
}
