package columns

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/cdrstream/cdrstream/engine/feature"
)

var rows = feature.Schema{Fields: []feature.Field{
	{Name: "calls_7d", Unit: "calls", Formula: "calls", Window: "7d"},
	{Name: "ratio", Type: feature.Float64},
	{Name: "same", Type: feature.Bool},
}}

func TestSchema(t *testing.T) {
	s, err := Schema(rows, map[string]string{"b": "2", "a": "1"})
	if err != nil {
		t.Fatal(err)
	}
	want := `schema:
  fields: 8
    - subscriber: type=utf8
    - window_end: type=timestamp[ms, tz=UTC]
    - home: type=bool
    - observed_days: type=int64
               metadata: ["unit": "days"]
    - approx: type=bool
    - calls_7d: type=int64, nullable
          metadata: ["unit": "calls", "formula": "calls", "window": "7d"]
    - ratio: type=float64, nullable
    - same: type=bool, nullable
  metadata: ["a": "1", "b": "2"]`
	if s.String() != want {
		t.Fatalf("%s\nwant\n%s", s, want)
	}
	for _, name := range []string{"", "home", "twice"} {
		if _, err := Schema(feature.Schema{Fields: []feature.Field{{Name: "twice"}, {Name: name}}}, nil); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
}

// Any rows of a frame are what they are in the frame.
func TestRecord(t *testing.T) {
	schema, err := Schema(rows, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	const n = 203
	f := frameOf(r, n)
	records := NewRecords(schema, rows)
	for range 300 {
		from := r.IntN(n)
		some := 1 + r.IntN(n-from)
		rec, err := records.Record(f, from, some)
		if err != nil {
			t.Fatal(err)
		}
		if int(rec.NumRows()) != some || !rec.Schema().Equal(schema) {
			t.Fatal(rec)
		}
		for i := range some {
			if got, want := rowOf(rec, i), frameRow(f, from+i); got != want {
				t.Fatalf("rows %d to %d, row %d: %s, want %s", from, from+some-1, i, got, want)
			}
		}
		for c := range 3 {
			if nulls := rec.Column(Fixed + c).NullN(); nulls != nullsOf(&f.Columns[c], from, some) {
				t.Fatalf("column %d has %d nulls", c, nulls)
			}
		}
	}
	f.Columns = f.Columns[:2]
	if _, err := records.Record(f, 0, 1); err == nil {
		t.Error("a frame with too few columns")
	}
}

func frameOf(r *rand.Rand, n int) *feature.Frame {
	f := &feature.Frame{WindowEnd: 1772406000123, Rows: n, SubscriberOffsets: []int32{0}, Columns: make([]feature.Column, 3)}
	for c := range 2 {
		f.Columns[c].Valid = make([]byte, (n+7)/8+1)
		for i := range f.Columns[c].Valid {
			f.Columns[c].Valid[i] = byte(r.Uint32()) // bits beyond the last row are anything
		}
	}
	for i := range n {
		f.SubscriberText = fmt.Append(f.SubscriberText, r.IntN(1_000_000))
		if i%10 == 0 {
			f.SubscriberText = append(f.SubscriberText, 0xff)
		}
		f.SubscriberOffsets = append(f.SubscriberOffsets, int32(len(f.SubscriberText)))
		f.Home, f.Approx = append(f.Home, r.IntN(2) == 0), append(f.Approx, r.IntN(2) == 0)
		f.ObservedDays = append(f.ObservedDays, r.Int64())
		f.Columns[0].Ints = append(f.Columns[0].Ints, r.Int64())
		f.Columns[1].Floats = append(f.Columns[1].Floats, r.NormFloat64())
		f.Columns[2].Bools = append(f.Columns[2].Bools, r.IntN(2) == 0)
	}
	return f
}

func valid(c *feature.Column, i int) bool { return len(c.Valid) == 0 || c.Valid[i/8]>>(i%8)&1 == 1 }

func nullsOf(c *feature.Column, from, n int) (nulls int) {
	for i := from; i < from+n; i++ {
		if !valid(c, i) {
			nulls++
		}
	}
	return nulls
}

func frameRow(f *feature.Frame, i int) string {
	s := string(f.Subscriber(i))
	if i%10 == 0 {
		s = s[:len(s)-1] + "\uFFFD"
	}
	var ints, floats any
	if valid(&f.Columns[0], i) {
		ints = f.Columns[0].Ints[i]
	}
	if valid(&f.Columns[1], i) {
		floats = f.Columns[1].Floats[i]
	}
	return fmt.Sprintln(s, int64(f.WindowEnd), f.Home[i], f.ObservedDays[i], f.Approx[i], ints, floats, f.Columns[2].Bools[i])
}

func rowOf(r arrow.Record, i int) string {
	var ints, floats any
	if c := r.Column(Fixed).(*array.Int64); !c.IsNull(i) {
		ints = c.Value(i)
	}
	if c := r.Column(Fixed + 1).(*array.Float64); !c.IsNull(i) {
		floats = c.Value(i)
	}
	return fmt.Sprintln(r.Column(Subscriber).(*array.String).Value(i), int64(r.Column(WindowEnd).(*array.Timestamp).Value(i)), r.Column(Home).(*array.Boolean).Value(i),
		r.Column(ObservedDays).(*array.Int64).Value(i), r.Column(Approx).(*array.Boolean).Value(i), ints, floats, r.Column(Fixed+2).(*array.Boolean).Value(i))
}
