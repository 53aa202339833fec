package tap

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
	"github.com/cdrstream/cdrstream/engine/decode/roaming"
)

// parties reads who spoke with whom.
func (r *record) parties(k kind) string {
	v := &r.Row.Values
	switch k {
	case moCall:
		v.Direction = decode.Originating
		v.Forwarded = roaming.IsForwarding(r.at[supplCode])
		v.CalledInternational = r.dialled()
	case mtCall:
		v.Direction = decode.Terminating
		v.CallingInternational = r.caller()
	case messaging:
		v.Direction = r.direction(r.at[messageService])
		r.other()
		r.ASCII(decode.RecordID, r.at[eventReference])
	case session:
		v.Direction = r.direction(r.at[sessionService])
		r.other()
		r.ASCII(decode.RecordID, r.at[eventReference])
	}
	return r.charged()
}

// charged makes who is charged the party of the record's leg: by MSISDN, an identity of
// IMS, or the numbers of American systems. With none of them the IMSI stands for it.
func (r *record) charged() (problem string) {
	c, international := decode.CallingNumber, &r.Row.CallingInternational
	if r.Row.Direction == decode.Terminating {
		c, international = decode.CalledNumber, &r.Row.CalledInternational
	}
	switch {
	case len(r.at[msisdn]) > 0:
		*international, problem = r.MSISDN(c, r.at[msisdn])
	case len(r.at[publicUserID]) > 0:
		r.ASCII(c, r.at[publicUserID])
	case len(r.at[mdn]) > 0:
		r.ASCII(c, r.at[mdn])
	case len(r.at[minNumber]) > 0 && len(r.at[imsi]) == 0:
		r.ASCII(c, r.at[minNumber])
	}
	return problem
}

// dialled is the called party of a call or SMS.
func (r *record) dialled() (international bool) {
	sms := r.Row.Service == cdr.SMS
	switch {
	case sms && len(r.at[smsDestination]) > 0:
		return roaming.E164(r.ASCII(decode.CalledNumber, r.at[smsDestination]))
	case len(r.at[calledNumber]) > 0:
		return roaming.E164(r.BCD(decode.CalledNumber, r.at[calledNumber]))
	case len(r.at[dialledDigits]) > 0:
		r.ASCII(decode.CalledNumber, r.at[dialledDigits])
	case len(r.at[smsDestination]) > 0:
		return roaming.E164(r.ASCII(decode.CalledNumber, r.at[smsDestination]))
	}
	return false
}

// caller is the calling party of a call or SMS.
func (r *record) caller() (international bool) {
	sms := r.Row.Service == cdr.SMS
	switch {
	case sms && len(r.at[smsOriginator]) > 0:
		return roaming.E164(r.ASCII(decode.CallingNumber, r.at[smsOriginator]))
	case len(r.at[callingNumber]) > 0:
		return roaming.E164(r.BCD(decode.CallingNumber, r.at[callingNumber]))
	case len(r.at[smsOriginator]) > 0:
		return roaming.E164(r.ASCII(decode.CallingNumber, r.at[smsOriginator]))
	}
	return false
}

// other is the party of a session or message that is not charged. Where a session tells
// none, that is who the subscriber asked for.
func (r *record) other() {
	c, international := decode.CalledNumber, &r.Row.CalledInternational
	if r.Row.Direction == decode.Terminating {
		c, international = decode.CallingNumber, &r.Row.CallingInternational
	}
	switch {
	case len(r.at[otherNumber]) > 0:
		*international = roaming.E164(r.BCD(c, r.at[otherNumber]))
	case len(r.at[otherUserID]) > 0:
		r.ASCII(c, r.at[otherUserID])
	case r.Row.Direction == decode.Terminating: // what was asked for was the subscriber
	case len(r.at[requestedNumber]) > 0:
		*international = roaming.E164(r.BCD(c, r.at[requestedNumber]))
	case len(r.at[requestedUserID]) > 0:
		r.ASCII(c, r.at[requestedUserID])
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
	r.Note(decode.UnknownValue)
	return decode.Originating
}
