package sip

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// field is what a line tells.
type field int8

const (
	none field = iota
	method
	fromTag
	toTag
	callID
	code
	reasonPhrase
	when    // the event; the answer in a call of OpenSIPS
	exactly // the event again, finer
	micros  // the fraction of the event's second
	calling
	called
	began // a dialog
	ended
	duration
	msDuration
	setup
	created
	fields
)

// record is one line, cut into fields.
type record struct {
	base []byte
	at   [fields]cdr.Span
	has  uint32 // bit f set: the line has field f
}

func (r *record) text(f field) []byte { return r.at[f].Of(r.base) }

func (r *record) set(f field, s cdr.Span) {
	r.at[f] = s
	r.has |= 1 << f
}

func (r *record) told(f field) bool { return r.has>>f&1 != 0 && r.at[f].Len > 0 }

// kind is what a line is of.
type kind int

const (
	kindAnswer kind = iota
	kindEnd
	kindAttempt
	kindCall
	kindMessage
	kindOther // of no interest
)

// kind tells what the line is of. Where that needs the code it is checked too.
func (r *record) kind() (k kind, status uint16, problem string) {
	if r.told(began) && !r.told(method) {
		return kindCall, 0, ""
	}
	name := r.text(method)
	if !isMethod(name) {
		return 0, 0, decode.Reason("method", name, "is not a SIP method")
	}
	if string(name) == "BYE" {
		return kindEnd, 0, ""
	}
	invite := string(name) == "INVITE"
	if !invite && string(name) != "ACK" && string(name) != "MESSAGE" {
		return kindOther, 0, ""
	}
	n, problem := decode.Integer(r.text(code))
	if problem == "" && (n < 100 || n > 699) {
		problem = "is not a SIP status"
	}
	if problem != "" {
		return 0, 0, decode.Reason("code", r.text(code), problem)
	}
	status = uint16(n)
	switch {
	case status < 200 || status == 401 || status == 407:
		return kindOther, status, ""
	case string(name) == "MESSAGE":
		return kindMessage, status, ""
	case status >= 300 && invite:
		return kindAttempt, status, ""
	case status >= 300:
		return kindOther, status, ""
	case r.told(duration) && r.told(created):
		return kindCall, status, ""
	}
	return kindAnswer, status, ""
}

func isMethod(b []byte) bool {
	for _, c := range b {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 16
}

// row reads the fields into out, which then points into r.base, unless the line is of no
// interest.
func (r *record) row(out *decode.Row, clock *decode.Clock) (k kind, problem string) {
	k, status, problem := r.kind()
	if problem != "" || k == kindOther {
		return k, problem
	}
	out.Base, out.At = r.base, [decode.Columns]cdr.Span{}
	out.Reset()
	out.Direction = decode.Both
	switch {
	case k == kindCall && r.told(began):
		problem = r.dialog(out, clock)
	case k == kindCall:
		problem = r.call(out, clock)
	default:
		problem = r.event(out, clock, k, status)
	}
	if problem == "" {
		problem = r.identify(out, k, status)
	}
	if problem == "" && k != kindEnd {
		out.At[decode.CallingNumber], out.At[decode.CalledNumber] = r.party(calling), r.party(called)
		out.Trim()
	}
	return k, problem
}

// event reads an answer, an end, an attempt or a message.
func (r *record) event(out *decode.Row, clock *decode.Clock, k kind, status uint16) (problem string) {
	if problem = r.start(out, clock); problem != "" {
		return problem
	}
	switch k {
	case kindMessage:
		out.Service = cdr.SMS
		out.Outcome = decode.OutcomeOfSIP(status)
	case kindAnswer: // answered is the call, once its end is known
		return r.rang(out)
	case kindAttempt:
		out.Outcome = decode.OutcomeOfSIP(status)
		return r.rang(out)
	}
	return ""
}

// start reads the time of the event.
func (r *record) start(out *decode.Row, clock *decode.Clock) (problem string) {
	f := when
	if r.told(exactly) && (!r.told(when) || bytes.HasPrefix(r.text(exactly), r.text(when))) {
		f = exactly
	}
	if out.Start, out.Offset, problem = clock.Parse(r.text(f)); problem != "" {
		return decode.Reason("time", r.text(f), problem)
	}
	if f == when && r.told(micros) {
		n, problem := decode.Integer(r.text(micros))
		if problem == "" && n > 999_999 {
			problem = "is more than a second"
		}
		if problem != "" {
			return decode.Reason("time_exten", r.text(micros), problem)
		}
		out.Start = out.Start/1000*1000 + cdr.Millis(n/1000)
	}
	return ""
}

// rang moves the start from the answer to the INVITE, where both are told.
func (r *record) rang(out *decode.Row) (problem string) {
	if !r.told(created) {
		return ""
	}
	n, problem := decode.Integer(r.text(created))
	if problem != "" {
		return decode.Reason("created", r.text(created), problem)
	}
	if ring := out.Start - cdr.Millis(n*1000); n > 0 && ring >= 0 && ring <= maxRing {
		out.Start, out.RingMS = out.Start-ring, uint32(ring)
	}
	return ""
}

// maxRing is how long a call may ring, a day: a created of longer ago is none.
const maxRing = 24 * 60 * 60 * 1000

// call reads a call of OpenSIPS.
func (r *record) call(out *decode.Row, clock *decode.Clock) (problem string) {
	if problem = r.start(out, clock); problem != "" {
		return problem
	}
	out.Outcome = cdr.Answered
	if problem = r.talked(out); problem != "" {
		return problem
	}
	return r.rang(out)
}

// talked reads the conversation, from milliseconds where they are told.
func (r *record) talked(out *decode.Row) (problem string) {
	if r.told(msDuration) {
		n, problem := decode.Integer(r.text(msDuration))
		if problem == "" && n > maxTalk {
			problem = "is out of range"
		}
		if problem != "" {
			return decode.Reason("ms_duration", r.text(msDuration), problem)
		}
		out.TalkMS = uint32(n)
		return ""
	}
	if out.TalkMS, problem = decode.Seconds(r.text(duration)); problem != "" {
		return decode.Reason("duration", r.text(duration), problem)
	}
	return ""
}

const maxTalk = decode.MaxSeconds * 1000 // milliseconds

// dialog reads a call of Kamailio.
func (r *record) dialog(out *decode.Row, clock *decode.Clock) (problem string) {
	if out.Start, out.Offset, problem = clock.Parse(r.text(began)); problem != "" {
		return decode.Reason("start_time", r.text(began), problem)
	}
	end, _, problem := clock.Parse(r.text(ended))
	if problem != "" {
		return decode.Reason("end_time", r.text(ended), problem)
	}
	if problem = r.talked(out); problem != "" {
		return problem
	}
	if end > out.Start || out.TalkMS > 0 {
		out.Outcome = cdr.Answered
		return ""
	}
	out.Outcome = cdr.NoAnswer
	if n, bad := decode.Integer(r.text(code)); bad == "" && n >= 300 && n < 700 {
		out.Outcome = decode.OutcomeOfSIP(uint16(n))
	}
	return ""
}
