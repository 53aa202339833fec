package shard

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
)

// share is a probe of the share that the low half of a word has in both halves.
func share(value float64) probe {
	half := func(shift uint8) operand {
		return operand{span: -1, recent: -1, shift: shift, count: true, mask: 1<<32 - 1}
	}
	return probe{
		kind: feature.Quotient, op: rules.GE, value: value, by: 1,
		of: sum{operands: []operand{half(0)}}, over: sum{operands: []operand{half(0), half(32)}},
	}
}

// A share is reached by no fewer legs than its probe says, and hardly by more.
func TestShareLegs(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 12))
	for range 20_000 {
		p := share(float64(1+r.IntN(19)) / 20)
		n, rest := uint64(r.IntN(200)), uint64(1+r.IntN(200))
		x := &glance{row: []uint64{n | rest<<32}, calm: mostCalm}
		if p.passes(x) {
			continue
		}
		legs, want := p.legs(x), int64(0)
		for !p.passes(x) {
			x.row[0]++ // a leg that counts in both
			want++
		}
		if want = min(want, mostCalm); legs > want || legs < want-1 {
			t.Fatalf("%d of %d: %d legs to a share of %v, want %d", n, n+rest, legs, p.value, want)
		}
		if p.steady(x) {
			t.Fatal("a share changes when days go by, whatever the legs")
		}
	}
}
