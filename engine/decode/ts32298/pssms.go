package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// The members of the records of messages that the SGSN, or the MME, writes.
var (
	sgsnSMOMembers = members{
		1: psIMSI, 2: psIMEI, 3: psMSISDN, 6: psAddress, 7: psLAC, 9: psCell, 11: psEvent, 12: psResult, 14: psNode,
		15: psLocalSequence, 17: psRAT, 18: psParty, 26: psLocation, 28: psPLMN, 30: unused,
	}
	sgsnSMTMembers = members{
		1: psIMSI, 2: psIMEI, 3: psMSISDN, 6: psAddress, 7: psLAC, 9: psCell, 10: psEvent, 11: psResult, 13: psNode,
		14: psLocalSequence, 16: psRAT, 19: psParty, 25: psLocation, 27: psPLMN, 29: unused,
	}
)

// sgsnSMO reads the record of a message sent.
func (r *record) sgsnSMO(body []byte) (problem string) {
	if problem = r.psMessage(sgsnSMOMembers, 21, body, decode.Originating); problem != "" {
		return problem
	}
	r.subscriber(decode.CallingNumber)
	r.address(decode.CalledNumber, r.get(psParty))
	return ""
}

// sgsnSMT reads the record of a message delivered. Its originatingAddress is the sender
// of the message, who may have a name instead of a number.
func (r *record) sgsnSMT(body []byte) (problem string) {
	if problem = r.psMessage(sgsnSMTMembers, 22, body, decode.Terminating); problem != "" {
		return problem
	}
	r.subscriber(decode.CalledNumber)
	r.address(decode.CallingNumber, r.get(psParty))
	return ""
}

// psMessage reads what both have.
func (r *record) psMessage(m members, recordType uint64, body []byte, d decode.Direction) (problem string) {
	if problem = r.walk(m, body); problem != "" {
		return problem
	}
	row := &r.row
	row.Service, row.Direction, row.Outcome = cdr.SMS, d, cdr.Answered
	if !r.has(psEvent) {
		return "eventTimeStamp: is missing"
	}
	if row.Start, row.Offset, problem = timestamp(r.get(psEvent)); problem != "" {
		return reason("eventTimeStamp", r.get(psEvent), problem)
	}
	if r.has(psResult) { // an error
		row.Cause, _ = r.diagnose(r.get(psResult))
		row.Outcome = cdr.Failed
	}
	r.rat(r.get(psRAT))
	r.sessionCell()
	row.ID = r.sessionID(recordType)
	return ""
}
