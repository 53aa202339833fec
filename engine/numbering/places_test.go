package numbering

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/numbering/internal/table"
)

// TestPlaces compares the places of many numbers with those of each.
func TestPlaces(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	plans := []*Plan{newPlan(t, Options{}), newPlan(t, Options{}), newPlan(t, Options{Home: []string{"33"}, Areas: map[string]string{"3320": "x"}})}
	quick := 0
	for round := range 20_000 {
		p := plans[round%len(plans)]
		var heads Heads
		var numbers [64]cdr.Number
		var rows [64]cdr.Row
		for k := range numbers {
			text := fmt.Sprint(1 + r.Uint64N(1_000_000_000_000_000-1))
			if r.IntN(2) == 0 {
				text = benchTexts[r.IntN(len(benchTexts))][1:4+r.IntN(5)] + fmt.Sprintf("%07d", r.IntN(10_000_000))
			}
			if len(text) < 8 {
				text += "00000000"
			}
			numbers[k] = cdr.Digits([]byte(text))
			heads[k] = HeadOf(binary.LittleEndian.Uint64([]byte(text)), len(text))
		}
		which, called := r.Uint64(), r.IntN(2) == 0
		unknown, slow := p.Places(&rows, called, &heads, which)
		for k, n := range numbers {
			got := rows[k].CallingPlace
			if called {
				got = rows[k].CalledPlace
			}
			want := cdr.Place(0)
			if which>>k&1 != 0 {
				want = p.Lookup(n)
			}
			if slow>>k&1 != 0 && which>>k&1 != 0 {
				continue
			}
			quick++
			if got != want || unknown>>k&1 != 0 != (which>>k&1 != 0 && want.Country() == 0) {
				t.Fatalf("seed %d: %s: place %x, want %x; unknown %v", seed, n, got, want, unknown>>k&1)
			}
		}
	}
	if quick < 500_000 {
		t.Errorf("seed %d: only %d places were found", seed, quick)
	}
}

// TestBeyond is about area codes that end behind the eighth digit: the plan has none now.
func TestBeyond(t *testing.T) {
	for length, want := range map[int]uint64{2: 0, 3: 0, 4: OddAsk} {
		if l := leadOf(table.NewAnswer(1, 1, 5, length, true)); l.Odd != want {
			t.Errorf("an area code of the digits %d to %d: it is odd in %d", 5, 5+length, l.Odd)
		}
	}
}
