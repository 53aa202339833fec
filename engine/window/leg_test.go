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
		fl := cdr.Flags(r.Uint32()).With(cdr.Service(r.IntN(4)), cdr.Outcome(r.IntN(5)), cdr.RAT(r.IntN(6)))
		served := fl.Has(cdr.Originating) != fl.Has(cdr.ServedCalled)
		if got, want := Facts(fl), basicFacts(fl, fl.Has(cdr.Originating), served); got != want {
			t.Fatalf("flags %x: facts %x, want %x", fl, uint64(got), uint64(want))
		}
	}
}

// A leg is what its subscriber sees of the record, told here field by field.
func TestLegsOfRows(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 20))
	legs := &Legs{}
	for range 100_000 {
		x := cdr.Row{
			Release: cdr.Millis(r.Int64()), Start: cdr.Millis(r.Int64()), Calling: cdr.Number(r.Uint64()), Called: cdr.Number(r.Uint64()),
			CallingPlace: cdr.Place(r.Uint64()), CalledPlace: cdr.Place(r.Uint64()), RingMS: r.Uint32() | -r.Uint32N(2), TalkMS: r.Uint32(),
			Flags:  cdr.Flags(r.Uint32()).With(cdr.Service(r.IntN(4)), cdr.Outcome(r.IntN(5)), cdr.RAT(r.IntN(6))),
			Offset: int16(r.Uint32()), VisitedMCC: uint16(r.Uint32()), Cell: r.Uint64(), Region: r.Uint64(), IMEI: r.Uint64(), IMSI: r.Uint64(),
			Up: r.Uint64() >> 8, Down: r.Uint64() >> 8, Charge: r.Int64(),
		}
		x.Flags |= cdr.Originating | cdr.Terminating
		for _, side := range []Side{Originating, Terminating} {
			legs.N = 0
			legs.Add(&x, side)
			if got, want := legOf(legs), seen(&x, side == Originating); got != want {
				t.Fatalf("leg of %+v, side %d:\n%+v, want\n%+v", x, side&1, got, want)
			}
		}
	}
}

// leg is the first leg of a batch.
type leg struct {
	row        cdr.Row // from the subscriber on: calling is the subscriber, called the peer
	facts      Fact
	quantities Quantities
}

func legOf(l *Legs) leg {
	return leg{cdr.Row{
		Release: l.Release[0], Start: l.Start[0], Calling: l.Subject[0], Called: l.Peer[0], CallingPlace: l.SubjectPlace[0], CalledPlace: l.PeerPlace[0],
		RingMS: l.RingMS[0], TalkMS: l.TalkMS[0], Flags: l.Flags[0], Offset: l.Offset[0], VisitedMCC: l.VisitedMCC[0],
		Cell: l.Cell[0], Region: l.Region[0], IMEI: l.IMEI[0], IMSI: l.IMSI[0],
	}, l.Facts[0], l.Quantities[0]}
}

// seen is the leg of x that the calling or the called party sees.
func seen(x *cdr.Row, calling bool) (l leg) {
	l.row = *x
	l.row.Identity, l.row.Up, l.row.Down, l.row.Charge = 0, 0, 0, 0
	if calling {
		l.row.Flags &^= cdr.Terminating
	} else {
		l.row.Calling, l.row.Called = x.Called, x.Calling
		l.row.CallingPlace, l.row.CalledPlace = x.CalledPlace, x.CallingPlace
		l.row.Flags &^= cdr.Originating
	}
	l.quantities[One] = 1
	if calling == x.Flags.Has(cdr.ServedCalled) {
		l.row.Cell, l.row.Region, l.row.IMEI, l.row.IMSI, l.row.VisitedMCC = 0, 0, 0, 0, 0
	} else {
		l.quantities[Bytes], l.quantities[Up], l.quantities[Charge] = x.Up+x.Down, x.Up, uint64(x.Charge)
	}
	l.facts = basicFacts(l.row.Flags, calling, calling != x.Flags.Has(cdr.ServedCalled))
	if x.Flags.Outcome() == cdr.Answered && (x.Flags.Service() != cdr.Voice || !x.Flags.Has(cdr.Forwarded)) {
		l.quantities[Talk], l.quantities[Billed] = uint64(x.TalkMS), (uint64(x.TalkMS)+59_999)/60_000
	}
	if x.RingMS != cdr.RingUnknown {
		l.quantities[Ring] = uint64(x.RingMS)
	}
	return l
}
