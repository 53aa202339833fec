package shard

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestScatter: as many legs come into the same queues as when they are added one after the
// other, and none behind one whose queue is full.
func TestScatter(t *testing.T) {
	const queueShift = 64 - ownerBits - queueBits
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for round := range 200 {
		legs := make([]queued, 1+r.IntN(2*dealt))
		some := uint64(1)<<r.IntN(queueBits+1) - 1 // of the queues
		for i := range legs {
			h := r.Uint64()
			legs[i] = queued{h&^((1<<queueBits-1)<<queueShift) | h>>queueShift&some<<queueShift, r.Uint32(), r.Uint32()}
		}
		var fast, slow queues
		scatterAll(t, &fast, legs, fast.scatter)
		scatterAll(t, &slow, legs, slow.scatterEach)
		for i := range fast.of {
			f, s := &fast.of[i], &slow.of[i]
			if !slices.Equal(f.legs[:f.n], s.legs[:s.n]) || len(f.legs) != len(s.legs) {
				t.Fatalf("seed %d, round %d: queue %d has %d legs, or others than the %d it should have", seed, round, i, f.n, s.n)
			}
			for _, x := range f.legs[f.n:] {
				if x != (queued{}) {
					t.Fatalf("seed %d, round %d: queue %d is written to behind its legs", seed, round, i)
				}
			}
		}
	}
}

// scatterAll scatters all legs and makes room where there is none.
func scatterAll(t *testing.T, q *queues, legs []queued, scatter func([]queued) int) {
	for len(legs) > 0 {
		n := scatter(legs)
		if legs = legs[n:]; len(legs) == 0 {
			break
		}
		of := &q.of[queueOfHash(legs[0].hash)]
		if int(of.n) != len(of.legs) {
			t.Fatalf("scatter stops after %d legs before a queue that has room", n)
		}
		of.grow()
	}
}
