package peers

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// kind is what an originating leg is told of a called number for the number's kind alone: its
// class, and the lists that it is on.
type kind struct {
	facts     window.Fact // of every leg
	call      window.Fact // of calls
	distances window.Fact // how far away a number can be; none for a service
}

// kindBits is how many bits of a place tell kinds apart: those of the class and of the lists
// but for the last, which are one behind the other.
const kindBits = 8

// kindOf returns the kind of a number by its place.
func kindOf(p cdr.Place) uint8 { return uint8(p >> kindShift) }

const kindShift = 48

// newKinds returns all kinds; hasHome tells whether home_numbers are configured.
func newKinds(hasHome bool) *[1 << kindBits]kind {
	kinds := new([1 << kindBits]kind)
	for k := range kinds {
		kinds[k] = newKind(cdr.Place(k)<<kindShift, hasHome)
	}
	return kinds
}

func newKind(to cdr.Place, hasHome bool) (k kind) {
	k.facts = window.Hot.When(to.On(cdr.ListHot)) | window.Care.When(to.On(cdr.ListCare))
	switch to.Class() {
	case cdr.ClassShortCode, cdr.ClassTollFree:
		k.facts |= window.ToService
		return k
	case cdr.ClassPremium:
		k.facts |= window.Premium
	}
	k.distances = window.ToUnknown | window.International | window.Local | window.National
	if hasHome {
		k.call = window.OffService | window.OnNet.When(to.On(cdr.ListHome))
	}
	return k
}
