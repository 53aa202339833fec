package nrtrde

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
	"github.com/cdrstream/cdrstream/engine/decode/roaming"
)

// record is an event on its way to a row. It is reused from event to event.
type record struct {
	roaming.Draft
	at [keptEnd][]byte // contents, by member
}

// read makes the row of the event of kind k with this content, and appends its texts
// to text. The problem is why it is rejected.
func (r *record) read(l *layout, k kind, content, text []byte) (problem string) {
	r.at = [keptEnd][]byte{}
	r.Begin(text)
	if p := r.walk(content, 0); p != ber.None {
		return "an element in the event: " + string(p)
	}
	problem = r.values(l, k)
	r.End()
	return problem
}

// walk collects the members in content. Of several of a kind the first counts. The
// only group is the choice of a service code.
func (r *record) walk(content []byte, depth int) ber.Problem {
	w := ber.Walk(content)
	for w.Next() {
		m := unknown
		if n := w.Tag.Number(); w.Tag.Class() == 1 && n < uint32(len(members)) {
			m = members[n]
		}
		switch {
		case m >= imsi:
			if len(r.at[m]) == 0 {
				r.at[m] = w.Content
			}
		case m == group && depth == 0:
			if p := r.walk(w.Content, 1); p != ber.None {
				return p
			}
		case m != unused:
			r.Note(decode.UnknownTag)
		}
	}
	return w.Problem
}

// values reads the members.
func (r *record) values(l *layout, k kind) (problem string) {
	v := &r.Row.Values
	v.Outcome, v.Direction = cdr.Answered, decode.Originating
	switch {
	case k == gprs:
		v.Service = cdr.Data
	case roaming.IsSMS(r.at[teleService]):
		v.Service = cdr.SMS
	}
	if k == mtc {
		v.Direction = decode.Terminating
	}
	if problem = r.parties(k); problem != "" {
		return problem
	}
	if problem = r.time(); problem != "" {
		return problem
	}
	if problem = r.usage(); problem != "" {
		return problem
	}
	if problem = r.Cell(r.at[lac], r.at[cell]); problem != "" {
		return problem
	}
	r.Network(l.sender, l.recipient, r.at[servingNetwork])
	r.identify(l, k)
	if !l.wholesale {
		return ""
	}
	return r.price()
}

// parties reads who is served, and with whom.
func (r *record) parties(k kind) (problem string) {
	if len(r.at[imsi])+len(r.at[msisdn]) == 0 {
		return "imsi: is missing, and msisdn is too"
	}
	if problem = r.IMSI(r.at[imsi]); problem != "" {
		return problem
	}
	r.BCD(decode.IMEI, r.at[imei])
	v := &r.Row.Values
	served, international := decode.CallingNumber, &v.CallingInternational
	if k == mtc {
		served, international = decode.CalledNumber, &v.CalledInternational
		v.CallingInternational = roaming.E164(r.ASCII(decode.CallingNumber, r.at[callingNumber]))
	} else if len(r.at[connectedNumber]) > 0 {
		v.CalledInternational = roaming.E164(r.ASCII(decode.CalledNumber, r.at[connectedNumber]))
	} else {
		r.ASCII(decode.CalledNumber, r.at[dialledDigits])
	}
	if b := r.at[msisdn]; len(b) > 0 {
		if *international, problem = r.MSISDN(served, b); problem != "" {
			return problem
		}
	}
	v.Forwarded = k == moc && roaming.IsForwarding(r.at[supplCode])
	return ""
}

// time reads the start: local time and its offset.
func (r *record) time() (problem string) {
	if len(r.at[start]) == 0 {
		return "callEventStartTimeStamp: is missing"
	}
	v, ok := &r.Row.Values, false
	if v.Offset, ok = decode.CompactOffset(r.at[offset]); !ok {
		return decode.Reason("utcTimeOffset", r.at[offset], "is no offset such as +0200")
	}
	if v.Start, problem = decode.Compact(r.at[start], v.Offset); problem != "" {
		return decode.Reason("callEventStartTimeStamp", r.at[start], problem)
	}
	return ""
}

// identify makes the event known by what it tells, but its charge.
func (r *record) identify(l *layout, k kind) {
	id := cdr.Mix(l.hash + uint64(k))
	for m := imsi; m < charge; m++ {
		if b := r.at[m]; len(b) > 0 {
			id = cdr.Mix(id + cdr.Hash(b) ^ uint64(m))
		}
	}
	r.Row.ID = max(id, 1)
}
