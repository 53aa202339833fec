package parquet

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// Pieces of any size are whole and their own, and a store that is reset hands out the same
// memory again.
func TestStore(t *testing.T) {
	var s store
	r := newRand(5)
	sizes := make([]int, 200)
	for i := range sizes {
		sizes[i] = 1 + r.IntN(1+r.IntN(otherPart/20))
	}
	parts := 0
	for round := range 4 {
		if round == 3 {
			sizes[100] = otherPart + 1
		}
		pieces := make([][]byte, len(sizes))
		for i, n := range sizes {
			s.room(n + r.IntN(40)) // more than is taken
			pieces[i] = s.room(n)[:n]
			s.take(n)
			for j := range pieces[i] {
				pieces[i][j] = byte(i + round)
			}
		}
		for i, p := range pieces {
			for _, b := range p {
				if b != byte(i+round) {
					t.Fatalf("round %d: piece %d was overwritten", round, i)
				}
			}
		}
		if s.reset(); (round == 1 || round == 2) && len(s.parts) > parts+1 {
			t.Fatalf("round %d: %d parts, %d before", round, len(s.parts), parts)
		}
		parts = len(s.parts)
	}
}

// A writer that writes the like of what it has written takes no more memory for pages.
func TestPagesAreKept(t *testing.T) {
	ss := []shape{}
	frames := framesOf(newRand(3), ss, 8, 1000)
	l, err := newLayout(schemaOf(ss), nil)
	must(t, err)
	w := newWriter(l, Options{RowGroupRows: 2000})
	var size countingWriter
	for range 200 {
		must(t, writeFile(w, &size, frames))
	}
	if n := len(w.pager.pages.parts); n != 1 || size < 2*firstPart {
		t.Errorf("%d bytes in %d parts", size, n)
	}
}

// Bounds of doubles on pages without a dictionary, of either sign and of zeros.
func TestFloatBounds(t *testing.T) {
	for name, of := range map[string]func(i int) float64{
		"positive": func(i int) float64 { return 1 + math.Sqrt(float64(i*7919%4001)) },
		"negative": func(i int) float64 { return -1 - math.Sqrt(float64(i*7919%4001)) },
		"both":     func(i int) float64 { return math.Sqrt(float64(i*7919%4001)) - 31 },
		"zero":     func(i int) float64 { return math.Sqrt(float64(i * 7919 % 4001)) },
		"signed":   func(i int) float64 { return math.Copysign(0, -float64(i&1)) },
		"infinite": func(i int) float64 { return 1 / float64(i) },
		"no number": func(i int) float64 {
			if i%7 == 3 {
				return math.NaN()
			}
			return 1 + math.Sqrt(float64(i*7919%4001))
		},
	} {
		l, err := newLayout(feature.Schema{Fields: []feature.Field{{Name: "x", Type: feature.Float64, Wide: true}}}, nil)
		must(t, err)
		c := l.newColumns()[fixedColumns]
		c.useDict = false
		values := make([]float64, 4001)
		lo, hi := math.Inf(1), math.Inf(-1)
		for i := range values {
			values[i] = of(i)
			if !math.IsNaN(values[i]) {
				lo, hi = min(lo, values[i]), max(hi, values[i])
			}
		}
		if lo == 0 {
			lo = math.Copysign(0, -1) // as the format wants it
		}
		if hi == 0 {
			hi = math.Copysign(0, 1)
		}
		var p pager
		c.add(&p, &feature.Column{Floats: values}, 0, len(values))
		e, err := c.encodeStats()
		must(t, err)
		if got := [2]string{string(e.Min), string(e.Max)}; got != [2]string{word(lo), word(hi)} {
			t.Errorf("%s: bounds %x, want %x", name, got, [2]string{word(lo), word(hi)})
		}
	}
}

// word is v as statistics hold it.
func word(v float64) string {
	return string(binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)))
}
