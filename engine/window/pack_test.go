package window

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// measuresOfKinds makes so many measures of random kinds.
func measuresOfKinds(t *rapid.T) []Measure {
	kinds := rapid.SliceOfN(rapid.SampledFrom([]Kind{Count, Count, Count, Days, Sum, Sum, Squares, Max, Distinct}), 0, 40).Draw(t, "kinds")
	var out []Measure
	for i, k := range kinds {
		out = append(out, Measure{Name: string(rune('A' + i)), Kind: k})
	}
	return out
}

// Fields of a layout do not touch each other, and every measure that is kept
// has one.
func TestLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		measures := measuresOfKinds(t)
		l := NewLayout(measures)
		used := map[[2]int]string{} // word, half
		take := func(name string, word, half int) {
			if word >= l.Words {
				t.Fatalf("%s stands in word %d of %d", name, word, l.Words)
			}
			if other, taken := used[[2]int{word, half}]; taken {
				t.Fatalf("%s and %s share word %d", name, other, word)
			}
			used[[2]int{word, half}] = name
		}
		for _, m := range measures {
			i, ok := l.Index(m.Name)
			if ok != (m.Kind != Distinct) {
				t.Fatalf("measure %s of kind %d: kept %v", m.Name, m.Kind, ok)
			}
			if !ok {
				continue
			}
			f := l.Fields[i]
			switch m.Kind {
			case Count, Days:
				take(m.Name, f.Word, int(f.Shift)/32)
				if l.IsMax(f.Word) {
					t.Fatalf("the count %s stands in a maximum", m.Name)
				}
			case Squares:
				for w := range 3 {
					take(m.Name, f.Word+w, 0)
					take(m.Name, f.Word+w, 1)
				}
			default:
				take(m.Name, f.Word, 0)
				take(m.Name, f.Word, 1)
				if l.IsMax(f.Word) != (m.Kind == Max) {
					t.Fatalf("IsMax(%s) = %v", m.Name, l.IsMax(f.Word))
				}
			}
		}
	})
}

func drawRow(t *rapid.T, l *Layout, name string) []uint64 {
	value := rapid.OneOf(rapid.Just(uint64(0)), rapid.Just(uint64(0)), rapid.Uint64Range(0, 300), rapid.Uint64(),
		rapid.SampledFrom([]uint64{127, 128, 1<<32 - 1, 1 << 32, math.MaxUint64, 1 << 63, 127 << 32, 128 << 32}))
	row := make([]uint64, l.Words)
	for i := range row {
		row[i] = value.Draw(t, name)
	}
	return row
}

// What is packed comes back: rows that follow each other are added, subtracted
// and skipped, each by its own length.
func TestPack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := NewLayout(measuresOfKinds(t))
		var packed []byte
		var rows [][]uint64
		for range rapid.IntRange(1, 4).Draw(t, "rows") {
			row := drawRow(t, &l, "row")
			kept := slices.Clone(row)
			packed = l.Pack(packed, row)
			if !slices.Equal(row, kept) {
				t.Fatal("Pack changed the row")
			}
			rows = append(rows, row)
		}
		base := drawRow(t, &l, "base")
		sum, want := slices.Clone(base), slices.Clone(base)
		rest := packed
		for _, row := range rows {
			n := l.SkipPacked(rest)
			if got := l.AddPacked(sum, rest); got != n {
				t.Fatalf("AddPacked took %d bytes, SkipPacked %d", got, n)
			}
			for w, v := range row {
				if l.IsMax(w) {
					want[w] = max(want[w], v)
				} else {
					want[w] += v
				}
			}
			rest = rest[n:]
		}
		if len(rest) > 0 || !slices.Equal(sum, want) {
			t.Fatalf("%d bytes left, sum\n%v\nwant\n%v", len(rest), sum, want)
		}
		highest := slices.Clone(sum)
		for rest = packed; len(rest) > 0; rest = rest[l.SubPacked(sum, rest):] {
		}
		for w := range sum {
			if l.IsMax(w) && sum[w] != highest[w] || !l.IsMax(w) && sum[w] != base[w] {
				t.Fatalf("word %d is %d after subtracting, was %d", w, sum[w], base[w])
			}
		}
	})
}

// A day of few calls is small.
func TestPackIsSmall(t *testing.T) {
	measures := []Measure{{Name: "c"}, {Name: "d"}, {Name: "e"}, {Name: "s", Kind: Sum}, {Name: "q", Kind: Squares}}
	l := NewLayout(measures)
	if n := len(l.Pack(nil, make([]uint64, l.Words))); n != 1 {
		t.Errorf("an empty row takes %d bytes", n)
	}
	row := make([]uint64, l.Words)
	row[0] = 3 | 4<<32
	if n := len(l.Pack(nil, row)); n != 2 {
		t.Errorf("two small counts take %d bytes", n)
	}
	for _, pair := range []uint64{14 | 14<<32, 15, 15 << 32, 15 | 15<<32, 1<<32 - 1, 1<<64 - 1} {
		row[0] = pair
		got := make([]uint64, l.Words)
		if packed := l.Pack(nil, row); l.AddPacked(got, packed) != len(packed) || got[0] != pair {
			t.Errorf("%x comes back as %x", pair, got[0])
		}
	}
}

// Sums of squares are exact to 128 bits: added one by one, row by row, and
// subtracted again.
func TestSquares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := NewLayout([]Measure{{Name: "q", Kind: Squares, Of: Gap}})
		w := l.Fields[0].Word
		value := rapid.OneOf(rapid.Uint64Range(0, 100), rapid.Uint64Range(0, 366*86_400_000), rapid.SampledFrom([]uint64{1<<32 - 1, 1 << 32, 1<<32 + 1, 1<<36 - 1}))
		fold := func(values []uint64) ([]uint64, *big.Int) {
			row, want := make([]uint64, l.Words), new(big.Int)
			for _, v := range values {
				Apply(row, stepsOf([]Op{opOf(l.Measures[0], l.Fields[0])}), &Quantities{Gap: v})
				x := new(big.Int).SetUint64(v)
				want.Add(want, x.Mul(x, x))
			}
			return row, want
		}
		check := func(what string, row []uint64, want *big.Int) {
			hi, lo := SquaresAt(row, w)
			got := new(big.Int).SetUint64(hi)
			got.Add(got.Lsh(got, 64), new(big.Int).SetUint64(lo))
			if got.Cmp(want) != 0 {
				t.Fatalf("%s: %s, want %s", what, got, want)
			}
		}
		values := rapid.SliceOfN(value, 0, 40)
		a, sa := fold(values.Draw(t, "a"))
		b, sb := fold(values.Draw(t, "b"))
		check("folded", a, sa)
		sum := slices.Clone(a)
		packed := l.Pack(nil, b)
		l.AddPacked(sum, packed)
		check("added", sum, new(big.Int).Add(sa, sb))
		l.SubPacked(sum, packed)
		check("subtracted", sum, sa)
	})
}

// The middle word may hold the carries of four thousand million squares.
func TestSquaresCarry(t *testing.T) {
	row := []uint64{math.MaxUint64, math.MaxUint64, 5}
	hi, lo := SquaresAt(row, 0)
	want := new(big.Int).SetUint64(5)
	want.Lsh(want, 64)
	want.Add(want, new(big.Int).Lsh(new(big.Int).SetUint64(math.MaxUint64), 32))
	want.Add(want, new(big.Int).SetUint64(math.MaxUint64))
	got := new(big.Int).SetUint64(hi)
	got.Add(got.Lsh(got, 64), new(big.Int).SetUint64(lo))
	if got.Cmp(want) != 0 {
		t.Errorf("%s, want %s", got, want)
	}
}

// dayLayout is like that of the days of a job: counts, and some sums.
func dayLayout() Layout {
	var measures []Measure
	for i := range 32 {
		measures = append(measures, Measure{Name: string(rune('A' + i)), Kind: Count})
	}
	for i := range 10 {
		measures = append(measures, Measure{Name: string(rune('a' + i)), Kind: Sum})
	}
	return NewLayout(measures)
}

// usualRow is that of a subscriber with some legs.
func usualRow(l *Layout, r *rand.Rand) []uint64 {
	row := make([]uint64, l.Words)
	for w := range row {
		switch {
		case r.IntN(2) == 0:
		case w < l.pairs:
			row[w] = uint64(r.IntN(6)) | uint64(r.IntN(8))<<32
		default:
			row[w] = r.Uint64() >> (35 + r.IntN(25))
		}
	}
	return row
}

// BenchmarkPack packs the days of subscribers, and reads them again.
func BenchmarkPack(b *testing.B) {
	l, r := dayLayout(), rand.New(rand.NewPCG(1, 2))
	var rows [][]uint64
	for range 1000 {
		rows = append(rows, usualRow(&l, r))
	}
	var packed []byte
	pack := func() {
		packed = packed[:0]
		for _, row := range rows {
			packed = l.Pack(packed, row)
		}
	}
	b.Run("pack", func(b *testing.B) {
		for b.Loop() {
			pack()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(rows)), "ns/row")
	})
	b.Run("read", func(b *testing.B) {
		pack()
		row := make([]uint64, l.Words)
		for b.Loop() {
			for rest := packed; len(rest) > 0; rest = rest[l.ReadPacked(row, rest):] {
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(rows)), "ns/row")
	})
}

// However a row is packed and read, it is the same, and nothing around it changes.
func TestPackAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var measures []Measure
		for i := range rapid.IntRange(0, 90).Draw(t, "counts") {
			measures = append(measures, Measure{Name: fmt.Sprint("c", i), Kind: Count})
		}
		for i := range rapid.IntRange(0, 30).Draw(t, "sums") {
			measures = append(measures, Measure{Name: fmt.Sprint("s", i), Kind: Sum})
		}
		l := NewLayout(measures)
		small := rapid.OneOf(rapid.Just(uint64(0)), rapid.Uint64Range(0, 14), rapid.Map(rapid.Uint64Range(0, 14), func(v uint64) uint64 { return v<<32 | v }))
		odd := rapid.SampledFrom([]uint64{15, 15 << 32, 1 << 31, 1<<56 - 1, 1 << 56, math.MaxUint64})
		row := make([]uint64, l.Words)
		for w := range row {
			if row[w] = small.Draw(t, "word"); w >= l.pairs {
				row[w] = rapid.Uint64().Draw(t, "sum") >> rapid.IntRange(8, 63).Draw(t, "shift")
			}
		}
		if l.Words > 0 && rapid.Bool().Draw(t, "has odd") {
			row[rapid.IntRange(0, l.Words-1).Draw(t, "at")] = odd.Draw(t, "odd")
		}
		want := make([]byte, longestWord*l.Words+spare+8)
		want = want[:l.packWords(want, row)]
		kept := slices.Clone(row)
		got := l.Pack([]byte("before"), row)
		if string(got) != "before"+string(want) || !slices.Equal(row, kept) {
			t.Fatalf("%v is packed as %x, want %x", row, got, want)
		}
		behind := bytes.Repeat([]byte{rapid.Byte().Draw(t, "behind")}, rapid.SampledFrom([]int{0, 1, spare, longestWord*l.Words + 2*spare}).Draw(t, "room"))
		read := slices.Repeat([]uint64{7}, l.Words+8)
		if n := l.ReadPacked(read, append(want, behind...)); n != len(want) {
			t.Fatalf("%d bytes are read, want %d", n, len(want))
		}
		if !slices.Equal(read, append(slices.Clone(row), 7, 7, 7, 7, 7, 7, 7, 7)) {
			t.Fatalf("%v is read as %v", row, read)
		}
	})
}
