package window

import "github.com/cdrstream/cdrstream/engine/cdr"

// MaxLegs is how many legs are folded at a time: enough for memory accesses to
// overlap, few enough for the batch to stay in the cache.
const MaxLegs = 256

// Quantity names what a measure adds.
type Quantity uint8

// The quantities of a leg.
const (
	One    Quantity = iota
	Talk            // ms of conversation; 0 unless answered, and for a forwarding party
	Billed          // started minutes of conversation
	Ring            // ms; 0 when unknown
	Bytes           // up and down
	Up              // bytes
	Charge          // micro-units, of the served party
	Gap             // ms since the subscriber's previous call or message
	quantities
)

// Quantities are what a leg adds, by Quantity.
type Quantities [quantities]uint64

// At is one of them, without a check of bounds: there is a power of two of them.
func (q *Quantities) At(of Quantity) uint64 { return q[of%quantities] }

// Legs is a batch of legs in event-time order, in columns. It belongs to the
// shard, which fills and reuses it; aggregators only add facts. The values of a leg do not
// stand in the same set of the cache, as they would if the columns stood a power of two apart.
type Legs struct {
	N            int
	Wanted       Fact // those that some measure looks at; no others need be told
	Facts        [MaxLegs]Fact
	_            aside
	Flags        [MaxLegs]cdr.Flags
	_            aside
	Subject      [MaxLegs]cdr.Number
	_            aside
	Peer         [MaxLegs]cdr.Number // 0 = absent
	_            aside
	SubjectPlace [MaxLegs]cdr.Place
	_            aside
	PeerPlace    [MaxLegs]cdr.Place
	_            aside
	Start        [MaxLegs]cdr.Millis
	_            aside
	Release      [MaxLegs]cdr.Millis
	_            aside
	RingMS       [MaxLegs]uint32
	_            aside
	TalkMS       [MaxLegs]uint32 // as recorded, whatever the outcome
	_            aside
	Offset       [MaxLegs]int16 // minutes east of UTC, or cdr.NoOffset
	_            aside
	VisitedMCC   [MaxLegs]uint16
	_            aside
	Cell         [MaxLegs]uint64 // these five: 0 unless served
	_            aside
	Region       [MaxLegs]uint64
	_            aside
	IMEI         [MaxLegs]uint64
	_            aside
	IMSI         [MaxLegs]uint64
	_            aside
	Quantities   [MaxLegs]Quantities
}

// aside moves what follows to the next set of the cache.
type aside [64]byte

// Add appends a leg of x. There must be room. It does the same for either leg: which one
// comes next is not to be guessed, so there is no branch in it.
func (l *Legs) Add(x *cdr.Row, side Side) {
	i := l.N & (MaxLegs - 1)
	l.N++
	fl := side.Flags(x)
	facts, own := Facts(fl), [2]*cdr.Row{&nobody, x}[served(fl)]
	l.Facts[i], l.Flags[i] = facts, fl
	l.Subject[i], l.Peer[i] = side.Parties(x)
	l.SubjectPlace[i], l.PeerPlace[i] = side.Places(x)
	l.Start[i], l.Release[i] = x.Start, x.Release
	l.RingMS[i], l.TalkMS[i], l.Offset[i] = x.RingMS, x.TalkMS, x.Offset
	l.Cell[i], l.Region[i] = own.Cell, own.Region
	l.IMEI[i], l.IMSI[i], l.VisitedMCC[i] = own.IMEI, own.IMSI, own.VisitedMCC
	talk := uint64(x.TalkMS) & uint64((^Fact(0)).When(facts&(Answered|Forwarded) == Answered))
	ring := uint64(x.RingMS) & uint64((^Fact(0)).When(x.RingMS != cdr.RingUnknown))
	q := &l.Quantities[i]
	q[One], q[Talk], q[Billed], q[Ring] = 1, talk, (talk+59_999)/60_000, ring
	q[Bytes], q[Up], q[Charge], q[Gap] = own.Up+own.Down, own.Up, uint64(own.Charge), 0
}

// nobody stands for the served party where that is the other one.
var nobody cdr.Row

// basicFacts are the facts that follow from the record's flags alone.
func basicFacts(fl cdr.Flags, out, served bool) Fact {
	f := In
	if out {
		f = Out
	}
	if served {
		f |= Served
	}
	if !fl.Has(cdr.Slice) {
		f |= Whole
	}
	if o := fl.Outcome(); o != cdr.OutcomeUnknown {
		f |= Answered << (o - cdr.Answered)
	}
	switch fl.Service() {
	case cdr.Voice:
		f |= Voice
		if fl.Has(cdr.Forwarded) {
			f |= Forwarded
		} else if f&Whole != 0 {
			f |= Call
			if f&(Answered|NoAnswer|Busy|Failed) != 0 && fl.Has(cdr.AttemptsReported) {
				f |= Known
			}
		}
	case cdr.Data:
		f |= Data
	default:
		if f&Whole != 0 {
			f |= Message
		}
	}
	return f
}

// Called returns the place of the called party of leg i.
func (l *Legs) Called(i int) cdr.Place {
	d := (l.SubjectPlace[i] ^ l.PeerPlace[i]) & cdr.Place(-out(l.Facts[i]))
	return l.SubjectPlace[i] ^ d
}

// Calling returns the place of the calling party of leg i.
func (l *Legs) Calling(i int) cdr.Place {
	d := (l.SubjectPlace[i] ^ l.PeerPlace[i]) & cdr.Place(out(l.Facts[i])-1)
	return l.SubjectPlace[i] ^ d
}

// out is 1 if f is of an originating leg, else 0. It is reckoned: of a condition the compiler
// may make a branch.
func out(f Fact) Fact { return f & Out / Out }
