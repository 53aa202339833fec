package ts32298

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// csKinds are the records of the circuit switched domain, CSRecord, and the forwarding
// record that Huawei adds to it.
var csKinds = []kind{
	{0, 0, "moCall", (*record).moCall},
	{1, 1, "mtCall", (*record).mtCall},
	{100, 100, "forwarding", (*record).forwarding},
	{2, 2, "roaming", (*record).roaming},
	{3, 3, "incGateway", (*record).gateway},
	{4, 4, "outGateway", (*record).gateway},
	{5, 5, "transit", (*record).transit},
	{6, 6, "moSMS", (*record).moSMS},
	{7, 7, "mtSMS", (*record).mtSMS},
	{8, 8, "smsGateway", (*record).smsInterworking},
	{9, 9, "smsGateway", (*record).smsGateway},
	{10, 10, "ssAction", (*record).ssAction},
	{11, 11, "hlrInt", (*record).hlrInt},
	{12, 12, "locUpdate", (*record).locUpdateHLR},
	{13, 13, "locUpdate", (*record).locUpdateVLR},
	{14, 14, "csOther", (*record).passOver}, // commonEquip: a conference bridge
	{16, 17, "termCAMEL", (*record).termCAMEL},
	{17, 23, "csOther", (*record).passOver}, // location services
	{18, 24, "csOther", (*record).passOver},
	{19, 25, "csOther", (*record).passOver},
	{20, 87, "srvcc", (*record).srvcc},
	{21, 88, "roaming", (*record).mtrf},
	{22, 99, "csOther", (*record).passOver}, // registration of an ICS user
}

// The members of the kinds of records, TS 32.298 clause 5.2.2 as of Release 18. The
// last one known stands there even when it is not used.
var (
	moMembers = members{
		1: servedIMSI, 2: servedIMEI, 3: servedMSISDN, 4: callingNumber, 5: calledNumber, 6: translatedNumber,
		7: connectedNumber, 9: recordingEntity, 10: incomingTrunk, 11: outgoingTrunk, 12: location,
		17: supplServices, 22: seizureTime, 23: answerTime, 24: releaseTime, 25: callDuration, 30: causeForTerm,
		31: diagnostics, 32: callReference, 33: sequenceNumber, 40: camelForwarding, 61: systemType, 77: unused,
	}
	srvccMembers = slices.Concat(moMembers, members{unused}) // one more
	mtMembers    = members{
		1: servedIMSI, 2: servedIMEI, 3: servedMSISDN, 4: callingNumber, 5: connectedNumber, 6: recordingEntity,
		7: incomingTrunk, 8: outgoingTrunk, 9: location, 19: seizureTime, 20: answerTime, 21: releaseTime,
		22: callDuration, 27: causeForTerm, 28: diagnostics, 29: callReference, 30: sequenceNumber,
		46: systemType, 61: unused,
	}
	roamingMembers = members{
		1: servedIMSI, 2: servedMSISDN, 3: callingNumber, 5: recordingEntity, 6: incomingTrunk, 7: outgoingTrunk,
		12: seizureTime, 13: answerTime, 14: releaseTime, 15: callDuration, 17: causeForTerm, 18: diagnostics,
		19: callReference, 20: sequenceNumber, 30: unused,
	}
	gatewayMembers = members{
		1: callingNumber, 2: calledNumber, 3: recordingEntity, 4: incomingTrunk, 5: outgoingTrunk,
		6: seizureTime, 7: answerTime, 8: releaseTime, 9: callDuration, 11: causeForTerm, 12: diagnostics,
		13: callReference, 14: sequenceNumber, 23: unused,
	}
	transitMembers = members{
		1: recordingEntity, 2: incomingTrunk, 3: outgoingTrunk, 4: callingNumber, 5: calledNumber,
		7: seizureTime, 8: answerTime, 9: releaseTime, 10: callDuration, 12: causeForTerm, 13: diagnostics,
		14: callReference, 15: sequenceNumber, 22: unused,
	}
	camelMembers = members{
		1: servedIMSI, 2: servedMSISDN, 3: recordingEntity, 4: eventTime, 12: calledNumber, 13: callingNumber,
		14: incomingTrunk, 15: outgoingTrunk, 16: seizureTime, 17: answerTime, 18: releaseTime, 19: callDuration,
		21: causeForTerm, 22: diagnostics, 23: callReference, 24: sequenceNumber, 42: unused,
	}
	mtrfMembers = members{
		1: servedIMSI, 2: servedIMEI, 3: servedMSISDN, 4: callingNumber, 6: recordingEntity, 7: incomingTrunk,
		8: outgoingTrunk, 10: seizureTime, 11: answerTime, 12: releaseTime, 13: callDuration, 14: causeForTerm,
		15: diagnostics, 16: callReference, 17: sequenceNumber, 19: unused,
	}
	moSMSMembers = members{
		1: servedIMSI, 2: servedIMEI, 3: servedMSISDN, 6: recordingEntity, 7: location, 9: eventTime,
		10: smsResult, 12: destinationNumber, 13: camelSMS, 14: systemType, 15: unused,
	}
	mtSMSMembers = members{
		2: servedIMSI, 3: servedIMEI, 4: servedMSISDN, 6: recordingEntity, 7: location, 8: eventTime,
		9: smsResult, 11: systemType, 12: camelSMS, 13: unused,
	}
	smsInterworkingMembers = members{2: servedIMSI, 3: recordingEntity, 4: eventTime, 5: smsResult, 6: unused}
	smsGatewayMembers      = members{2: servedIMSI, 3: servedMSISDN, 4: recordingEntity, 5: eventTime, 6: smsResult, 7: unused}
	ssActionMembers        = members{1: servedIMSI, 2: servedIMEI, 3: servedMSISDN, 5: recordingEntity, 6: location, 10: eventTime, 15: systemType}
	hlrIntMembers          = members{1: servedIMSI, 2: servedMSISDN, 3: recordingEntity, 6: eventTime, 9: unused}
	locUpdateHLRMembers    = members{1: servedIMSI, 2: recordingEntity, 5: eventTime, 7: unused}
	locUpdateVLRMembers    = members{1: servedIMSI, 2: servedMSISDN, 3: recordingEntity, 7: eventTime, 10: unused}
)

// moCall is a call of a subscriber of the switch, or the leg of one that forwards.
func (r *record) moCall(body []byte) (problem string) { return r.originating(0, body) }

// forwarding is a MOCallRecord under a tag that says what it is.
func (r *record) forwarding(body []byte) (problem string) { return r.originating(100, body) }

// mtCall is a call to a subscriber of the switch.
func (r *record) mtCall(body []byte) (problem string) {
	if problem = r.call(mtMembers, 1, body); problem != "" {
		return problem
	}
	r.row.Direction = decode.Terminating
	called := r.get(servedMSISDN)
	if called == nil && !r.has(servedIMSI) {
		called = r.get(connectedNumber)
	}
	r.parties(r.get(callingNumber), called)
	return ""
}

// The records of other parts of the way of a call, whose legs the switches of its
// subscribers record.
func (r *record) roaming(body []byte) (problem string) { return r.passing(roamingMembers, 2, body) }
func (r *record) gateway(body []byte) (problem string) { return r.passing(gatewayMembers, 3, body) }
func (r *record) transit(body []byte) (problem string) { return r.passing(transitMembers, 5, body) }

// termCAMEL is the control of a terminating call by CAMEL.
func (r *record) termCAMEL(body []byte) (problem string) { return r.passing(camelMembers, 17, body) }

// srvcc is the leg of a call that came over from LTE: the records of IMS tell the
// whole call.
func (r *record) srvcc(body []byte) (problem string) { return r.passing(srvccMembers, 87, body) }

// mtrf is a call to a subscriber who went on to another MSC, which records it, too.
func (r *record) mtrf(body []byte) (problem string) { return r.passing(mtrfMembers, 88, body) }

// passOver is for records of what is no call, no message and of no use to anybody.
func (r *record) passOver([]byte) (problem string) {
	r.skip = true
	return ""
}
