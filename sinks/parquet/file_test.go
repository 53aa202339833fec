package parquet

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// allShapes is a column of every shape.
func allShapes() []shape {
	var ss []shape
	for s := range shapes {
		ss = append(ss, s)
	}
	return ss
}

// encode writes frames as one file in memory.
func encode(t testing.TB, s feature.Schema, o Options, frames []*feature.Frame) []byte {
	t.Helper()
	l, err := newLayout(s, o.Metadata)
	if err != nil {
		t.Fatal(err)
	}
	w := newWriter(l, o)
	return encodeWith(t, w, frames)
}

func encodeWith(t testing.TB, w *writer, frames []*feature.Frame) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, writeFile(w, &out, frames))
	return out.Bytes()
}

func TestRoundTrip(t *testing.T) {
	ss := allShapes()
	for _, c := range []struct{ frames, rows, group, groups int }{
		{1, 1, defaultRows, 1},
		{1, 7, defaultRows, 1},
		{1, 8, defaultRows, 1},
		{3, 9, defaultRows, 1},
		{4, 100, 8, 52},
		{4, 100, 200, 2},
		{5, 1000, 3000, 2},
		{40, 37, 100, 20},
		{1, 100_000, defaultRows, 2}, // a frame of several pages
		{7, 15_000, 30_000, 4},
	} {
		t.Run(fmt.Sprintf("%d frames of %d", c.frames, c.rows), func(t *testing.T) {
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			frames := framesOf(rand.New(rand.NewPCG(seed, 0)), ss, c.frames, c.rows)
			table, pf := parseTable(t, encode(t, schemaOf(ss), Options{RowGroupRows: c.group}, frames))
			checkTable(t, table, schemaOf(ss), frames)
			if pf.NumRowGroups() != c.groups {
				t.Errorf("%d row groups, not %d", pf.NumRowGroups(), c.groups)
			}
		})
	}
}

// A writer gives the same bytes for the same frames, whatever it wrote before.
func TestWriterReuse(t *testing.T) {
	ss := allShapes()
	r := rand.New(rand.NewPCG(3, 4))
	frames, others := framesOf(r, ss, 3, 1000), framesOf(r, ss, 2, 5000)
	l, err := newLayout(schemaOf(ss), nil)
	if err != nil {
		t.Fatal(err)
	}
	w := newWriter(l, Options{RowGroupRows: 2500})
	once := bytes.Clone(encodeWith(t, w, frames))
	encodeWith(t, w, others)
	if again := encodeWith(t, w, frames); !bytes.Equal(once, again) {
		t.Error("the second file of the same frames has other bytes")
	}
}

// Bits of a bitmap beyond the last row do not reach the file.
func TestStrayBits(t *testing.T) {
	ss := allShapes()
	f := frameOf(newRand(6), ss, 0, 1003)
	once := encode(t, schemaOf(ss), Options{RowGroupRows: defaultRows}, []*feature.Frame{f})
	for _, c := range f.Columns {
		if c.Valid != nil {
			c.Valid[1003/8] ^= 0xff &^ (1<<(1003%8) - 1)
		}
	}
	if again := encode(t, schemaOf(ss), Options{RowGroupRows: defaultRows}, []*feature.Frame{f}); !bytes.Equal(once, again) {
		t.Error("they changed it")
	}
}

// Columns at the edges of what encodings can hold.
func TestEdges(t *testing.T) {
	const rows = 3000
	every := func(f func(i int) int64) feature.Column {
		c := feature.Column{Ints: make([]int64, rows)}
		for i := range c.Ints {
			c.Ints[i] = f(i)
		}
		return c
	}
	doubles := func(f func(i int) float64) feature.Column {
		c := feature.Column{Floats: make([]float64, rows)}
		for i := range c.Floats {
			c.Floats[i] = f(i)
		}
		return c
	}
	null := every(func(int) int64 { return 0 })
	null.Valid, null.Nulls = make([]byte, (rows+7)/8), rows
	lateNull := every(func(i int) int64 { return int64(i) << 40 })
	lateNull.Valid = bytes.Repeat([]byte{0xff}, (rows+7)/8)
	lateNull.Valid[len(lateNull.Valid)-1], lateNull.Nulls = 0x7f, 1
	columns := []feature.Column{
		null,
		lateNull,
		every(func(i int) int64 { return math.MinInt64 + int64(i%2)*math.MaxInt64 + int64(i%2) }),
		every(func(i int) int64 { return []int64{math.MaxInt64, math.MinInt64, 0, -1}[i%4] + int64(i) }),
		every(func(i int) int64 { return -1 }),
		every(func(i int) int64 { return int64(i / 1000) }),
		every(func(i int) int64 { return int64(i) }),
		every(func(i int) int64 { return int64(i*i*i) % 700 }),
		doubles(func(i int) float64 { return math.Copysign(0, float64(i%2)-0.5) }),
		doubles(func(i int) float64 { return 1 / float64(i+1) }),
		doubles(func(i int) float64 { return math.Ldexp(1, i%2000-1000) }),
	}
	var s feature.Schema
	for i, c := range columns {
		f := feature.Field{Name: fmt.Sprint("c", i), Wide: i == 3}
		if c.Floats != nil {
			f.Type = feature.Float64
		}
		s.Fields = append(s.Fields, f)
	}
	frame := frameOf(rand.New(rand.NewPCG(1, 1)), nil, 0, rows)
	frame.Columns = columns
	for _, group := range []int{defaultRows, 1000, 64} {
		table, _ := parseTable(t, encode(t, s, Options{RowGroupRows: group}, []*feature.Frame{frame}))
		checkTable(t, table, s, []*feature.Frame{frame})
	}
}

func textFrame(texts ...string) *feature.Frame {
	f := frameOf(rand.New(rand.NewPCG(1, 1)), nil, 0, len(texts))
	f.SubscriberText, f.SubscriberOffsets = nil, []int32{0}
	for _, s := range texts {
		f.SubscriberText = append(f.SubscriberText, s...)
		f.SubscriberOffsets = append(f.SubscriberOffsets, int32(len(f.SubscriberText)))
	}
	return f
}

func TestSubscribers(t *testing.T) {
	for _, c := range []struct{ write, read []string }{
		{write: []string{"", "0", "1", "alice@example.org", "imsi:262", "é"}},
		{write: []string{string(make([]byte, 70000)), "x"}},
		{[]string{"a", "b\xff\xfec", "\xc3\x28"}, []string{"a", "b\uFFFDc", "\uFFFD("}},
		{[]string{"a\xc3", "\xa9"}, []string{"a\uFFFD", "\uFFFD"}}, // together they are valid
	} {
		read := c.read
		if read == nil {
			read = c.write
		}
		b := encode(t, feature.Schema{}, Options{RowGroupRows: defaultRows}, []*feature.Frame{textFrame(c.write...)})
		table, pf := parseTable(t, b)
		checkTable(t, table, feature.Schema{}, []*feature.Frame{textFrame(read...)})
		if sorted := len(pf.MetaData().RowGroups[0].SortingColumns) == 1; sorted != (c.read == nil) {
			t.Errorf("%.20q: declared as sorted: %v", c.write, sorted)
		}
	}
}

func TestUnsorted(t *testing.T) {
	l, _ := newLayout(feature.Schema{}, nil)
	for _, frames := range [][]*feature.Frame{
		{textFrame("b", "a")},
		{textFrame("a", "a")},
		{textFrame("a", "c"), textFrame("b")},
		{textFrame(""), textFrame("")},
	} {
		w := newWriter(l, Options{RowGroupRows: 8})
		w.begin(&bytes.Buffer{})
		var err error
		for _, f := range frames {
			if err == nil {
				err = w.add(f)
			}
		}
		if err == nil {
			t.Errorf("%q was taken", frames[0].SubscriberText)
		}
	}
}

// A chunk gives its dictionary up between two pages, and pages of both kinds
// read back.
func TestFallback(t *testing.T) {
	const rows = 12_000
	s := feature.Schema{Fields: []feature.Field{{Name: "i"}, {Name: "f", Type: feature.Float64}}}
	var frames []*feature.Frame
	for n := range 3 {
		f := frameOf(newRand(1), nil, n*rows, rows)
		var i, d feature.Column
		for row := range rows {
			v := row % 600
			if n == 1 {
				v = row * row
			}
			i.Ints, d.Floats = append(i.Ints, int64(v)), append(d.Floats, float64(v)/1024)
		}
		f.Columns = []feature.Column{i, d}
		frames = append(frames, f)
	}
	b := encode(t, s, Options{RowGroupRows: defaultRows}, frames)
	table, pf := parseTable(t, b)
	checkTable(t, table, s, frames)
	for c, want := range []string{"[RLE PLAIN DELTA_BINARY_PACKED RLE_DICTIONARY]", "[RLE PLAIN RLE_DICTIONARY]"} {
		m := pf.MetaData().RowGroups[0].Columns[fixedColumns+c].MetaData
		if got := fmt.Sprint(m.Encodings); got != want {
			t.Errorf("column %d: encodings %s", c, got)
		}
		if len(m.EncodingStats) != 3 { // dictionary, indexes, values
			t.Errorf("column %d: %v", c, m.EncodingStats)
		}
		if m.Statistics.GetNullCount() != 0 || m.NumValues != 3*rows {
			t.Errorf("column %d: %v", c, m)
		}
	}
}

// Once its buffers have grown, a writer allocates only for the footer and, by the
// library's statistics, for each plain page of doubles: nothing for a row or a
// value.
func TestAllocations(t *testing.T) {
	ss := coreShapes()
	f := frameOf(newRand(2), ss, 0, 1024)
	l, err := newLayout(schemaOf(ss), nil)
	must(t, err)
	w := newWriter(l, Options{RowGroupRows: 64 * 1024})
	add := func() {
		w.last, w.total = w.last[:0], 0
		must(t, w.add(f))
	}
	for range 2 {
		must(t, w.begin(&bytes.Buffer{}))
		for range 20 {
			add()
		}
		must(t, w.finish())
	}
	must(t, w.begin(&bytes.Buffer{}))
	plain := 0
	for _, s := range ss {
		if s == means {
			plain++
		}
	}
	if n := testing.AllocsPerRun(10, add); n > float64(plain) {
		t.Errorf("%v allocations a frame", n)
	}
}
