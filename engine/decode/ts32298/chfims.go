package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// Members of the information of an IMS session that the records of the IMS do not have,
// in places of members that it does not have.
const (
	chfEvent = imsMethod  // SIPEventType
	chfUser  = imsPrivate // an InvolvedParty
	chfISUP  = imsRequest // an ISUPCause
	chfPlace = imsAnswer  // a location of 5G
	chfNode  = imsEnd     // IMSNodeFunctionality
)

var chfIMSMembers = members{
	0: chfEvent, 1: chfNode, 2: imsRole, 3: chfUser, 4: imsEquipment, 5: chfPlace, 8: chfISUP, 12: imsSession, 15: imsCalling,
	16: imsCalled, 20: imsRequested, 27: imsCharging, 40: imsAccess, 42: imsCellular, 47: imsCode, 48: imsReasons,
	53: imsVisited, 57: unused,
}

// applicationServer is the node whose records count, as those of the IMS do.
const applicationServer = 1

// chfCall reads the record of a session of the IMS. It was answered when units were used
// or when it ended as a success: the record holds no other time than its opening.
func (r *record) chfCall(c *charged, body []byte) (problem string) {
	if problem = r.walk(chfIMSMembers, body); problem != "" {
		return problem
	}
	row := &r.row
	service, ok := r.method(ber.Find(r.get(chfEvent), ber.Context(0)))
	if r.skip = !ok; r.skip {
		return ""
	}
	row.Service = service
	end, code := r.chfEnding()
	used, told, problem := c.time()
	if problem != "" {
		return problem
	}
	if !told {
		used = c.duration
	}
	switch {
	case service != cdr.Voice:
	case told || code && !end.failed:
		row.Outcome, row.TalkMS = cdr.Answered, used
	default:
		row.RingMS = used
	}
	known := row.Cause
	end.decide(&row.Values)
	if row.Cause == 0 {
		row.Cause = known
	}
	r.chfParties(c)
	return ""
}

// chfEnding reads why the session ended; code says that a Cause-Code tells.
func (r *record) chfEnding() (e imsEnding, code bool) {
	n, code := integer(r.get(imsCode))
	if code {
		r.code(&e, n)
	}
	e.reasons(r.get(imsReasons))
	if v, ok := ber.Uint(ber.Find(r.get(chfISUP), ber.Context(1))); ok && e.q850 == 0 && v < 128 {
		e.q850 = uint16(v)
	}
	return e, code
}

// time is the time used, in milliseconds; told says that a container tells it. Services
// that are charged apart from each other run at the same time: the longest counts.
func (c *charged) time() (ms uint32, told bool, problem string) {
	const name = "usedUnitContainers"
	for usages := ber.Walk(c.usage); usages.Next(); {
		sum := uint64(0)
		for w := ber.Walk(ber.Find(usages.Content, ber.Context(1))); w.Next(); {
			b := ber.Find(w.Content, ber.Context(1))
			if b == nil {
				continue
			}
			n, problem := number(name, b, decode.MaxSeconds)
			if problem != "" {
				return 0, false, problem
			}
			sum, told = sum+n, true
		}
		if sum > decode.MaxSeconds {
			return 0, false, name + ": its times add up to more than is possible"
		}
		ms = max(ms, uint32(sum*1000))
	}
	return ms, told, ""
}

// chfParties sets who took part and where the served one was.
func (r *record) chfParties(c *charged) {
	r.copy(decode.IMSI, c.imsi)
	s := c.subscription
	if user := best(r.get(chfUser)); len(s.e164) == 0 && user.rank == e164Address {
		s.e164 = user.text
	}
	d := r.role(r.get(imsRole))
	if n, ok := ber.Uint(r.get(chfNode)); ok && n != applicationServer {
		d = decode.NoLegs
	}
	r.imsParties(d, &s, c.mmtel)
	r.equipment(r.get(imsEquipment))
	from := len(r.text)
	r.text = appendDomainPLMN(r.text, r.get(imsVisited))
	r.set(decode.VisitedPLMN, from)
	if w := ber.Walk(r.get(imsAccess)); w.Next() {
		r.accessNetwork(w.Content)
	}
	r.accessCell(r.get(imsCellular))
	if r.row.At[decode.CellID].Len == 0 {
		r.chfCell(nil, r.get(chfPlace))
	}
}
