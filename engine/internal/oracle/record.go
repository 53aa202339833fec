package oracle

import (
	"time"
)

// record is one line understood.
type record struct {
	file, line int
	raw        string
	id         string // identity, as text
	recordID   string // as written, "" if it has none

	service, direction, outcome string // outcome "" is unknown
	calling, called             *party
	callingServed               bool

	start, release, at int64 // ms; at is the event time
	ring               int64 // ms, -1 unknown
	talk               int64 // ms, as recorded
	clock              time.Time

	cause                int64 // -1 absent
	cell, imei, imsi     string
	visited, rat         string
	roams, forwarded     bool
	up, down             int64
	charge               int64 // micro-units
	sequence             int64
	originates, receives bool // the legs it carries, as far as the source is asked for them
}

// maxSeconds is the longest ring or duration that is believed.
const maxSeconds = 4_294_967

// reader turns texts into records.
type reader struct {
	c       Config
	numbers *numbers
	now     time.Time
}

// record understands l, or says which column it cannot believe.
func (r *reader) record(l line) (rec *record, wrong string) {
	if l.wrong != "" {
		return nil, l.wrong
	}
	f := &fields{t: l.cells}
	rec = &record{line: l.number, raw: l.raw}
	rec.service = f.enum("service", "voice", "voice", "sms", "mms", "data")
	ordinary := "both"
	if rec.service == "data" {
		ordinary = "originating"
	}
	rec.direction = f.enum("direction", ordinary, "both", "originating", "terminating", "none")
	rec.ring = f.seconds("ring_seconds", -1)
	rec.talk = f.seconds("duration_seconds", 0)
	rec.outcome = f.outcome(rec.talk)
	rec.cause = f.integer("cause", -1)
	rec.cell, rec.imei, rec.imsi = f.t["cell_id"], f.t["imei"], f.t["imsi"]
	rec.visited = f.plmn("visited_plmn")
	rec.rat = f.enum("rat", "", "2g", "3g", "4g", "5g", "wifi")
	rec.up, rec.down = f.integer("uplink_bytes", 0), f.integer("downlink_bytes", 0)
	rec.charge = f.decimal("charge", 6)
	rec.forwarded = f.boolean("forwarded")
	rec.sequence = f.integer("partial_sequence", 0)
	r.time(rec, f)
	r.parties(rec, f)
	r.roaming(rec)
	r.legs(rec)
	if rec.at > r.now.Add(24*time.Hour).UnixMilli() {
		f.bad("start_time")
	}
	rec.recordID = l.cells["record_id"]
	rec.id = identity(rec, rec.recordID)
	return rec, f.wrong
}

// time sets start, clock, release and event time.
func (r *reader) time(rec *record, f *fields) {
	start, offset, hasOffset, ok := instant(f.t["start_time"], r.c.Zone)
	if !ok {
		f.bad("start_time")
		return
	}
	rec.start = start
	rec.clock = time.UnixMilli(start).In(r.c.Zone)
	if r.c.ClockRecord && hasOffset {
		rec.clock = rec.clock.In(time.FixedZone("", offset))
	}
	ring := max(rec.ring, 0)
	switch {
	case rec.service == "sms" || rec.service == "mms":
		rec.release = start
	case rec.service == "data":
		rec.release = start + rec.talk
	case rec.outcome == "answered" || rec.outcome == "":
		rec.release = start + ring + rec.talk
	default:
		rec.release = start + max(ring, rec.talk)
	}
	rec.at = rec.release
	if r.c.EventStart {
		rec.at = start
	}
}

// parties sets who called whom. Where the served party has no number its IMSI
// stands for it.
func (r *reader) parties(rec *record, f *fields) {
	rec.calling, rec.called = r.numbers.party(f.t["calling_number"]), r.numbers.party(f.t["called_number"])
	rec.callingServed = rec.service == "data" || rec.direction != "terminating"
	served := &rec.called
	if rec.callingServed {
		served = &rec.calling
	}
	if *served == nil && digitsText.MatchString(rec.imsi) {
		*served = &party{key: "imsi:" + rec.imsi}
	}
	if rec.calling == nil && rec.called == nil {
		f.bad("no party")
	}
}

// roaming sets whether the served party is in a network that is not its own.
func (r *reader) roaming(rec *record) {
	rec.roams = rec.visited != "" && !contains(r.c.HomePLMNs, rec.visited) && !hasPrefix(rec.imsi, []string{rec.visited})
}

// legs sets which legs the record carries: by its direction, and of these the
// ones that are asked of the source.
func (r *reader) legs(rec *record) {
	rec.originates = rec.direction == "both" || rec.direction == "originating"
	rec.receives = rec.direction == "both" || rec.direction == "terminating"
	if rec.service == "data" {
		rec.originates, rec.receives = rec.direction != "none", false
	}
	if r.c.Legs != nil {
		rec.originates = rec.originates && contains(r.c.Legs, "originating")
		rec.receives = rec.receives && contains(r.c.Legs, "terminating")
	}
}
