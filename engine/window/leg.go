package window

import "github.com/cdrstream/cdrstream/engine/cdr"

// Leg is one leg on its way to be folded: a record as one of its subscribers
// sees it. It takes two cache lines.
type Leg struct {
	Subject, Peer           cdr.Number
	SubjectPlace, PeerPlace cdr.Place
	Start, Release          cdr.Millis
	Cell, Region            uint64 // what is of the served party: 0 for the other
	IMEI, IMSI              uint64
	Bytes, Up               uint64
	Charge                  int64
	Flags                   cdr.Flags // of Originating and Terminating, that which the leg is
	RingMS, TalkMS          uint32
	Offset                  int16
	VisitedMCC              uint16
	ID                      cdr.Span // of its record_id, where whoever holds the leg keeps it
}

// Set makes x the originating (out) or terminating leg of row r of b. It writes
// every field once: a composite literal would be made elsewhere and copied.
func (x *Leg) Set(b *cdr.Batch, r int, out bool) {
	fl := b.Flags[r]
	if out {
		x.Flags = fl &^ cdr.Terminating
		x.Subject, x.Peer = b.Calling[r], b.Called[r]
		x.SubjectPlace, x.PeerPlace = b.CallingPlace[r], b.CalledPlace[r]
	} else {
		x.Flags = fl &^ cdr.Originating
		x.Subject, x.Peer = b.Called[r], b.Calling[r]
		x.SubjectPlace, x.PeerPlace = b.CalledPlace[r], b.CallingPlace[r]
	}
	x.Start, x.Release = b.Start[r], b.Release[r]
	x.RingMS, x.TalkMS, x.Offset = b.RingMS[r], b.TalkMS[r], b.Offset[r]
	if out == fl.Has(cdr.ServedCalled) { // the other party is the served one
		x.Cell, x.Region, x.IMEI, x.IMSI, x.VisitedMCC = 0, 0, 0, 0, 0
		x.Up, x.Bytes, x.Charge = 0, 0, 0
		return
	}
	x.Cell, x.Region, x.IMEI, x.IMSI, x.VisitedMCC = b.Cell[r], b.Region[r], b.IMEI[r], b.IMSI[r], b.VisitedMCC[r]
	x.Up, x.Bytes, x.Charge = b.Up[r], b.Up[r]+b.Down[r], b.Charge[r]
}

// Served reports whether the subscriber of the leg is the served party of the record.
func (x *Leg) Served() bool { return x.Flags.Has(cdr.Originating) != x.Flags.Has(cdr.ServedCalled) }

// Facts returns what follows from the flags of the leg.
func (x *Leg) Facts() Fact { return Fact(basic[basicBits(x.Flags)]) }

// basicBits are the flags of a leg that basicFacts looks at, in one number: service and
// outcome, the lowest five bits, and the six marks from Originating on.
func basicBits(fl cdr.Flags) cdr.Flags { return fl&31 | fl/cdr.Originating&63<<5 }

// basic is basicFacts of all legs.
var basic = func() (t [1 << 11]uint16) {
	for i := range cdr.Flags(len(t)) {
		x := Leg{Flags: i&31 | i>>5*cdr.Originating}
		t[i] = uint16(basicFacts(x.Flags, x.Flags.Has(cdr.Originating), x.Served()))
	}
	return t
}()
