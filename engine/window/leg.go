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
	ID                      cdr.Span // of its record_id, where whoever holds the leg keeps it
}

// Set makes x the originating (out) or terminating leg of row r of b. It writes
// every field once: a composite literal would be made elsewhere and copied.
func (x *Leg) Set(b *cdr.Batch, r int, out bool) {
	fl := b.Flags[r]
	served := out != fl.Has(cdr.ServedCalled)
	x.Facts, x.Flags = basicFacts(fl, out, served), fl
	if out {
		x.Subject, x.Peer = b.Calling[r], b.Called[r]
		x.SubjectPlace, x.PeerPlace = b.CallingPlace[r], b.CalledPlace[r]
	} else {
		x.Subject, x.Peer = b.Called[r], b.Calling[r]
		x.SubjectPlace, x.PeerPlace = b.CalledPlace[r], b.CallingPlace[r]
	}
	x.Start, x.Release = b.Start[r], b.Release[r]
	x.RingMS, x.TalkMS, x.Offset = b.RingMS[r], b.TalkMS[r], b.Offset[r]
	if !served {
		x.Cell, x.Region, x.IMEI, x.IMSI, x.VisitedMCC = 0, 0, 0, 0, 0
		x.Up, x.Bytes, x.Charge = 0, 0, 0
		return
	}
	x.Cell, x.Region, x.IMEI, x.IMSI, x.VisitedMCC = b.Cell[r], b.Region[r], b.IMEI[r], b.IMSI[r], b.VisitedMCC[r]
	x.Up, x.Bytes, x.Charge = b.Up[r], b.Up[r]+b.Down[r], b.Charge[r]
}
