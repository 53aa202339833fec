package feature

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/internal/processor"
)

// Quotients of many rows are those of one row after the other, to the last bit.
func TestQuotients(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	vectors := false
	for range 1000 {
		var got, want, scaled, wantScaled, ages, wantAges Column
		for range 1 + r.IntN(4) {
			rows, by := r.IntN(TileRows+1), []float64{1, 1000, 7}[r.IntN(3)]
			n, d := make([]int64, rows), make([]int64, rows)
			for i := range n {
				n[i], d[i] = int64(r.Uint64())>>r.IntN(64), int64(r.IntN(4)-1)*(int64(r.Uint64())>>r.IntN(64))
			}
			if c := got; c.addSome(n, d, by) > 0 {
				vectors = true
			}
			got.addQuotients(n, d, by)
			scaled.addScaled(n, by)
			ages.addUnless(d, 0)
			for i := range n {
				wantScaled.appendFloat(float64(n[i]) / by)
				wantAges.setValid(len(wantAges.Ints), d[i] != 0)
				wantAges.Ints = append(wantAges.Ints, d[i])
				if d[i] == 0 {
					want.appendNull()
					continue
				}
				want.appendFloat(float64(n[i]) / by / float64(d[i]))
			}
		}
		wantScaled.Valid = nil // all have
		for name, pair := range map[string][2]Column{"quotients": {got, want}, "scaled": {scaled, wantScaled}, "ages": {ages, wantAges}} {
			if got, want := pair[0], pair[1]; !alike(got, want) {
				t.Fatalf("%d %s: %v, %d nulls, want %v, %d nulls", len(got.Floats), name, got, got.Nulls, want, want.Nulls)
			}
		}
	}
	if vectors != processor.AVX512 {
		t.Errorf("vectors: %v, want %v", vectors, processor.AVX512)
	}
}

// alike reports whether two columns hold the same, to the last bit.
func alike(a, b Column) bool {
	same := slices.EqualFunc(a.Floats, b.Floats, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) })
	return same && slices.Equal(a.Ints, b.Ints) && slices.Equal(a.Valid, b.Valid) && a.Nulls == b.Nulls
}

// What is none of the values is null, and 0 stands there.
func TestUnless(t *testing.T) {
	var c Column
	c.addUnless([]int64{NoAge, 0, 1, -1, NoAge, math.MaxInt64, 7, 8, NoAge, 2}, NoAge)
	c.addUnless([]int64{3, NoAge}, NoAge)
	want := Column{Ints: []int64{0, 0, 1, -1, 0, math.MaxInt64, 7, 8, 0, 2, 3, 0}, Valid: []byte{0b11101110, 0b0110}, Nulls: 4}
	if !alike(c, want) {
		t.Errorf("%v, want %v", c, want)
	}
	var d Column
	d.addUnless([]int64{3, 7, 5}, 7)
	if want := (Column{Ints: []int64{3, 0, 5}, Valid: []byte{0b101}, Nulls: 1}); !alike(d, want) {
		t.Errorf("%v, want %v", d, want)
	}
}

// BenchmarkQuotients computes quotients of a tile: ns/row.
func BenchmarkQuotients(b *testing.B) {
	n, d := make([]int64, TileRows), make([]int64, TileRows)
	for i := range n {
		n[i], d[i] = int64(i), int64(i%3)
	}
	var c Column
	for _, test := range []struct {
		name string
		rows int
	}{{"eights", TileRows}, {"sevens", 7}} {
		b.Run(test.name, func(b *testing.B) {
			for b.Loop() {
				c.Reset()
				for at := 0; at < TileRows; at += test.rows {
					to := min(TileRows, at+test.rows)
					c.addQuotients(n[at:to], d[at:to], 1000)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/TileRows, "ns/row")
		})
	}
}
