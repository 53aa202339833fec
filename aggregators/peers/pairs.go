package peers

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// pair is what a voice leg is told for the places of its two parties alone.
type pair struct {
	areas    window.Fact
	distance window.Fact // how far apart they are, of originating legs
	diverts  window.Fact // of legs of forwarding parties
}

// What tells pairs apart, a bit each.
const (
	fromArea = 1 << iota // known
	toArea
	areasDiffer
	fromCountry // known
	toCountry
	abroad // in another toll country
)

// newPairs returns all pairs: as many as a byte tells apart, so that no index has to be checked.
func newPairs() *[256]pair {
	all := new([256]pair)
	for is := range all {
		all[is] = newPair(is)
	}
	return all
}

func newPair(is int) (p pair) {
	has := func(what int) bool { return is&what == what }
	if has(toArea) {
		p.areas |= window.AreaKnown
	}
	if has(fromArea | toArea) {
		p.areas |= window.AreasKnown | window.AreasDiffer.When(has(areasDiffer))
	}
	if has(toCountry) {
		p.areas |= window.CountryKnown
	}
	switch {
	case !has(fromCountry | toCountry):
		p.distance = window.ToUnknown
	case has(abroad):
		p.distance, p.diverts = window.International, window.DivertedAbroad
	case has(fromArea) && !has(areasDiffer):
		p.distance = window.Local
	default:
		p.distance = window.National
	}
	return p
}

// A pair's place among all is areasOf of its areas and countriesOf of its countries. They are
// reckoned: of conditions the compiler may make branches.

func areasOf(from, to cdr.Place) uint8 {
	a, b := uint64(from.Area()), uint64(to.Area())
	return uint8(some(a)*fromArea | some(b)*toArea | some(a^b)*areasDiffer)
}

// countriesOf takes the countries that those share their tolls with, too.
func countriesOf(from, to, fromToll, toToll cdr.Country) uint8 {
	return uint8(some(uint64(from))*fromCountry | some(uint64(to))*toCountry | some(uint64(fromToll^toToll))*abroad)
}

// some is 1 if x, which is less than 1<<32, is not 0.
func some(x uint64) uint64 { return -x >> 63 }
