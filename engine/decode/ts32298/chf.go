package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// What is read of a ChargingRecord.
const (
	chfFunction   field = iota + 1 // name of the CHF that writes the record
	chfSubscriber                  // a SubscriptionID
	chfUsage                       // listOfMultipleUnitUsage
	chfOpening
	chfDuration
	chfSequence
	chfCause
	chfLocalSequence
	chfPDU
	chfRoaming // usage as it is settled between operators
	chfSMS
	chfSession
	chfChargingID
	chfIMS
	chfMMTel
)

// The members of a ChargingRecord, TS 32.298 clause 5.2.5.2 as of Release 18.
var chfMembers = members{
	1: chfFunction, 2: chfSubscriber, 5: chfUsage, 6: chfOpening, 7: chfDuration, 8: chfSequence, 9: chfCause,
	11: chfLocalSequence, 13: chfPDU, 14: chfRoaming, 15: chfSMS, 16: chfSession, 27: chfChargingID, 28: chfIMS,
	29: chfMMTel, 39: unused,
}

// charged is what a ChargingRecord tells beside the information of the service that it
// charges.
type charged struct {
	subscription
	usage, roaming, mmtel []byte
	duration              uint32 // ms
}

// chf reads a ChargingRecord: of a data session, a message or a call, as the information
// of the service in it says. Others tell of registrations, locations, slices of networks.
func (r *record) chf(body []byte) (problem string) {
	if problem = r.walk(chfMembers, body); problem != "" {
		return problem
	}
	var c charged
	if problem = r.charged(&c); problem != "" {
		return problem
	}
	switch pdu, sms, ims := r.get(chfPDU), r.get(chfSMS), r.get(chfIMS); {
	case ims != nil:
		return r.chfCall(&c, ims)
	case sms != nil:
		return r.chfMessage(&c, sms)
	case pdu != nil || c.usage != nil:
		return r.chfData(&c, pdu)
	}
	r.skip = true
	return ""
}

// charged reads what all records have.
func (r *record) charged(c *charged) (problem string) {
	row := &r.row
	if !r.has(chfOpening) {
		return "recordOpeningTime: is missing"
	}
	if row.Start, row.Offset, problem = timestamp(r.get(chfOpening)); problem != "" {
		return reason("recordOpeningTime", r.get(chfOpening), problem)
	}
	if r.has(chfDuration) {
		if c.duration, problem = callDurationOf("duration", r.get(chfDuration)); problem != "" {
			return problem
		}
	}
	if row.Partial, problem = r.partial("recordSequenceNumber", chfSequence); problem != "" {
		return problem
	}
	if problem = r.closing(r.get(chfCause)); problem != "" {
		return problem
	}
	c.add(r.get(chfSubscriber))
	c.usage, c.roaming, c.mmtel = r.get(chfUsage), r.get(chfRoaming), r.get(chfMMTel)
	row.ID = r.chfID()
	return ""
}

// chfID identifies a record: by the running number that the CHF gave it, or else by the
// charging session; 0 when it has neither.
func (r *record) chfID() uint64 {
	const recordType = 200
	session := r.get(chfSession)
	if session == nil {
		session = r.get(chfChargingID)
	}
	if session == nil {
		session = ber.Find(r.get(chfPDU), ber.Context(0))
	}
	switch {
	case r.has(chfFunction) && r.has(chfLocalSequence):
		return hashOf(recordType, r.get(chfFunction), r.get(chfLocalSequence))
	case session != nil:
		return hashOf(recordType, r.get(chfFunction), session, r.get(chfSequence))
	}
	return 0
}

// What is read of the information of a PDU session.
const (
	pduUser field = iota + 1 // an InvolvedParty: the GPSI
	pduEquipment
	pduLocation
	pduStructured // the location in ASN.1
	pduServing    // the functions that serve the subscriber
	pduRAT
	pduSecond // use of a secondary radio
	pduPLMN   // of the core network that serves the subscriber
)

var pduMembers = members{
	1: pduUser, 2: pduEquipment, 3: pduLocation, 11: pduServing, 12: pduRAT, 23: pduSecond, 27: pduPLMN, 35: pduStructured,
	46: unused,
}

// chfData reads the record of a data session. Where nothing is told of one, used octets
// are a sign of it.
func (r *record) chfData(c *charged, pdu []byte) (problem string) {
	if problem = r.walk(pduMembers, pdu); problem != "" {
		return problem
	}
	row := &r.row
	row.Service, row.Direction, row.TalkMS = cdr.Data, decode.Originating, c.duration
	if len(c.e164) > 0 {
		r.party(decode.CallingNumber, c.address())
	} else {
		r.party(decode.CallingNumber, best(r.get(pduUser)))
	}
	r.copy(decode.IMSI, c.imsi)
	r.equipment(r.get(pduEquipment))
	r.rat(r.get(pduRAT))
	if problem = r.units(c); problem != "" {
		return problem
	}
	if r.skip = pdu == nil && row.Up|row.Down == 0; r.skip { // units of another service
		return ""
	}
	if problem = r.secondRadio(r.get(pduSecond)); problem != "" {
		return problem
	}
	r.chfCell(r.get(pduStructured), r.get(pduLocation))
	from := len(r.text)
	r.text = decode.AppendPLMN(r.text, r.get(pduPLMN))
	if len(r.text) == from {
		r.text = decode.AppendPLMN(r.text, servingPLMN(r.get(pduServing)))
	}
	r.set(decode.VisitedPLMN, from)
	return ""
}

// servingPLMN is the network of the first function that serves the subscriber: member 3
// of its NetworkFunctionInformation.
func servingPLMN(functions []byte) []byte {
	w := ber.Walk(functions)
	if !w.Next() {
		return nil
	}
	return ber.Find(ber.Find(w.Content, ber.Context(0)), ber.Context(3))
}
