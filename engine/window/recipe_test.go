package window

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// wideMeasures are more of each kind than recipes have places for.
func wideMeasures(r *rand.Rand) (kept []Measure) {
	add := func(k Kind, n int) {
		for i := range n {
			m := Measure{Name: fmt.Sprint(k, i), Kind: k, Of: Quantity(r.IntN(int(quantities)))}
			if i%4 > 0 { // the others are of every leg
				m.When = If(1 << r.IntN(52))
			}
			kept = append(kept, m)
		}
	}
	add(Count, 2*packedWords*packedHalf-10)
	add(Days, maxMarks+10)
	add(Sum, 20)
	add(Squares, 3)
	add(Max, 3)
	return kept
}

// Whatever the layout and however many legs there are at once, they change a row of days
// as one after the other does.
func TestRecipes(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	all := wideMeasures(r)
	for range 200 {
		kept := slices.Clone(all)
		r.Shuffle(len(kept), func(i, j int) { kept[i], kept[j] = kept[j], kept[i] })
		kept = kept[:r.IntN(len(kept)+1)*min(1, r.IntN(8))] // none, now and then
		layout := NewLayout(kept)
		p := NewProgram([]Layout{layout}, 0, nil)
		l, classes := new(Legs), new([MaxLegs]int32)
		l.N = 1 + r.IntN(200)
		for i := range l.N {
			l.Facts[i] = Fact(r.Uint64() & (1<<52 - 1))
			for q := range quantities {
				l.Quantities[i][q] = r.Uint64N(1 << 32)
			}
			l.Quantities[i][One] = 1
		}
		p.Classify(l, classes)
		got, want := make([]uint64, layout.Words), make([]uint64, layout.Words)
		for from := 0; from < l.N; {
			to := min(from+1+r.IntN(3*fullCounts), l.N)
			p.Fold(got, classes[from:to], l.Quantities[from:to])
			for i := from; i < to; i++ {
				naiveApply(&layout, want, l.Facts[i], &l.Quantities[i])
			}
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d: %d measures, legs %d to %d:\n%d, want\n%d", seed, len(kept), from, to, got, want)
			}
			from = to
		}
	}
}
