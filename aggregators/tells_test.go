package aggregators_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/aggregators"
	"github.com/cdrstream/cdrstream/aggregators/rhythm"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/window"
)

// A family marks legs with the facts that it names, and with no others; each of them does
// come, and no two families name the same.
func TestTells(t *testing.T) {
	const seed = 7
	r := rand.New(rand.NewPCG(seed, 1))
	var all window.Fact
	for _, f := range telling(t) {
		if all&f.Tells() != 0 {
			t.Errorf("%s names facts of another family: %x", f.Name(), all&f.Tells())
		}
		all |= f.Tells()
		var told window.Fact
		for range 200 {
			legs := randomLegs(r)
			before := legs.Facts
			f.Mark(legs)
			for i := range legs.N {
				told |= legs.Facts[i] &^ before[i]
				if legs.Facts[i]&before[i] != before[i] {
					t.Fatalf("seed %d: %s takes facts away", seed, f.Name())
				}
			}
		}
		if told != f.Tells() {
			t.Errorf("seed %d: %s marks legs with %x and names %x", seed, f.Name(), told, f.Tells())
		}
	}
}

// telling returns the families, so configured that all facts can be.
func telling(t testing.TB) []feature.Family {
	t.Helper()
	plan, err := numbering.New(numbering.Options{Home: []string{"+44770"}})
	if err != nil {
		t.Fatal(err)
	}
	hours := rhythm.Options{Zone: time.UTC, Weekdays: []time.Weekday{time.Monday}}
	return aggregators.All(aggregators.Options{Rhythm: hours, Numbers: plan, HighValueMicros: 1 << 29})
}

func randomLegs(r *rand.Rand) *window.Legs {
	legs := &window.Legs{Wanted: ^window.Fact(0)}
	place := func() cdr.Place {
		return cdr.NewPlace(cdr.Country(r.IntN(3)), cdr.Area(r.IntN(3)), cdr.Class(r.IntN(7)), cdr.List(r.IntN(32)))
	}
	for range window.MaxLegs {
		fl := cdr.Flags(r.Uint32() & 0x1ffff)
		side := -window.Side(r.IntN(2))
		fl = fl.With(cdr.Service(r.IntN(4)), cdr.Outcome(r.IntN(5)), cdr.RAT(r.IntN(6)))
		row := cdr.Row{
			Calling: cdr.Number(1 + r.IntN(3)), Called: cdr.Number(r.IntN(4)), CallingPlace: place(), CalledPlace: place(),
			Start: cdr.Millis(r.Int64N(1 << 41)), TalkMS: r.Uint32N(100_000), RingMS: cdr.RingUnknown, Flags: fl, Offset: cdr.NoOffset,
		}
		if r.IntN(8) == 0 {
			row.Called = cdr.IMSIOf(row.Called)
		}
		if r.IntN(2) == 0 {
			row.RingMS = r.Uint32N(60_000)
		}
		row.Cell, row.Region, row.IMEI, row.IMSI = r.Uint64N(2), r.Uint64N(2), r.Uint64N(2), r.Uint64N(2)
		row.Charge = r.Int64N(1 << 30)
		legs.Add(&row, side)
	}
	return legs
}
