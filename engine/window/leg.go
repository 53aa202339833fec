package window

import "github.com/cdrstream/cdrstream/engine/cdr"

// Leg is one leg on its way to be folded: a record as one of its subscribers
// sees it.
type Leg struct {
	Facts                   Fact // as far as they follow from the record's flags
	Subject, Peer           cdr.Number
	SubjectPlace, PeerPlace cdr.Place
	Start, Release          cdr.Millis
	Cell, Region            uint64 // what is of the served party: 0 for the other
	IMEI, IMSI              uint64
	Bytes, Up               uint64
	Charge                  int64
	Flags                   cdr.Flags
	RingMS, TalkMS          uint32
	Offset                  int16
	VisitedMCC              uint16
}

// Set makes x the originating (out) or terminating leg of row r of b.
func (x *Leg) Set(b *cdr.Batch, r int, out bool) {
	fl := b.Flags[r]
	served := out != fl.Has(cdr.ServedCalled)
	*x = Leg{
		Facts: basicFacts(fl, out, served), Flags: fl,
		Subject: b.Calling[r], Peer: b.Called[r],
		SubjectPlace: b.CallingPlace[r], PeerPlace: b.CalledPlace[r],
		Start: b.Start[r], Release: b.Release[r],
		RingMS: b.RingMS[r], TalkMS: b.TalkMS[r], Offset: b.Offset[r],
	}
	if !out {
		x.Subject, x.Peer = x.Peer, x.Subject
		x.SubjectPlace, x.PeerPlace = x.PeerPlace, x.SubjectPlace
	}
	if served {
		x.Cell, x.Region, x.IMEI, x.IMSI, x.VisitedMCC = b.Cell[r], b.Region[r], b.IMEI[r], b.IMSI[r], b.VisitedMCC[r]
		x.Up, x.Bytes, x.Charge = b.Up[r], b.Up[r]+b.Down[r], b.Charge[r]
	}
}
