package tap

import (
	"strconv"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
	"github.com/cdrstream/cdrstream/engine/decode/roaming"
)

// record is an event on its way to a row. It is reused from event to event.
type record struct {
	roaming.Draft
	event
}

// folded reports whether events of kind k become rows.
func (k kind) folded() bool {
	switch k {
	case moCall, mtCall, gprsCall, messaging, session:
		return true
	}
	return false
}

// read makes the row of the event of kind k with this content, and appends its texts
// to text. The problem is why it is rejected.
func (r *record) read(l *layout, k kind, content, text []byte) (problem string) {
	r.event = event{}
	r.Begin(text)
	if p := r.walk(content, l.wholesale, 0); p != ber.None {
		return "an element in the event: " + string(p)
	}
	for range r.strange {
		r.Note(decode.UnknownTag)
	}
	if problem = r.common(l, k); problem == "" {
		problem = r.parties(k)
	}
	r.End()
	return problem
}

// common reads what every kind of event has.
func (r *record) common(l *layout, k kind) (problem string) {
	v := &r.Row.Values
	v.Outcome = cdr.Answered
	switch k {
	case gprsCall:
		v.Service, v.Direction = cdr.Data, decode.Originating
	case messaging:
		v.Service = cdr.SMS
	case moCall, mtCall:
		if roaming.IsSMS(r.at[teleService]) {
			v.Service = cdr.SMS
		}
	}
	if problem = r.served(); problem != "" {
		return problem
	}
	if problem = r.time(l); problem != "" {
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
	return r.price(l)
}

// served reads the identities of who is charged.
func (r *record) served() (problem string) {
	if problem = r.IMSI(r.at[imsi]); problem != "" {
		return problem
	}
	r.BCD(decode.IMEI, r.at[imei])
	if len(r.at[imsi])+len(r.at[msisdn])+len(r.at[publicUserID])+len(r.at[mdn])+len(r.at[minNumber]) == 0 {
		return "chargeableSubscriber: it has neither IMSI nor number"
	}
	return ""
}

// time reads the start: local time, and the offset of its code.
func (r *record) time(l *layout) (problem string) {
	if len(r.local) == 0 {
		return "localTimeStamp: the start is missing"
	}
	code, ok := ber.Uint(r.code)
	if !ok {
		return "utcTimeOffsetCode: that of the start is missing, or no code"
	}
	v := &r.Row.Values
	if v.Offset, ok = l.offsets[code]; !ok {
		return "utcTimeOffsetCode: " + strconv.FormatUint(code, 10) + " is not in the file's table of offsets"
	}
	if v.Start, problem = decode.Compact(r.local, v.Offset); problem != "" {
		return decode.Reason("localTimeStamp", r.local, problem)
	}
	return ""
}

// price is the sum of the charges, where they are wanted.
func (r *record) price(l *layout) string {
	var ok bool
	switch {
	case r.badPrice != nil:
		return decode.Reason("charge", r.badPrice, roaming.NotNatural)
	case r.units == 0:
	case l.decimals < 0:
		return "charge: the file does not say tapDecimalPlaces"
	default:
		if r.Row.Charge, ok = micros(r.units, l.decimals); !ok {
			return "charge: " + strconv.FormatUint(r.units, 10) + " is out of range"
		}
	}
	return ""
}

// identify makes the event known by what it tells, but its charge.
func (r *record) identify(l *layout, k kind) {
	id := cdr.Mix(l.hash + uint64(k))
	id = cdr.Mix(id ^ uint64(r.Row.Start))
	for m := imsi; m < keptEnd; m++ {
		if b := r.at[m]; len(b) > 0 {
			id = cdr.Mix(id + cdr.Hash(b) ^ uint64(m))
		}
	}
	r.Row.ID = max(id, 1)
}
