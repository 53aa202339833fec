package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// What is read of the information of a message.
const (
	smsOriginator field = iota + 1
	smsRecipients
	smsEquipment
	smsLocation
	smsStructured
	smsRAT
	smsEvent
	smsType
	smsFailure // sMSResult
)

var chfSMSMembers = members{
	1: smsOriginator, 2: smsRecipients, 3: smsEquipment, 4: smsLocation, 6: smsRAT, 8: smsEvent, 21: smsType,
	29: smsFailure, 38: smsStructured,
}

// Values of SMMessageType that are messages.
const (
	smsSubmission = 0
	smsDelivery   = 3
)

// chfMessage reads the record of a message. Reports and triggers are none.
func (r *record) chfMessage(c *charged, body []byte) (problem string) {
	if problem = r.walk(chfSMSMembers, body); problem != "" {
		return problem
	}
	row := &r.row
	row.Service, row.Direction, row.Outcome = cdr.SMS, decode.Originating, cdr.Answered
	if r.has(smsType) {
		switch n, ok := ber.Uint(r.get(smsType)); {
		case ok && n == smsSubmission:
		case ok && n == smsDelivery:
			row.Direction = decode.Terminating
		default:
			r.skip = true
			return ""
		}
	}
	if r.has(smsEvent) {
		if row.Start, row.Offset, problem = timestamp(r.get(smsEvent)); problem != "" {
			return reason("eventtimestamp", r.get(smsEvent), problem)
		}
	}
	if r.has(smsFailure) {
		row.Cause, _ = r.diagnose(r.get(smsFailure))
		row.Outcome = cdr.Failed
	}
	r.messageParties(c)
	r.equipment(r.get(smsEquipment))
	r.rat(r.get(smsRAT))
	r.chfCell(r.get(smsStructured), r.get(smsLocation))
	return ""
}

// messageParties sets both numbers, the recipient's being that of the first one, and the
// IMSI of the served party.
func (r *record) messageParties(c *charged) {
	from, to := r.get(smsOriginator), []byte(nil)
	if w := ber.Walk(r.get(smsRecipients)); w.Next() {
		to = w.Content
	}
	served, column := from, decode.CallingNumber
	if r.row.Direction == decode.Terminating {
		served, column = to, decode.CalledNumber
	}
	r.messageParty(decode.CallingNumber, from)
	r.messageParty(decode.CalledNumber, to)
	if len(c.e164) > 0 {
		r.party(column, c.address())
	}
	r.copy(decode.IMSI, c.imsi)
	if len(c.imsi) == 0 {
		r.tbcd(decode.IMSI, ber.Find(served, ber.Context(0)))
	}
}

// messageParty sets column c to the party of an OriginatorInfo or RecipientInfo: its
// MSISDN, or else another address.
func (r *record) messageParty(c decode.Column, info []byte) {
	if msisdn := ber.Find(info, ber.Context(1)); msisdn != nil {
		r.directory(c, msisdn)
		return
	}
	address := ber.Find(info, ber.Context(2))
	if w := ber.Walk(ber.Find(info, ber.Context(7))); address == nil && w.Next() {
		address = w.Content
	}
	if address == nil {
		address = ber.Find(info, ber.Context(4)) // as received
	}
	const msisdn = 1
	data := ber.Find(address, ber.Context(1))
	if n, ok := ber.Uint(ber.Find(address, ber.Context(0))); ok && n == msisdn {
		r.party(c, addressOf(partyE164, data))
	} else {
		r.copy(c, data)
	}
}
