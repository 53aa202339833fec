package ts32298

import (
	"math"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// What is read of the records of the packet switched domain.
const (
	psIMSI field = iota + 1
	psIMEI
	psMSISDN
	psAddress // of the node that writes the record
	psChargingID
	psVolumes  // listOfTrafficVolumes
	psServices // listOfServiceData
	psSecond   // listOfRANSecondaryRATUsageReports
	psOpening
	psStart
	psStop
	psDuration
	psCause
	psSequence
	psNode
	psLocalSequence
	psPLMN
	psRAT
	psLocation
	psLastLocation
	psLAC
	psCell
	psEvent // the time of a message
	psResult
	psParty // who else took part in a message
)

// The members of the records of sessions, TS 32.298 clause 5.2.2.2 as of Release 18. The
// last one known stands there even when it is not used.
var (
	pgwMembers = members{
		3: psIMSI, 4: psAddress, 5: psChargingID, 12: psVolumes, 13: psOpening, 14: psDuration, 15: psCause, 17: psSequence,
		18: psNode, 20: psLocalSequence, 22: psMSISDN, 27: psPLMN, 29: psIMEI, 30: psRAT, 32: psLocation, 34: psServices,
		38: psStart, 39: psStop, 57: psLastLocation, 73: psSecond, 74: unused,
	}
	sgwMembers = members{
		3: psIMSI, 4: psAddress, 5: psChargingID, 12: psVolumes, 13: psOpening, 14: psDuration, 15: psCause, 17: psSequence,
		18: psNode, 20: psLocalSequence, 22: psMSISDN, 27: psPLMN, 29: psIMEI, 30: psRAT, 32: psLocation,
		38: psStart, 39: psStop, 55: psLastLocation, 64: psSecond, 65: unused,
	}
	ggsnMembers = members{
		3: psIMSI, 4: psAddress, 5: psChargingID, 12: psVolumes, 13: psOpening, 14: psDuration, 15: psCause, 17: psSequence,
		18: psNode, 20: psLocalSequence, 22: psMSISDN, 27: psPLMN, 29: psIMEI, 30: psRAT, 32: psLocation, 34: psServices,
	}
	sgsnMembers = members{
		3: psIMSI, 4: psIMEI, 5: psAddress, 8: psLAC, 9: psCell, 10: psChargingID, 15: psVolumes, 16: psOpening,
		17: psDuration, 19: psCause, 21: psSequence, 22: psNode, 24: psLocalSequence, 27: psMSISDN, 29: psRAT,
		38: psPLMN, 39: unused,
	}
	// Of traffic detection functions and of IP edges.
	edgeMembers = members{
		3: psIMSI, 4: psAddress, 5: psChargingID, 12: psVolumes, 13: psOpening, 14: psDuration, 15: psCause, 17: psSequence,
		18: psNode, 20: psLocalSequence, 22: psMSISDN, 27: psPLMN, 29: psIMEI, 30: psRAT, 32: psLocation, 34: psServices,
		38: psStart, 39: psStop, 59: unused,
	}
	// Of the gateways of wireless LANs, untrusted and trusted ones.
	wlanMembers = members{
		3: psIMSI, 4: psAddress, 5: psChargingID, 12: psVolumes, 13: psOpening, 14: psDuration, 15: psCause, 17: psSequence,
		18: psNode, 20: psLocalSequence, 22: psMSISDN, 29: psIMEI, 30: psRAT, 38: psStart, 39: psStop, 55: unused,
	}
)

// The gateway to the packet network writes one record of a session, and the node that
// serves the subscriber another one: the gateway's counts, or sessions would count twice.

func (r *record) pgw(body []byte) string {
	return r.session(pgwMembers, 85, body, decode.Originating)
}

func (r *record) ggsnPDP(body []byte) string {
	return r.session(ggsnMembers, 19, body, decode.Originating)
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
