package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// moSMS is a message from a subscriber of the switch.
func (r *record) moSMS(body []byte) (problem string) {
	if problem = r.message(moSMSMembers, "originationTime", body, decode.Originating); problem != "" {
		return problem
	}
	r.directory(decode.CallingNumber, r.get(servedMSISDN))
	if to := r.get(destinationNumber); to != nil {
		r.address(decode.CalledNumber, to)
	} else {
		r.address(decode.CalledNumber, ber.Find(r.get(camelSMS), ber.Context(6)))
	}
	return ""
}

// mtSMS is a message to a subscriber of the switch. Who sent it is told by CAMEL alone:
// a number, or a name in the way of addresses of short messages (TS 29.078).
func (r *record) mtSMS(body []byte) (problem string) {
	if problem = r.message(mtSMSMembers, "deliveryTime", body, decode.Terminating); problem != "" {
		return problem
	}
	if from := ber.Find(r.get(camelSMS), ber.Context(5)); len(from) > 0 && from[0]>>4&7 == alphanumeric {
		r.address(decode.CallingNumber, from)
	} else {
		r.directory(decode.CallingNumber, from)
	}
	r.directory(decode.CalledNumber, r.get(servedMSISDN))
	return ""
}

// smsInterworking and smsGateway are messages on their way to and from a service centre,
// which the switches of their subscribers record.
func (r *record) smsInterworking(body []byte) (problem string) {
	return r.message(smsInterworkingMembers, "eventTime", body, decode.NoLegs)
}

func (r *record) smsGateway(body []byte) (problem string) {
	if problem = r.message(smsGatewayMembers, "eventTime", body, decode.NoLegs); problem == "" {
		r.directory(decode.CalledNumber, r.get(servedMSISDN))
	}
	return problem
}

// message reads what the records of short messages have in common. smsResult is an
// error: there is none where the message was delivered.
func (r *record) message(m members, when string, body []byte, d decode.Direction) (problem string) {
	if problem = r.event(m, when, body, d); problem != "" {
		return problem
	}
	v := &r.row.Values
	v.Service, v.Outcome = cdr.SMS, cdr.Answered
	if r.has(smsResult) {
		v.Cause, _ = r.diagnose(r.of(smsResult))
		v.Outcome = cdr.Failed
	}
	return ""
}

// event reads a record of what takes no time. when is the name of its time.
func (r *record) event(m members, when string, body []byte, d decode.Direction) (problem string) {
	if problem = r.walk(m, body); problem != "" {
		return problem
	}
	if !r.has(eventTime) {
		return when + ": is missing"
	}
	at, offset, problem := timestamp(r.of(eventTime))
	if problem != "" {
		return reason(when, r.of(eventTime), problem)
	}
	r.row.Start, r.row.Offset, r.row.Direction = at, offset, d
	r.served()
	return ""
}

// What subscribers do that is no call and no message.

func (r *record) ssAction(body []byte) (problem string) {
	return r.action(ssActionMembers, "ssActionTime", body)
}

func (r *record) hlrInt(body []byte) (problem string) {
	return r.action(hlrIntMembers, "interrogationTime", body)
}

func (r *record) locUpdateHLR(body []byte) (problem string) {
	return r.action(locUpdateHLRMembers, "updateTime", body)
}

func (r *record) locUpdateVLR(body []byte) (problem string) {
	return r.action(locUpdateVLRMembers, "updateTime", body)
}

// action reads a record of a subscriber that carries no leg.
func (r *record) action(m members, when string, body []byte) (problem string) {
	if problem = r.event(m, when, body, decode.NoLegs); problem != "" {
		return problem
	}
	r.directory(decode.CallingNumber, r.get(servedMSISDN))
	r.skip = r.row.At[decode.CallingNumber].Len|r.row.At[decode.IMSI].Len == 0
	return ""
}
