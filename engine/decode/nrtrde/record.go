package nrtrde

import (
	"bytes"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// record is an event on its way to a row. It is reused from event to event.
type record struct {
	at    [keptEnd][]byte // contents, by member
	row   decode.Row
	text  []byte // what the texts of row stand in
	notes [decode.Notes]int
}

// read makes the row of the event of kind k with this content, and appends its texts
// to text. The problem is why it is rejected.
func (r *record) read(l *layout, k kind, content, text []byte) (problem string) {
	r.at, r.notes = [keptEnd][]byte{}, [decode.Notes]int{}
	r.row.At, r.text = [decode.Columns]cdr.Span{}, text
	r.row.Reset()
	if p := r.walk(content, 0); p != ber.None {
		return "an element in the event: " + string(p)
	}
	problem = r.values(l, k)
	r.row.Base = r.text
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
			r.note(decode.UnknownTag)
		}
	}
	return w.Problem
}

// values reads the members.
func (r *record) values(l *layout, k kind) (problem string) {
	v := &r.row.Values
	v.Outcome, v.Direction = cdr.Answered, decode.Originating
	switch {
	case k == gprs:
		v.Service = cdr.Data
	case isSMS(r.at[teleService]):
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
	if problem = r.cell(); problem != "" {
		return problem
	}
	r.network(l)
	r.identify(l, k)
	if !l.wholesale {
		return ""
	}
	return r.price()
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

// parties reads who is served, and with whom.
func (r *record) parties(k kind) string {
	if len(r.at[imsi])+len(r.at[msisdn]) == 0 {
		return "imsi: is missing, and msisdn is too"
	}
	if b := r.at[imsi]; len(b) > 0 {
		if t := r.bcd(decode.IMSI, b); !allDigits(t) || len(t) > 16 {
			return decode.Reason("imsi", t, "is not the digits of one")
		}
	}
	r.bcd(decode.IMEI, r.at[imei])
	v := &r.row.Values
	served, international := decode.CallingNumber, &v.CallingInternational
	if k == mtc {
		served, international = decode.CalledNumber, &v.CalledInternational
		v.CallingInternational = e164(r.ascii(decode.CallingNumber, r.at[callingNumber]))
	} else if len(r.at[connectedNumber]) > 0 {
		v.CalledInternational = e164(r.ascii(decode.CalledNumber, r.at[connectedNumber]))
	} else {
		r.ascii(decode.CalledNumber, r.at[dialledDigits])
	}
	if b := r.at[msisdn]; len(b) > 0 {
		t := r.bcd(served, b)
		if !allDigits(t) {
			return decode.Reason("msisdn", t, "is not the digits of one")
		}
		*international = e164(t)
	}
	v.Forwarded = k == moc && forwarding(r.at[supplCode])
	return ""
}

// forwarding tells the supplementary services of call forwarding (3GPP TS 29.002,
// SS-Code): the subscriber did not make the call, but had it forwarded.
func forwarding(code []byte) bool {
	switch string(bytes.TrimSpace(code)) {
	case "20", "21", "28", "29", "2A", "2B", "2a", "2b":
		return true
	}
	return false
}

// time reads the start: local time and its offset.
func (r *record) time() (problem string) {
	if len(r.at[start]) == 0 {
		return "callEventStartTimeStamp: is missing"
	}
	v, ok := &r.row.Values, false
	if v.Offset, ok = decode.CompactOffset(r.at[offset]); !ok {
		return decode.Reason("utcTimeOffset", r.at[offset], "is no offset such as +0200")
	}
	if v.Start, problem = decode.Compact(r.at[start], v.Offset); problem != "" {
		return decode.Reason("callEventStartTimeStamp", r.at[start], problem)
	}
	return ""
}

// cell is LAC-CI, or CI.
func (r *record) cell() string {
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

// identify makes the event known by what it tells, but its charge.
func (r *record) identify(l *layout, k kind) {
	id := cdr.Mix(l.hash + uint64(k))
	for m := imsi; m < charge; m++ {
		if b := r.at[m]; len(b) > 0 {
			id = cdr.Mix(id + cdr.Hash(b) ^ uint64(m))
		}
	}
	r.row.ID = max(id, 1)
}

// note counts something odd about the event.
func (r *record) note(n decode.Note) { r.notes[n]++ }

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

func allDigits(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 {
			return false
		}
	}
	return len(b) > 0
}

// e164 reports whether digits can be a number in international form: short codes and
// what begins with 0 are not, whatever field they stand in.
func e164(digits []byte) bool {
	return len(digits) > 6 && digits[0] != '0' && allDigits(digits)
}
