package peers

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// kind is what a leg is told of a number for the number's kind alone: its class, and the lists
// that it is on.
type kind struct {
	facts     window.Fact // of every originating leg to it
	call      window.Fact // of originating calls to it
	distances window.Fact // how far away a called number can be; none for a service
	diverts   window.Fact // that calls are diverted to it, and where
	contact   window.Fact // that it can be one
}

// kindBits is how many bits of a place tell kinds apart: those of the class and of the lists,
// which are one behind the other.
const kindBits = 9

// kindOf returns the kind of a number by its place.
func kindOf(p cdr.Place) uint16 { return uint16(p>>kindShift) & (1<<kindBits - 1) }

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
	k.diverts = window.DivertedAbroad.When(!to.On(cdr.ListVoicemail))
	k.contact = window.HasPeer.When(to.Class() != cdr.ClassShortCode && !to.On(cdr.ListService))
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
