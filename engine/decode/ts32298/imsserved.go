package ts32298

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// subscription is a served subscriber as SubscriptionIDs tell him. What they do not is
// nil.
type subscription struct {
	e164, imsi, uri []byte
}

// add takes a SubscriptionID in (clause 5.1.1). Identities of 5G have their kind before
// them (TS 29.571): imsi-, msisdn-.
func (s *subscription) add(id []byte) {
	var kind, data []byte
	for w := ber.Walk(id); w.Next(); {
		switch w.Tag {
		case ber.Context(0):
			kind = w.Content
		case ber.Context(1):
			data = w.Content
		}
	}
	n, ok := ber.Uint(kind)
	if !ok {
		return
	}
	switch {
	case n == 0:
		s.e164 = bytes.TrimPrefix(data, []byte("msisdn-"))
	case n == 1:
		s.imsi = bytes.TrimPrefix(data, []byte("imsi-"))
	case n == 2:
		s.uri = data
	case s.imsi == nil: // a NAI or a private identity, which are made of an IMSI
		if user, rest := splitURI(data); imsiOf(user, rest) != nil {
			s.imsi = user
		}
	}
}

// address is how others know the subscriber.
func (s *subscription) address() imsAddress {
	if len(s.e164) > 0 {
		return addressOf(partyE164, s.e164)
	}
	return addressOf(partySIP, s.uri)
}

// imsParties sets both numbers and the direction. The served subscriber is who the
// subscription says, whatever the caller shows. Who diverts a call is served, too, but
// by the leg that goes on from him.
func (r *record) imsParties(d decode.Direction, s *subscription, services []byte) {
	served := s.address()
	calling, called := best(r.get(imsCalling)), best(r.get(imsCalled))
	reached := called
	if called.rank <= privateAddress {
		called = best(r.get(imsRequested))
	}
	by, diverted := r.diversion(services)
	switch {
	case diverted:
		r.row.Forwarded = true
		if d != decode.NoLegs {
			d = decode.Originating
		}
		if calling = by; !calling.known() {
			calling = served
		}
		if !calling.known() {
			calling = best(r.get(imsRequested))
		}
	case d == decode.Originating:
		r.privateIMSI(calling)
		if served.rank == e164Address || !calling.known() {
			calling = served
		}
	case d == decode.Terminating:
		r.privateIMSI(reached)
		if served.rank == e164Address || !called.known() {
			called = served
		}
	}
	r.row.Direction = d
	r.party(decode.CallingNumber, calling)
	r.party(decode.CalledNumber, called)
}

// privateIMSI sets the IMSI that the served party's address is made of, where the
// subscription does not tell it.
func (r *record) privateIMSI(a imsAddress) {
	if a.rank == privateAddress && r.row.At[decode.IMSI].Len == 0 {
		r.copy(decode.IMSI, a.text)
	}
}

// subscriptions reads the list of SubscriptionIDs, and sets the IMSI.
func (r *record) subscriptions() (s subscription) {
	for w := ber.Walk(r.get(imsSubscriptions)); w.Next(); {
		s.add(w.Content)
	}
	imsi := s.imsi
	if imsi == nil {
		if user, rest := splitURI(r.get(imsPrivate)); imsiOf(user, rest) != nil {
			imsi = user
		}
	}
	r.copy(decode.IMSI, imsi)
	return s
}

// communicationDiversion is the ServiceType of a call that is forwarded or deflected
// (clause 5.1.3.1).
const communicationDiversion = 6

// diversion finds the first diversion among the supplementary services, and who diverted:
// the associated party of it.
func (r *record) diversion(information []byte) (by imsAddress, diverted bool) {
	if information == nil {
		return by, false
	}
	for w := ber.Walk(ber.Find(information, ber.Context(0))); w.Next(); {
		if n, ok := ber.Uint(ber.Find(w.Content, ber.Context(0))); ok && n == communicationDiversion {
			return best(ber.Find(w.Content, ber.Context(3))), true
		}
	}
	return by, false
}

// imsServed sets device, network and cell of the served subscriber.
func (r *record) imsServed() {
	r.equipment(r.get(imsEquipment))
	if r.row.At[decode.IMEI].Len == 0 {
		r.instance(r.get(imsInstance))
	}
	from := len(r.text)
	r.text = appendDomainPLMN(r.text, r.get(imsVisited))
	r.set(decode.VisitedPLMN, from)
	r.accessNetwork(r.get(imsAccess))
	r.accessCell(r.get(imsCellular))
}

// equipment sets the IMEI of a SubscriberEquipmentNumber: in TBCD, or in digits, which
// identities of 5G have their kind before.
func (r *record) equipment(b []byte) {
	data := ber.Find(b, ber.Context(1))
	if n, ok := ber.Uint(ber.Find(b, ber.Context(0))); !ok || n != 0 { // not an IMEI
		return
	}
	data = bytes.TrimPrefix(bytes.TrimPrefix(data, []byte("imei-")), []byte("imeisv-"))
	if len(data) >= 14 && decode.AllDigits(data) {
		r.copy(decode.IMEI, data)
	} else if len(data) >= 7 {
		r.tbcd(decode.IMEI, data)
	}
}

// instance sets the IMEI of an instance identity (RFC 7254): urn:gsma:imei:90420156-025763-0.
func (r *record) instance(b []byte) {
	imei := parameter(b, "urn:gsma:imei:")
	from := len(r.text)
	for _, c := range imei {
		if c-'0' <= 9 {
			r.text = append(r.text, c)
		}
	}
	if n := len(r.text) - from; n < 14 || n > 16 {
		r.text = r.text[:from]
	}
	r.set(decode.IMEI, from)
}

// copy sets column c to b.
func (r *record) copy(c decode.Column, b []byte) {
	from := len(r.text)
	r.text = append(r.text, b...)
	r.set(c, from)
}
