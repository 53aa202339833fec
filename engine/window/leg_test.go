package window

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// The facts of a leg are those that its flags tell, whatever else is set.
func TestLegFacts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 20))
	for range 1_000_000 {
		x := Leg{Flags: cdr.Flags(r.Uint32()).With(cdr.Service(r.IntN(4)), cdr.Outcome(r.IntN(5)), cdr.RAT(r.IntN(6)))}
		if got, want := x.Facts(), basicFacts(x.Flags, x.Flags.Has(cdr.Originating), x.Served()); got != want {
			t.Fatalf("flags %x: facts %x, want %x", x.Flags, uint64(got), uint64(want))
		}
	}
}
