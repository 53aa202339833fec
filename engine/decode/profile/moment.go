package profile

import (
	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// timing is how the times of a record are written.
type timing struct {
	epoch  int64 // of epoch times, how many make a second; 0: none
	layout timeLayout
	unfit  string // what is wrong with a text that is not written as layout says
	zone   zoneRule
}

const (
	notTime        = "is not a time"
	impossibleTime = "is not a possible time"
)

// moment is a time that was read.
type moment struct {
	at        cdr.Millis
	offset    int16 // as in cdr.Batch
	ambiguous bool
}

// read reads the time in c. The problem is without the name of the field.
func (t *timing) read(r *record, c cell, clock *decode.Clock) (m moment, problem string) {
	text := r.of(c)
	m.offset = cdr.NoOffset
	switch {
	case t.epoch > 0:
		m.at, problem = t.sinceEpoch(text)
		return m, problem
	case t.layout != nil:
		return t.written(r, text, clock)
	case t.zone.kind == sourceZone || t.zone.kind == placeZone:
		m.at, m.offset, problem = clock.Parse(text)
		m.ambiguous = problem == "" && m.offset == cdr.NoOffset && len(text) >= 19 && text[4] == '-' && clock.Ambiguous(m.at)
		return m, problem
	}
	m.at, m.offset, problem = clock.Parse(text) // the clock is one of UTC
	if problem != "" || m.offset != cdr.NoOffset || t.zone.kind == utcZone || len(text) < 19 || text[4] != '-' {
		return m, problem
	}
	minutes := t.zone.offset
	if t.zone.kind != fixedZone {
		if minutes, problem = t.zone.told(r, nil); problem != "" {
			return m, problem
		}
	}
	return east(int64(m.at), minutes)
}

// east is the moment of a local time in milliseconds, so many minutes east of UTC.
func east(local int64, minutes int) (m moment, problem string) {
	local -= int64(minutes) * 60_000
	if local < 0 || local > decode.LastMilli {
		return m, impossibleTime
	}
	return moment{at: cdr.Millis(local), offset: int16(minutes)}, ""
}

func (t *timing) sinceEpoch(text []byte) (cdr.Millis, string) {
	v, problem := decode.Decimal(text, 3)
	if problem != "" || v < 0 {
		return 0, notTime
	}
	if v /= t.epoch; v > decode.LastMilli {
		return 0, impossibleTime
	}
	return cdr.Millis(v), ""
}

// written reads a time that is written as the layout says.
func (t *timing) written(r *record, text []byte, clock *decode.Clock) (m moment, problem string) {
	var w wall
	if !t.layout.parse(text, &w) {
		return m, t.unfit
	}
	local, ok := w.seconds()
	if !ok {
		return m, impossibleTime
	}
	if w.zoned {
		return east(local*1000+int64(w.ms), w.offset)
	}
	minutes := 0
	switch t.zone.kind {
	case sourceZone, placeZone:
		utc := clock.Local(local)
		m = moment{at: cdr.Millis(utc*1000 + int64(w.ms)), offset: cdr.NoOffset, ambiguous: clock.Ambiguous(cdr.Millis(utc * 1000))}
		if m.at < 0 || m.at > decode.LastMilli {
			return m, impossibleTime
		}
		return m, ""
	case fixedZone:
		minutes = t.zone.offset
	case offsetZone, namedZone:
		if minutes, problem = t.zone.told(r, w.zone); problem != "" {
			return m, problem
		}
	}
	m, problem = east(local*1000+int64(w.ms), minutes)
	if t.zone.kind == utcZone {
		m.offset = cdr.NoOffset
	}
	return m, problem
}

// clock is the clock for the local times of t, under the rules of a source.
func (t *timing) clock(u *decode.Rules) decode.Clock {
	switch t.zone.kind {
	case sourceZone:
		return u.Clock()
	case placeZone:
		return decode.NewClock(t.zone.place)
	}
	return decode.NewClock(nil)
}

// timeValue reads where a time comes from. A date without a time of day is none.
func (r *reader) timeValue(n ast.Node, what string, more entry) value {
	v := r.value(n, what, more)
	v.allOrNothing()
	return v
}

func (v *value) allOrNothing() {
	v.whole = true
	for i := range v.cases {
		v.cases[i].then.allOrNothing()
	}
}

// timingKeys reads the keys layout and zone.
func (r *reader) timingKeys(t *timing) entry {
	return entry{
		"layout": func(v ast.Node) { r.timeLayout(v, t) },
		"zone":   func(v ast.Node) { t.zone = r.zoneRule(v) },
	}
}

// timeLayout reads iso, epoch, epoch_s, epoch_ms, epoch_us or what strptime reads.
func (r *reader) timeLayout(n ast.Node, t *timing) {
	s, ok := r.text(n, "layout")
	if !ok {
		return
	}
	switch s {
	case "iso", "epoch": // as decode.Clock reads them
	case "epoch_s":
		t.epoch = 1
	case "epoch_ms":
		t.epoch = 1000
	case "epoch_us":
		t.epoch = 1_000_000
	default:
		l, err := parseTimeLayout(s)
		if err != nil {
			r.wrong(placeOf(n), "layout %s", err)
		}
		t.layout, t.unfit = l, notTime+" as "+s
	}
}
