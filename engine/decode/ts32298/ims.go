package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// What is read of the records of the IMS.
const (
	imsMethod field = iota + 1
	imsRole
	imsSession
	imsCalling
	imsCalled
	imsRequested
	imsPrivate // identity of the subscriber to the network
	imsRequest // when the service was asked for
	imsAnswer  // serviceDeliveryStartTimeStamp
	imsEnd     // serviceDeliveryEndTimeStamp
	imsRequestMS
	imsAnswerMS
	imsEndMS
	imsOpening
	imsClosure
	imsSequence
	imsCause
	imsCharging // ICID: one for all records of a call
	imsCode     // serviceReasonReturnCode
	imsReasons  // Reason headers
	imsAccess
	imsCellular
	imsSubscriptions
	imsVisited
	imsInstance
	imsEquipment
	imsServices // mMTelInformation
)

// The members that are used have the same numbers in the records of all nodes, TS 32.298
// clause 5.2.3.1 and 5.2.3.6 as of Release 18, but for who was asked for first: MRFC and
// application servers tell that under numbers of their own.
var (
	imsMembers = members{
		2: imsMethod, 3: imsRole, 5: imsSession, 6: imsCalling, 7: imsCalled, 8: imsPrivate, 9: imsRequest, 10: imsAnswer,
		11: imsEnd, 12: imsOpening, 13: imsClosure, 16: imsSequence, 17: imsCause, 19: imsCharging, 23: imsCode,
		29: imsAccess, 31: imsSubscriptions, 37: imsRequestMS, 38: imsAnswerMS, 39: imsEndMS, 41: imsRequested,
		54: imsVisited, 55: imsReasons, 57: imsInstance, 58: imsEquipment, 64: imsCellular, 109: unused,
	}
	asMembers = members{
		2: imsMethod, 3: imsRole, 5: imsSession, 6: imsCalling, 7: imsCalled, 8: imsPrivate, 9: imsRequest, 10: imsAnswer,
		11: imsEnd, 12: imsOpening, 13: imsClosure, 16: imsSequence, 17: imsCause, 19: imsCharging, 23: imsCode,
		29: imsAccess, 31: imsSubscriptions, 37: imsRequestMS, 38: imsAnswerMS, 39: imsEndMS,
		54: imsVisited, 55: imsReasons, 57: imsInstance, 58: imsEquipment, 64: imsCellular, 101: imsRequested, 113: unused,
	}
	mmtelMembers = members{
		2: imsMethod, 3: imsRole, 5: imsSession, 6: imsCalling, 7: imsCalled, 9: imsRequest, 10: imsAnswer,
		11: imsEnd, 12: imsOpening, 13: imsClosure, 16: imsSequence, 17: imsCause, 19: imsCharging, 23: imsCode,
		29: imsAccess, 31: imsSubscriptions, 37: imsRequestMS, 38: imsAnswerMS, 39: imsEndMS,
		54: imsVisited, 55: imsReasons, 57: imsInstance, 58: imsEquipment, 64: imsCellular, 101: imsRequested,
		110: imsServices, 113: unused,
	}
)

// One call leaves a record at every node that it passes. Those of the servers that give
// the subscriber his service count, for either side; the others carry no leg.

func (r *record) mmtel(body []byte) string {
	return r.ims(mmtelMembers, body, decode.DirectionDefault)
}

func (r *record) applicationServer(body []byte) string {
	return r.ims(asMembers, body, decode.DirectionDefault)
}

func (r *record) imsNode(body []byte) string {
	return r.ims(imsMembers, body, decode.NoLegs)
}

// ims reads the record of a session, of a slice of one, or of a message. d is NoLegs
// where the role of the node does not decide.
func (r *record) ims(m members, body []byte, d decode.Direction) (problem string) {
	if problem = r.walk(m, body); problem != "" {
		return problem
	}
	row := &r.row
	service, ok := r.method(r.get(imsMethod))
	if r.skip = !ok; r.skip {
		return ""
	}
	row.Service = service
	if row.Partial, problem = r.partial("recordSequenceNumber", imsSequence); problem != "" {
		return problem
	}
	end, problem := r.imsEnding()
	if problem != "" {
		return problem
	}
	if end.partial && row.Partial == 0 {
		row.Partial = 1
	}
	if problem = r.imsTimes(end); problem != "" {
		return problem
	}
	end.decide(&row.Values)
	if d == decode.DirectionDefault {
		d = r.role(r.get(imsRole))
	}
	s := r.subscriptions()
	r.imsParties(d, &s, r.get(imsServices))
	r.imsServed()
	row.ID = r.imsID()
	return ""
}

// method is the service of a SIP method; ok is false for those that are not used by one
// subscriber to reach another. A session without one was an INVITE.
func (r *record) method(b []byte) (s cdr.Service, ok bool) {
	switch string(b) {
	case "", "INVITE", "BYE", "CANCEL", "ACK", "UPDATE", "PRACK", "REFER":
		return cdr.Voice, true
	case "MESSAGE":
		return cdr.SMS, true
	case "REGISTER", "SUBSCRIBE", "NOTIFY", "PUBLISH", "OPTIONS", "INFO":
	default:
		r.note(decode.UnknownValue)
	}
	return 0, false
}

// role is the direction of a Role-of-Node. Without one, the record is of the whole call.
func (r *record) role(b []byte) decode.Direction {
	n, ok := ber.Uint(b)
	switch {
	case ok && n == 0:
		return decode.Originating
	case ok && n == 1:
		return decode.Terminating
	case b != nil:
		r.note(decode.UnknownValue)
	}
	return decode.Both
}

// imsID identifies a record by the charging identifier of the call and the session.
// Telephony server and application server tell of the same leg under the same ones: at
// the same time they are duplicates. The leg of a forwarding is another one than that of
// the call that was forwarded.
func (r *record) imsID() uint64 {
	if !r.has(imsCharging) && !r.has(imsSession) {
		return 0
	}
	forwarded := uint64(0)
	if r.row.Forwarded {
		forwarded = 1
	}
	return hashOf(forwarded, r.get(imsCharging), r.get(imsSession))
}
