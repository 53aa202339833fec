package asterisk

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// oddities are what is odd about a row.
type oddities struct {
	clock     bool // the start contradicts the source's zone
	ambiguous bool // the local time of the start came twice
}

// row reads the fields into out, which then points into r.base.
func (r *record) row(out *decode.Row, clock *decode.Clock) (odd oddities, problem string) {
	at := r.places()
	out.Base, out.At = r.base, [decode.Columns]cdr.Span{}
	out.Reset()
	start := r.field(at.start)
	if out.Start, out.Offset, problem = clock.Parse(start); problem != "" {
		return odd, decode.Reason("start", start, problem)
	}
	odd.ambiguous = out.Offset == cdr.NoOffset && len(start) >= 19 && start[4] == '-' && clock.Ambiguous(out.Start)
	total, problem := seconds("duration", r.field(at.duration))
	if problem != "" {
		return odd, problem
	}
	if out.TalkMS, problem = seconds("billsec", r.field(at.billsec)); problem != "" {
		return odd, problem
	}
	out.RingMS = total - min(total, out.TalkMS)
	var ok bool
	if out.Outcome, ok = outcome(r.field(at.disposition)); !ok {
		return odd, decode.Reason("disposition", r.field(at.disposition), "is not one that Asterisk writes")
	}
	out.Direction = decode.Both
	out.At[decode.CallingNumber] = r.at[at.src]
	if !special(r.field(at.dst)) {
		out.At[decode.CalledNumber] = r.at[at.dst]
	}
	out.Trim()
	unique := r.identify(out)
	odd.clock = !odd.ambiguous && oddClock(out.Start, unique)
	return odd, ""
}

// identify sets what tells the row from others and what ties it to its call: a
// unique id alone is shared by the rows of a call. first is the unique id if this may be
// the first row of its call.
func (r *record) identify(out *decode.Row) (first []byte) {
	unique, linked, sequence := r.ids()
	if len(linked) == 0 {
		linked = unique
	}
	out.Call = decode.HashText(linked)
	if len(unique) > 0 && len(sequence) > 0 {
		out.ID = cdr.Mix(cdr.Hash(unique) + cdr.Hash(sequence))
	}
	if !bytes.Equal(unique, linked) {
		return nil
	}
	return unique
}

// oddClock reports whether start is off by whole quarters of an hour from when the
// channel of the unique id was made, as it is where the source's zone is not the
// switch's. The first row of a call starts with its channel; later ones may start any
// time after, which is seldom a whole quarter.
func oddClock(start cdr.Millis, unique []byte) bool {
	const quarter = 15 * 60
	made, ok := creation(unique)
	if !ok {
		return false
	}
	off := int64(start)/1000 - made
	quarters := (off + quarter/2) / quarter
	if off < -quarter/2 {
		quarters = (off - quarter/2) / quarter
	}
	rest := off - quarters*quarter
	return quarters != 0 && max(quarters, -quarters) <= 26*4 && rest >= -1 && rest <= 2
}

func outcome(b []byte) (cdr.Outcome, bool) {
	switch string(b) {
	case "ANSWERED":
		return cdr.Answered, true
	case "NO ANSWER", "NULL", "CANCEL":
		return cdr.NoAnswer, true
	case "BUSY":
		return cdr.Busy, true
	case "FAILED", "CONGESTION":
		return cdr.Failed, true
	case "UNKNOWN", "":
		return cdr.OutcomeUnknown, true
	}
	return 0, false
}

// special tells the extensions of the dialplan that are nobody's number: start,
// hang-up, invalid, timeout.
func special(dst []byte) bool {
	return len(dst) == 1 && (dst[0] == 's' || dst[0] == 'h' || dst[0] == 'i' || dst[0] == 't')
}

func seconds(name string, b []byte) (ms uint32, problem string) {
	if ms, problem = decode.Seconds(b); problem != "" {
		return 0, decode.Reason(name, b, problem)
	}
	return ms, ""
}
