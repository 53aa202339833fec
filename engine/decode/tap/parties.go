package tap

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// parties reads who spoke with whom.
func (r *record) parties(k kind) string {
	v := &r.row.Values
	switch k {
	case moCall:
		v.Direction = decode.Originating
		v.Forwarded = r.forwarded()
		v.CalledInternational = r.dialled()
	case mtCall:
		v.Direction = decode.Terminating
		v.CallingInternational = r.caller()
	case messaging:
		v.Direction = r.direction(r.at[messageService])
		r.other()
		r.ascii(decode.RecordID, r.at[eventReference])
	case session:
		v.Direction = r.direction(r.at[sessionService])
		r.other()
		r.ascii(decode.RecordID, r.at[eventReference])
	}
	return r.charged()
}

// charged makes who is charged the party of the record's leg: by MSISDN, an identity of
// IMS, or the numbers of American systems. With none of them the IMSI stands for it.
func (r *record) charged() string {
	c, international := decode.CallingNumber, &r.row.CallingInternational
	if r.row.Direction == decode.Terminating {
		c, international = decode.CalledNumber, &r.row.CalledInternational
	}
	switch {
	case len(r.at[msisdn]) > 0:
		t := r.bcd(c, r.at[msisdn])
		if !allDigits(t) {
			return decode.Reason("msisdn", t, "is not the digits of one")
		}
		*international = e164(t)
	case len(r.at[publicUserID]) > 0:
		r.ascii(c, r.at[publicUserID])
	case len(r.at[mdn]) > 0:
		r.ascii(c, r.at[mdn])
	case len(r.at[minNumber]) > 0 && len(r.at[imsi]) == 0:
		r.ascii(c, r.at[minNumber])
	}
	return ""
}

// dialled is the called party of a call or SMS.
func (r *record) dialled() (international bool) {
	sms := r.row.Service == cdr.SMS
	switch {
	case sms && len(r.at[smsDestination]) > 0:
		return e164(r.ascii(decode.CalledNumber, r.at[smsDestination]))
	case len(r.at[calledNumber]) > 0:
		return e164(r.bcd(decode.CalledNumber, r.at[calledNumber]))
	case len(r.at[dialledDigits]) > 0:
		r.ascii(decode.CalledNumber, r.at[dialledDigits])
	case len(r.at[smsDestination]) > 0:
		return e164(r.ascii(decode.CalledNumber, r.at[smsDestination]))
	}
	return false
}

// caller is the calling party of a call or SMS.
func (r *record) caller() (international bool) {
	sms := r.row.Service == cdr.SMS
	switch {
	case sms && len(r.at[smsOriginator]) > 0:
		return e164(r.ascii(decode.CallingNumber, r.at[smsOriginator]))
	case len(r.at[callingNumber]) > 0:
		return e164(r.bcd(decode.CallingNumber, r.at[callingNumber]))
	case len(r.at[smsOriginator]) > 0:
		return e164(r.ascii(decode.CallingNumber, r.at[smsOriginator]))
	}
	return false
}

// other is the party of a session or message that is not charged.
func (r *record) other() {
	c, international := decode.CalledNumber, &r.row.CalledInternational
	if r.row.Direction == decode.Terminating {
		c, international = decode.CallingNumber, &r.row.CallingInternational
	}
	switch {
	case len(r.at[otherNumber]) > 0:
		*international = e164(r.bcd(c, r.at[otherNumber]))
	case len(r.at[otherUserID]) > 0:
		r.ascii(c, r.at[otherUserID])
	}
}

// direction reads a service of IMS: 1 originating, 2 terminating. Another is taken for
// originating, since who is charged began most things, and is noted.
func (r *record) direction(service []byte) decode.Direction {
	switch n, _ := ber.Uint(service); n {
	case 1:
		return decode.Originating
	case 2:
		return decode.Terminating
	}
	r.note(decode.UnknownValue)
	return decode.Originating
}

// forwarded tells a call that the subscriber did not make but had forwarded: its
// supplementary service is one of call forwarding (3GPP TS 29.002, SS-Code).
func (r *record) forwarded() bool {
	switch string(bytes.TrimSpace(r.at[supplCode])) {
	case "20", "21", "28", "29", "2A", "2B", "2a", "2b":
		return true
	}
	return false
}

// e164 reports whether digits can be a number in international form: short codes and
// what begins with 0 are not, whatever field they stand in.
func e164(digits []byte) bool {
	return len(digits) > 6 && digits[0] != '0' && allDigits(digits)
}
