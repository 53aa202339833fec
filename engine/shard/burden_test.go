package shard

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/window"
)

// Legs weigh the same however many are weighed at a time.
func TestWeighPlainly(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 28))
	l := &window.Legs{}
	for n := range window.MaxLegs + 1 {
		c, classes := &calms{}, make([]int32, n)
		for range 1 + r.IntN(40) {
			most := []uint32{0, 1, 14_117, math.MaxUint32}[r.IntN(4)]
			c.effects = append(c.effects, effect{burden(r.Uint64()), most, window.Quantity(r.IntN(8))})
		}
		for i := range classes {
			classes[i] = int32(r.IntN(len(c.effects)))
			for q := range l.Quantities[i] {
				most := uint64(c.effects[classes[i]].most)
				l.Quantities[i][q] = []uint64{0, most, most + 1, r.Uint64()}[r.IntN(4)]
			}
		}
		want, heavy, got := *c, someLegs{}, someLegs{}
		want.weighPlainlyEach(l, classes, &heavy)
		c.weighPlainly(l, classes, &got)
		if c.sums != want.sums || got != heavy {
			t.Fatalf("%d legs: weights alike %v; heavy %x, want %x", n, c.sums == want.sums, got, heavy)
		}
	}
}

// The burden of some legs is the sum of what each of them weighs.
func TestBurdensAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 29))
	s := &Shard{legs: &window.Legs{N: window.MaxLegs}, program: &window.Program{}}
	c := &calms{numbers: s.program.Numbering()}
	for range 30 {
		w := weights{least: 1 + r.Int32N(50), stirs: []stir{{window.Talk, 1 + r.Uint64N(1000)}}}
		c.weights = append(c.weights, w)
		c.effects = append(c.effects, effect{burden(w.least) + oneLoud*burden(r.IntN(2)), uint32(w.stirs[0].most), window.Talk})
	}
	var want burden
	for i := range s.legs.N {
		s.classes[i] = int32(r.IntN(len(c.effects)))
		s.legs.Quantities[i][window.Talk] = r.Uint64N(5000)
	}
	c.weighLegs(s)
	for i := range s.legs.N {
		want += burden(c.weights[s.classes[i]].of(&s.legs.Quantities[i])) + c.effects[s.classes[i]].burden&^(oneLoud-1)
		if got := c.between(0, i+1); got != want {
			t.Fatalf("the first %d legs weigh %x, want %x", i+1, got, want)
		}
	}
}
