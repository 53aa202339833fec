package tap

import (
	"bytes"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// record is an event on its way to a row. It is reused from event to event.
type record struct {
	event
	row   decode.Row
	text  []byte // what the texts of row stand in
	notes [decode.Notes]int
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
	r.event, r.notes = event{}, [decode.Notes]int{}
	r.row.At, r.text = [decode.Columns]cdr.Span{}, text
	r.row.Reset()
	if p := r.walk(content, l.wholesale, 0); p != ber.None {
		return "an element in the event: " + string(p)
	}
	if r.strange > 0 {
		r.notes[decode.UnknownTag] = r.strange
	}
	if problem = r.common(l, k); problem == "" {
		problem = r.parties(k)
	}
	r.row.Base = r.text
	return problem
}

// common reads what every kind of event has.
func (r *record) common(l *layout, k kind) (problem string) {
	v := &r.row.Values
	v.Outcome = cdr.Answered
	switch k {
	case gprsCall:
		v.Service, v.Direction = cdr.Data, decode.Originating
	case messaging:
		v.Service = cdr.SMS
	case moCall, mtCall:
		if isSMS(r.at[teleService]) {
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
	if problem = r.place(); problem != "" {
		return problem
	}
	r.network(l)
	r.identify(l, k)
	return r.price(l)
}

// network is the TADIG code of the network that the subscriber was in: the sender's,
// unless the event tells another.
func (r *record) network(l *layout) {
	code := l.sender
	if b := bytes.TrimSpace(r.at[servingNetwork]); decode.IsTADIG(b) {
		code = b
	}
	if !bytes.Equal(code, l.recipient) {
		r.ascii(decode.VisitedPLMN, code)
	}
}

// isSMS tells the teleservices 20 to 22, all short message services.
func isSMS(code []byte) bool {
	code = bytes.TrimSpace(code)
	return len(code) == 2 && code[0] == '2' && code[1] <= '2'
}

// served reads the identities of who is charged.
func (r *record) served() string {
	if b := r.at[imsi]; len(b) > 0 {
		if t := r.bcd(decode.IMSI, b); !allDigits(t) || len(t) > 16 {
			return decode.Reason("imsi", t, "is not the digits of one")
		}
	}
	r.bcd(decode.IMEI, r.at[imei])
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
	v := &r.row.Values
	if v.Offset, ok = l.offsets[code]; !ok {
		return "utcTimeOffsetCode: " + strconv.FormatUint(code, 10) + " is not in the file's table of offsets"
	}
	if v.Start, problem = decode.Compact(r.local, v.Offset); problem != "" {
		return decode.Reason("localTimeStamp", r.local, problem)
	}
	return ""
}

// place is the cell.
func (r *record) place() string {
	if len(r.at[cell]) == 0 {
		return ""
	}
	from := len(r.text)
	if b := r.at[lac]; len(b) > 0 {
		n, ok := ber.Uint(b)
		if !ok {
			return decode.Reason("locationArea", b, notNatural)
		}
		r.text = append(strconv.AppendUint(r.text, n, 10), '-')
	}
	n, ok := ber.Uint(r.at[cell])
	if !ok {
		return decode.Reason("cellId", r.at[cell], notNatural)
	}
	r.text = strconv.AppendUint(r.text, n, 10)
	r.set(decode.CellID, from)
	return ""
}

// price is the sum of the charges, where they are wanted.
func (r *record) price(l *layout) string {
	var ok bool
	switch {
	case r.badPrice != nil:
		return decode.Reason("charge", r.badPrice, notNatural)
	case r.units == 0:
	case l.decimals < 0:
		return "charge: the file does not say tapDecimalPlaces"
	default:
		if r.row.Charge, ok = micros(r.units, l.decimals); !ok {
			return "charge: " + strconv.FormatUint(r.units, 10) + " is out of range"
		}
	}
	return ""
}

// identify makes the event known by what it tells, but its charge.
func (r *record) identify(l *layout, k kind) {
	id := cdr.Mix(l.hash + uint64(k))
	id = cdr.Mix(id ^ uint64(r.row.Start))
	for m := imsi; m < keptEnd; m++ {
		if b := r.at[m]; len(b) > 0 {
			id = cdr.Mix(id + cdr.Hash(b) ^ uint64(m))
		}
	}
	r.row.ID = max(id, 1)
}

// set makes the text that begins at from the column c.
func (r *record) set(c decode.Column, from int) []byte {
	r.row.At[c] = cdr.Span{Off: uint32(from), Len: uint32(len(r.text) - from)}
	return r.text[from:]
}

// bcd makes the digits of b the column c.
func (r *record) bcd(c decode.Column, b []byte) []byte {
	from := len(r.text)
	r.text = decode.AppendBCD(r.text, b)
	return r.set(c, from)
}

// ascii makes b without spaces around it the column c.
func (r *record) ascii(c decode.Column, b []byte) []byte {
	from := len(r.text)
	r.text = append(r.text, bytes.TrimSpace(b)...)
	return r.set(c, from)
}

const notNatural = "is no number, or negative"

func allDigits(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 {
			return false
		}
	}
	return len(b) > 0
}
