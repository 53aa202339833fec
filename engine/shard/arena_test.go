package shard

import "testing"

// TestArenaAge: pages that nobody takes between two calls of age give their memory back,
// others stay at hand, and whatever is handed out is zero.
func TestArenaAge(t *testing.T) {
	if !discard(new(arena).page(1)) {
		t.Skip("memory cannot be given back here")
	}
	a := new(arena)
	var pages [][]uint64
	for range 4 {
		p := a.page(1)
		p[0], p[pageWords-1] = 1, 2
		pages = append(pages, p)
	}
	for _, p := range pages {
		a.give(p)
	}
	a.age()
	if n := a.bytes(); n != 4*8*pageWords {
		t.Errorf("%d bytes are at hand after pages were given, not those of 4", n)
	}
	last := a.page(1)
	a.give(last) // the same one goes round
	a.age()
	if n := a.bytes(); n != 1*8*pageWords || len(a.cold) != 3 {
		t.Errorf("%d bytes are at hand, and %d pages gave their memory back; 1 page was taken", n, len(a.cold))
	}
	for i := range 5 {
		for _, w := range a.page(1) {
			if w != 0 {
				t.Fatalf("page %d is not zero", i)
			}
		}
	}
	a.age()
	if len(a.pages)+len(a.cold) != 0 || a.spare != 0 {
		t.Errorf("%d pages and %d without memory are left, %d to spare", len(a.pages), len(a.cold), a.spare)
	}
}
