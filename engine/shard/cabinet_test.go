package shard

import (
	"math/rand/v2"
	"testing"
)

// What is kept of whoever is found again until it is dropped, whoever else comes and goes.
func TestCabinet(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 0))
	c, want := newCabinet(), map[uint32]*dossier{}
	most := 0
	for range 20_000 {
		slot := slotOf(uint32(rng.IntN(3)), uint32(rng.IntN(3*pageSlots)))
		switch rng.IntN(3) {
		case 0:
			d := &dossier{open: int(slot)}
			c.keep(slot, d)
			want[slot] = d
		case 1:
			c.drop(slot)
			delete(want, slot)
		}
		if d := c.find(slot); d != want[slot] {
			t.Fatalf("seed %d: of slot %d is found %p, want %p", seed, slot, d, want[slot])
		}
		if c.places.page(slot) != nil {
			c.near(slot)
		}
		if want[slot] != nil {
			c.fetch(slot)
		}
		most = max(most, len(want))
	}
	for slot, d := range want {
		if c.find(slot) != d {
			t.Fatalf("seed %d: what is kept of slot %d is lost", seed, slot)
		}
	}
	if len(c.all) > most+1 {
		t.Errorf("seed %d: %d places for %d dossiers at most", seed, len(c.all)-1, most)
	}
}
