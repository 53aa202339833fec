package peers

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/window"
)

// destinationOf is what Mark tells of an originating voice leg for where it goes, told by cases.
func destinationOf(p *numbering.Plan, from, to cdr.Place, call bool) (f window.Fact) {
	if to.On(cdr.ListHot) {
		f |= window.Hot
	}
	if to.On(cdr.ListCare) {
		f |= window.Care
	}
	if to.Class() == cdr.ClassShortCode || to.Class() == cdr.ClassTollFree {
		return f | window.ToService
	}
	if to.Class() == cdr.ClassPremium {
		f |= window.Premium
	}
	if call && p.HasHome() {
		f |= window.OffService
		if to.On(cdr.ListHome) {
			f |= window.OnNet
		}
	}
	return f | distanceOf(p, from, to)
}

func distanceOf(p *numbering.Plan, from, to cdr.Place) window.Fact {
	switch {
	case from.Country() == 0 || to.Country() == 0:
		return window.ToUnknown
	case p.Toll(from.Country()) != p.Toll(to.Country()):
		return window.International
	case from.Area() != 0 && from.Area() == to.Area():
		return window.Local
	}
	return window.National
}

// Destinations are what the cases tell: of every class on any lists, between countries that
// share their tolls and others, whether or not home numbers are configured.
func TestDestinations(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	for _, home := range [][]string{nil, {"+44770"}} {
		plan, err := numbering.New(numbering.Options{Home: home})
		if err != nil {
			t.Fatal(err)
		}
		countries := tolls(t, plan)
		place := func() cdr.Place {
			country := countries[r.IntN(len(countries))]
			return cdr.NewPlace(country, cdr.Area(r.IntN(3)), cdr.Class(r.IntN(16)), cdr.List(r.IntN(256)))
		}
		family, legs := New(plan), &window.Legs{N: window.MaxLegs, Wanted: ^window.Fact(0)}
		for range 50 {
			for i := range legs.N {
				legs.SubjectPlace[i], legs.PeerPlace[i] = place(), place()
				legs.Facts[i] = window.Voice | window.Out | window.Call&-window.Fact(r.IntN(2))
			}
			calls := legs.Facts
			family.Mark(legs)
			for i, got := range legs.Facts {
				from, to, call := legs.SubjectPlace[i], legs.PeerPlace[i], calls[i]&window.Call != 0
				if want := calls[i] | destinationOf(plan, from, to, call); got&^aboutAreas != want {
					t.Fatalf("seed %d, home %v: from %x to %x, call %t: facts %x, want %x", seed, home, uint64(from), uint64(to), call, uint64(got), uint64(want))
				}
			}
		}
	}
}

// tolls returns some countries: none, two that share their tolls, and one that does not.
func tolls(t *testing.T, p *numbering.Plan) []cdr.Country {
	t.Helper()
	for a := cdr.Country(1); a < 1024; a++ {
		if b := p.Toll(a); a != b {
			for other := cdr.Country(1); ; other++ {
				if toll := p.Toll(other); toll == other && other != b {
					return []cdr.Country{0, a, b, other}
				}
			}
		}
	}
	t.Fatal("no two countries share their tolls")
	return nil
}
