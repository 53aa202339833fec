package shard

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/internal/processor"
)

// What is counted fast is what is counted item by item, whatever key stands behind the last
// one, and nothing is written behind the sums.
func TestSeeFast(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 2000 {
		halves, windows := r.IntN(2) == 0, 1+r.IntN(fewWindows)
		d := newShortCounts(windows, halves)
		top := uint32(lastStamp)
		if halves {
			top = lastShort
		}
		from := make([]uint32, windows)
		for w := range from {
			from[w] = 1 + r.Uint32N(top)
		}
		d.aim(from, top)
		sets := 1 + r.Uint64N(countedSets)
		n, keys, stamps := 1+r.IntN(4*maxFours), make([]uint64, 4*maxFours), make([]uint64, 4*maxFours)
		for i := range keys {
			keys[i] = (1+r.Uint64N(sets))<<setShift | r.Uint64N(keyMask)
		}
		for i := range n {
			var m uint64
			for lane := range 4 {
				v := uint64(min(top, max(0, from[r.IntN(windows)]+r.Uint32N(3)-1))) // what is near tells
				if r.IntN(3) == 0 {
					v = uint64(r.Uint32N(top + 1))
				}
				m |= v << (int(d.width()) * lane)
			}
			if halves {
				stamps[i/2] |= m << (i % 2 * 32)
			} else {
				stamps[i] = m
			}
		}
		got, want := make([]uint64, len(d.sums)+4), make([]uint64, len(d.sums))
		for i := range got {
			got[i] = r.Uint64()
		}
		behind := [4]uint64(got[len(d.sums):])
		if !d.seeFast(got[:len(d.sums)], keys[:n], stamps) {
			if processor.AVX2 {
				t.Fatal("nothing is counted fast")
			}
			t.Skip("this machine lacks the vector instructions that items are counted with")
		}
		if [4]uint64(got[len(d.sums):]) != behind {
			t.Fatal("something is written behind the sums")
		}
		if halves {
			d.seeHalves(want, keys[:n], stamps)
		} else {
			d.seeWords(want, keys[:n], stamps)
		}
		for set := range countedSets {
			for w := range windows {
				word, shift := d.lane(w)
				mask, at := uint64(1)<<(4*d.width())-1, set*len(d.from)+word
				if x, y := got[at]>>shift&mask, want[at]>>shift&mask; x != y {
					t.Fatalf("%d items, halves %v, windows from %d: set %d has %#x in window %d, want %#x", n, halves, from, set, x, w, y)
				}
			}
		}
	}
}
