package window

import "github.com/cdrstream/cdrstream/engine/cdr"

// A leg is a record as one of its subscribers sees it: the calling party the originating
// leg, the called party the terminating one. What is only of the served party (cell,
// device, bytes, charge) is of its leg alone.

// Side tells which leg of a record is meant: all bits are set for the terminating one.
type Side uint64

// The legs of a record.
const (
	Originating Side = 0
	Terminating      = ^Originating
)

// Parties returns the subscriber of the leg of x and the other party.
func (s Side) Parties(x *cdr.Row) (subject, peer cdr.Number) {
	d := (x.Calling ^ x.Called) & cdr.Number(s)
	return x.Calling ^ d, x.Called ^ d
}

// Places returns the places of both, in that order.
func (s Side) Places(x *cdr.Row) (subject, peer cdr.Place) {
	d := (x.CallingPlace ^ x.CalledPlace) & cdr.Place(s)
	return x.CallingPlace ^ d, x.CalledPlace ^ d
}

// Flags returns the flags of x without that of the other leg.
func (s Side) Flags(x *cdr.Row) cdr.Flags {
	const both = cdr.Originating | cdr.Terminating
	return x.Flags &^ (cdr.Terminating ^ both&cdr.Flags(s))
}

// Facts returns what follows from the flags of a leg.
func Facts(fl cdr.Flags) Fact { return Fact(basic[basicBits(fl)]) }

// Serves reports whether the subscriber of that leg of x is its served party.
func (s Side) Serves(x *cdr.Row) bool { return x.Flags.Has(cdr.ServedCalled) == (s == Terminating) }

// served is 1 if the subscriber of a leg with such flags is the served party, else 0.
func served(fl cdr.Flags) cdr.Flags { return (fl/cdr.Originating ^ fl/cdr.ServedCalled) & 1 }

// basicBits are the flags of a leg that basicFacts looks at, in one number: service and
// outcome, the lowest five bits, and the six marks from Originating on.
func basicBits(fl cdr.Flags) cdr.Flags { return fl&31 | fl/cdr.Originating&63<<5 }

// basic is basicFacts of all legs.
var basic = func() (t [1 << 11]uint16) {
	for i := range cdr.Flags(len(t)) {
		fl := i&31 | i>>5*cdr.Originating
		t[i] = uint16(basicFacts(fl, fl.Has(cdr.Originating), served(fl) == 1))
	}
	return t
}()
