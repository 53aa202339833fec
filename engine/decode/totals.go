package decode

import (
	"math"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Totals are the control totals of the records of a block, or of more, that were
// well-formed: those that were filtered, late or duplicates too, since a trailer that
// claims totals counts them all.
type Totals struct {
	Records [Services]int64 `json:"records"`  // by service
	TalkMS  int64           `json:"talk_ms"`  // of answered voice records
	Charge  int64           `json:"charge"`   // of all, micro-units
	First   cdr.Millis      `json:"first_ms"` // earliest and latest event time; 0 without a record
	Last    cdr.Millis      `json:"last_ms"`
}

// Services is how many services there are.
const Services = int(cdr.Data) + 1

// Count is how many records the totals are of.
func (t *Totals) Count() (n int64) {
	for _, of := range t.Records {
		n += of
	}
	return n
}

// Add adds what o is of.
func (t *Totals) Add(o *Totals) {
	if o.Count() == 0 {
		return
	}
	t.see(o.First, o.Last)
	for s, n := range o.Records {
		t.Records[s] += n
	}
	t.TalkMS += o.TalkMS
	t.Charge += o.Charge
}

// see widens the span of event times. It comes before what it is of is counted.
func (t *Totals) see(first, last cdr.Millis) {
	if t.Count() > 0 {
		first, last = min(first, t.First), max(last, t.Last)
	}
	t.First, t.Last = first, last
}

// add counts a record that does not go to the batch.
func (t *Totals) add(v *Values, release cdr.Millis) {
	t.see(release, release)
	t.Records[v.Service]++
	if v.Service == cdr.Voice && v.Outcome == cdr.Answered {
		t.TalkMS += int64(v.TalkMS)
	}
	t.Charge += v.Charge
}

const (
	longMS = 24 * 60 * 60 * 1000

	// What a record says of its service and its outcome, which stand in the lowest bits
	// of cdr.Flags, and what an answered voice record says there.
	usageBits cdr.Flags = 0b11111
	talk                = cdr.Flags(cdr.Answered) << 2
)

// sums are the totals of the last rows.
type sums struct {
	services       uint64 // 16 bits for each: they are few
	talkMS, charge int64
	first, last    cdr.Millis
}

var noSums = sums{first: math.MaxInt64, last: math.MinInt64}

// add adds what o is of.
func (s *sums) add(o *sums) {
	s.services += o.services
	s.talkMS += o.talkMS
	s.charge += o.charge
	s.first, s.last = min(s.first, o.first), max(s.last, o.last)
}

// count takes a row into the sums and makes the notes that hold for any format. What
// traffic has in any order (answered or not, a called party or none) is asked without a
// branch; the branches that are left go one way for nearly all rows.
func (w *Writer) count(f cdr.Flags, talkMS uint32, charge int64, release cdr.Millis) {
	s, answered := &w.sums, allOnes(f&usageBits^talk)
	s.services += 1 << (16 * (f & 3))
	s.talkMS += int64(talkMS & answered)
	s.charge += charge
	s.first, s.last = min(s.first, release), max(s.last, release)
	if (talkMS&answered|^answered&1)-1 >= longMS { // or it is 0
		w.tally.Notes[answerNote(talkMS)]++
	}
}

// total adds what was counted to the totals. It must be called at least every 65,535 rows.
func (w *Writer) total() {
	s, to := &w.sums, &w.tally.Totals
	if s.services == 0 {
		return
	}
	to.see(s.first, s.last)
	for i := range to.Records {
		to.Records[i] += int64(s.services >> (16 * i) & 0xFFFF)
	}
	to.TalkMS += s.talkMS
	to.Charge += s.charge
	*s = noSums
}

// answerNote is the note of an answered record that talked so long: not at all, or for
// more than a day.
func answerNote(talkMS uint32) Note {
	if talkMS == 0 {
		return ZeroAnswer
	}
	return LongCall
}

// allOnes has all bits set where f is 0, else none.
func allOnes(f cdr.Flags) uint32 { return uint32(int64(uint64(f)-1) >> 63) }

// known is 0 where n is digits of no country.
func known(n cdr.Number, p cdr.Place) uint64 { return uint64(p.Country()) | n.NoDigits() }

// unknown notes a record of which a number has no country, unless it is a short code: one
// that no plan explains.
func (w *Writer) unknown(p *parties) {
	if known(p.calling, p.callingPlace) == 0 && p.callingPlace.Class() != cdr.ClassShortCode ||
		known(p.called, p.calledPlace) == 0 && p.calledPlace.Class() != cdr.ClassShortCode {
		w.tally.Notes[UnknownNumber]++
	}
}
