package shard

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// share is a probe of the share that the low half of a word has in both halves.
func share(j *judge, value float64) probe {
	half := func(shift uint8) operand {
		return operand{span: -1, recent: -1, shift: shift, count: true, mask: 1<<32 - 1}
	}
	return probe{
		kind: feature.Quotient, op: rules.GE, value: value, by: 1, part: true,
		of: j.figure(figure{operands: []operand{half(0)}}), over: j.figure(figure{operands: []operand{half(0), half(32)}}),
	}
}

// A share is reached by no fewer legs than its probe says, and hardly by more.
func TestShareLegs(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 12))
	j := &judge{calendar: calendar{day: 100, stays: []window.Day{101}}}
	for range 20_000 {
		p := share(j, float64(1+r.IntN(19))/20)
		n, rest := uint64(r.IntN(200)), uint64(1+r.IntN(200))
		x := &glance{judge: j, row: []uint64{n | rest<<32}, outlook: open, looks: 1, bounds: make([]bounds, len(j.figures))}
		if p.passes(x) {
			continue
		}
		far, want := p.far(x), int64(0)
		for x.looks++; !p.passes(x); x.looks++ {
			x.row[0]++ // a leg that counts in both
			want++
		}
		if want = min(want, mostCalm); int64(far.today.any) > want || int64(far.today.any) < want-1 {
			t.Fatalf("%d of %d: %d legs to a share of %v, want %d", n, n+rest, far.today.any, p.value, want)
		}
		if far.until != 101 {
			t.Fatal("a share changes when days leave the window, whatever the legs")
		}
	}
}
