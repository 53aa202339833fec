package ts32298

import (
	"math"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// The gateway to the packet network writes one record of a session, and the node that
// serves the subscriber another one: the gateway's counts, or sessions would count twice.

func (r *record) pgw(body []byte) string {
	return r.session(pgwMembers, 85, body, decode.Originating)
}

func (r *record) ggsnPDP(body []byte) string {
	return r.session(ggsnMembers, 19, body, decode.Originating)
}

// seventy reads a record with tag and type 70. Up to Release 7 that is an eG-CDR, of a
// GGSN that charges by flows: its member 3 is an IMSI. Later it is the record of an
// E-CSCF, and its member 3 a role of one octet.
func (r *record) seventy(body []byte) string {
	if len(ber.Find(body, ber.Context(3))) > 1 {
		return r.session(ggsnMembers, 70, body, decode.Originating)
	}
	return r.imsNode(body)
}

func (r *record) ipe(body []byte) string {
	return r.session(edgeMembers, 95, body, decode.Originating)
}

func (r *record) sgw(body []byte) string {
	return r.session(sgwMembers, 84, body, decode.NoLegs)
}

func (r *record) sgsnPDP(body []byte) string {
	return r.session(sgsnMembers, 18, body, decode.NoLegs)
}

func (r *record) tdf(body []byte) string {
	return r.session(edgeMembers, 92, body, decode.NoLegs)
}

func (r *record) epdg(body []byte) string {
	return r.session(wlanMembers, 96, body, decode.NoLegs)
}

func (r *record) twag(body []byte) string {
	return r.session(wlanMembers, 97, body, decode.NoLegs)
}

// session reads the record of a session, or of a slice of one.
func (r *record) session(m members, recordType uint64, body []byte, d decode.Direction) (problem string) {
	if problem = r.walk(m, body); problem != "" {
		return problem
	}
	row := &r.row
	row.Service, row.Direction = cdr.Data, d
	if problem = r.sessionTime(); problem != "" {
		return problem
	}
	if row.Partial, problem = r.partial("recordSequenceNumber", psSequence); problem != "" {
		return problem
	}
	if problem = r.closing(r.get(psCause)); problem != "" {
		return problem
	}
	r.rat(r.get(psRAT))
	if problem = r.bytes(r.get(psVolumes), r.get(psServices), r.get(psSecond)); problem != "" {
		return problem
	}
	r.subscriber(decode.CallingNumber)
	r.sessionCell()
	row.ID = r.sessionID(recordType)
	return ""
}

// sessionTime sets start and duration. A slice has its own.
func (r *record) sessionTime() (problem string) {
	name, opening := "recordOpeningTime", r.get(psOpening)
	if opening == nil {
		name, opening = "startTime", r.get(psStart)
	}
	if opening == nil {
		return "recordOpeningTime: is missing"
	}
	row := &r.row
	if row.Start, row.Offset, problem = timestamp(opening); problem != "" {
		return reason(name, opening, problem)
	}
	if r.has(psDuration) {
		row.TalkMS, problem = callDurationOf("duration", r.get(psDuration))
		return problem
	}
	if b := r.get(psStop); b != nil {
		stop, _, problem := timestamp(b)
		if problem == "" {
			row.TalkMS, problem = span(row.Start, stop)
		}
		if problem != "" {
			return reason("stopTime", b, problem)
		}
	}
	return ""
}

// partial is which slice of a session the record is, counted from 1. Whether the only
// record of a session is counted depends on the node.
func (r *record) partial(name string, f field) (n uint32, problem string) {
	if !r.has(f) {
		return 0, ""
	}
	v, problem := number(name, r.get(f), math.MaxUint32)
	return uint32(v), problem
}

// closing reads why the record was closed (CauseForRecClosing, clause 5.1.1).
func (r *record) closing(b []byte) (problem string) {
	if b == nil {
		return ""
	}
	n, problem := number("causeForRecClosing", b, math.MaxUint32)
	switch {
	case n == abnormalRelease:
		r.row.Cause = temporaryFailure
	case n <= 5 || n >= 16 && n <= 27 || n >= 52 && n <= 54 || n == 58 || n == 59:
	default:
		r.note(decode.UnknownValue)
	}
	return problem
}

// subscriber sets who the record is about, in column c, and where he is.
func (r *record) subscriber(c decode.Column) {
	if r.has(psIMSI) {
		r.tbcd(decode.IMSI, r.get(psIMSI))
	}
	if r.has(psIMEI) {
		r.tbcd(decode.IMEI, r.get(psIMEI))
	}
	r.directory(c, r.get(psMSISDN))
	from := len(r.text)
	r.text = decode.AppendPLMN(r.text, r.get(psPLMN))
	r.set(decode.VisitedPLMN, from)
}

// sessionCell sets the cell where the session began, or else where it was last.
func (r *record) sessionCell() {
	from := len(r.text)
	r.text = appendLocation(r.text, r.get(psLocation))
	if len(r.text) == from {
		r.text = appendLocation(r.text, r.get(psLastLocation))
	}
	if len(r.text) == from {
		r.areaCell(r.get(psLAC), r.get(psCell))
	}
	r.set(decode.CellID, from)
}

// areaCell appends the cell of an area, in the network that serves the subscriber or
// else that of the node.
func (r *record) areaCell(lac, cell []byte) {
	if len(lac) != 2 || len(cell) != 2 {
		return
	}
	from := len(r.text)
	if r.text = decode.AppendPLMN(r.text, r.get(psPLMN)); len(r.text) == from {
		r.text = append(r.text, r.home...)
	}
	if len(r.text) > from {
		r.text = append(r.text, '-')
	}
	r.text = strconv.AppendUint(r.text, unsigned(lac), 10)
	r.text = strconv.AppendUint(append(r.text, '-'), unsigned(cell), 10)
}

// sessionID identifies a record: by the running number that its node gave it, or else by
// the charging id of the session; 0 when it has neither.
func (r *record) sessionID(recordType uint64) uint64 {
	node := r.get(psNode)
	if len(node) == 0 {
		node = r.get(psAddress)
	}
	switch {
	case len(node) > 0 && r.has(psLocalSequence):
		return hashOf(recordType, node, r.get(psLocalSequence))
	case r.has(psChargingID):
		return hashOf(recordType, r.get(psAddress), r.get(psChargingID), r.get(psSequence))
	}
	return 0
}
