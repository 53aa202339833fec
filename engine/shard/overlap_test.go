package shard

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// The calls of a batch are the same however many are found at a time.
func TestCallsAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 28))
	for n := range window.MaxLegs + 1 {
		l := &window.Legs{N: n}
		for i := range n {
			l.Facts[i] = window.Fact(r.Uint64()) | answered*window.Fact(r.IntN(2))
			l.Start[i] = []cdr.Millis{cdr.Millis(r.Int64N(1 << 42)), -cdr.Millis(r.Int64N(1 << 42))}[r.IntN(2)]
			l.RingMS[i] = []uint32{0, cdr.RingUnknown - 1, cdr.RingUnknown, r.Uint32()}[r.IntN(4)]
			l.TalkMS[i] = []uint32{0, 1<<32 - 1, r.Uint32()}[r.IntN(3)]
		}
		var got, want calls
		want.findEach(l)
		got.find(l)
		for i := range n {
			if got.answer[i] != want.answer[i] || got.release[i] != want.release[i] {
				t.Fatalf("call %d of %d: from %d to %d, want %d to %d", i, n, got.answer[i], got.release[i], want.answer[i], want.release[i])
			}
		}
	}
}
