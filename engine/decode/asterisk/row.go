package asterisk

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// row reads the fields into out, which then points into r.base.
func (r *record) row(out *decode.Row, clock *decode.Clock) (problem string) {
	out.Base, out.At = r.base, [decode.Columns]cdr.Span{}
	out.Reset()
	if out.Start, out.Offset, problem = clock.Parse(r.field(start)); problem != "" {
		return reason("start", r.field(start), problem)
	}
	total, problem := seconds("duration", r.field(duration))
	if problem != "" {
		return problem
	}
	if out.TalkMS, problem = seconds("billsec", r.field(billsec)); problem != "" {
		return problem
	}
	out.RingMS = total - min(total, out.TalkMS)
	var ok bool
	if out.Outcome, ok = outcome(r.field(disposition)); !ok {
		return reason("disposition", r.field(disposition), "is not one that Asterisk writes")
	}
	out.Direction = decode.Both
	out.At[decode.CallingNumber] = r.at[src]
	if !special(r.field(dst)) {
		out.At[decode.CalledNumber] = r.at[dst]
	}
	out.Trim()
	r.identify(out)
	return ""
}

// identify sets what tells the row from others and what ties it to its call: a
// unique id alone is shared by the rows of a call.
func (r *record) identify(out *decode.Row) {
	unique, linked, sequence := r.ids()
	if len(linked) == 0 {
		linked = unique
	}
	out.Call = decode.HashText(linked)
	if len(unique) > 0 && len(sequence) > 0 {
		out.ID = cdr.Mix(cdr.Hash(unique) + cdr.Hash(sequence))
	}
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
		return 0, reason(name, b, problem)
	}
	return ms, ""
}

func reason(name string, value []byte, problem string) string {
	return fmt.Sprintf("%s: %s %s", name, decode.Quote(value), problem)
}
