package profile

import (
	"maps"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// The words of the fields that have some, in the order of their values.
var (
	serviceWords   = []string{"voice", "sms", "mms", "data"}
	directionWords = []string{"", "both", "originating", "terminating", "none"}
	outcomeWords   = []string{"unknown", "answered", "no_answer", "busy", "failed"}
	ratWords       = []string{"", "2g", "3g", "4g", "5g", "wifi"}
	truthWords     = []string{"false", "true"}
)

// program makes a row of the cells of a record.
type program struct {
	texts      []textField
	types      [2]numberType // of calling_number, called_number
	start      moments
	ring, talk span
	answered   condition // the answer marker
	marked     bool      // there is one
	outcome    coded
	rule       outcomeRule
	service    coded
	direction  coded
	rat        coded
	forwarded  coded
	cause      coded
	partial    coded
	up, down   amount
	charge     amount
	identity   []value
	call       value
}

// textField is a column that stays text.
type textField struct {
	column decode.Column
	value  value
}

// moments is a field that is a time.
type moments struct {
	value
	timing
}

// outcomeRule is how the outcome of an attempt that was not answered is told.
type outcomeRule int

const (
	byWords outcomeRule = iota
	byQ850
	bySIP
)

// textColumns are the columns that stay text.
func textColumns() map[string]decode.Column {
	m := map[string]decode.Column{}
	for _, c := range []decode.Column{
		decode.RecordID, decode.CallingNumber, decode.CalledNumber, decode.CellID, decode.IMEI, decode.IMSI,
		decode.VisitedPLMN, decode.TrunkIn, decode.TrunkOut,
	} {
		m[c.String()] = c
	}
	return m
}

// program compiles the fields. at is where they stand.
func (r *reader) program(p *program, fields map[string]field, at place) {
	keys := entry{
		"start_time":       func(n ast.Node) { p.start.value = r.timeValue(n, "start_time", r.timingKeys(&p.start.timing)) },
		"ring_seconds":     func(n ast.Node) { p.ring = r.span(n, "ring_seconds") },
		"duration_seconds": func(n ast.Node) { p.talk = r.span(n, "duration_seconds") },
		"disposition":      func(n ast.Node) { r.disposition(n, p) },
		"service":          func(n ast.Node) { p.service = r.coded(n, "service", serviceWords, nil) },
		"direction":        func(n ast.Node) { p.direction = r.coded(n, "direction", directionWords, nil) },
		"rat":              func(n ast.Node) { p.rat = r.coded(n, "rat", ratWords, nil) },
		"forwarded":        func(n ast.Node) { p.forwarded = r.coded(n, "forwarded", truthWords, nil) },
		"cause":            func(n ast.Node) { p.cause = r.numbered(n, "cause", 1<<16-1) },
		"partial_sequence": func(n ast.Node) { p.partial = r.numbered(n, "partial_sequence", 1<<32-1) },
		"uplink_bytes":     func(n ast.Node) { p.up = r.bytes(n, "uplink_bytes") },
		"downlink_bytes":   func(n ast.Node) { p.down = r.bytes(n, "downlink_bytes") },
		"charge":           func(n ast.Node) { p.charge = r.charge(n) },
		"identity": func(n ast.Node) {
			r.list(n, func(n ast.Node) { p.identity = append(p.identity, r.value(n, "identity", nil)) })
		},
		"call": func(n ast.Node) { p.call = r.value(n, "call", nil) },
	}
	for name, c := range textColumns() {
		keys[name] = func(n ast.Node) { r.textField(n, c, p) }
	}
	before := len(r.problems)
	names := make([]string, 0, len(keys))
	for name := range keys {
		names = append(names, name)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		f := fields[name]
		if read, ok := keys[name]; ok {
			read(f.value)
		} else {
			r.wrong(placeOf(f.key), "fields: %s", unknown("field", name, names))
		}
	}
	slices.SortFunc(p.texts, func(a, b textField) int { return int(a.column) - int(b.column) })
	if p.rule == byQ850 && p.outcome.none() {
		p.outcome = p.cause // without a source of its own
	}
	if len(r.problems) == before {
		r.needed(p, at)
	}
}

// needed wants what every record has to have.
func (r *reader) needed(p *program, at place) {
	if p.rule == byQ850 && p.outcome.none() {
		r.wrong(at, "disposition has as: q850 and neither it nor cause says where the cause stands: write from: or cause:")
	}
	has := func(c decode.Column) bool {
		return slices.ContainsFunc(p.texts, func(t textField) bool { return t.column == c })
	}
	if p.start.none() {
		r.wrong(at, "fields has no start_time: write start_time: followed by a source, or {from: source, layout: ..., zone: ...}")
	}
	if !has(decode.CallingNumber) && !has(decode.CalledNumber) && !has(decode.IMSI) {
		r.wrong(at, "fields has no party: write calling_number:, called_number: or imsi:")
	}
	calls := len(p.service.cells) == 0 && (p.service.constant == "" || p.service.constant == "voice")
	if calls && !p.marked && p.outcome.none() {
		r.wrong(at, "fields has no disposition: write disposition: {answered: {source: {present: true}}} or what else tells that a call was answered")
	}
}

func (r *reader) textField(n ast.Node, c decode.Column, p *program) {
	t := textField{column: c}
	var more entry
	if c == decode.CallingNumber || c == decode.CalledNumber {
		more = entry{"type_of_number": func(v ast.Node) { p.types[c-decode.CallingNumber] = r.numberType(v) }}
	}
	t.value = r.value(n, c.String(), more)
	p.texts = append(p.texts, t)
}

// disposition reads what tells whether and how a call was answered.
func (r *reader) disposition(n ast.Node, p *program) {
	p.outcome = r.coded(n, "disposition", outcomeWords, entry{
		"answered": func(v ast.Node) { p.answered, p.marked = r.answered(v), true },
		"as":       func(v ast.Node) { p.rule = outcomeRule(r.choice(v, "as", "words", "q850", "sip")) },
	})
	if p.rule == byWords {
		return
	}
	if len(p.outcome.table) > len(outcomeWords) || p.outcome.any || !p.outcome.folded {
		r.wrong(placeOf(n), "disposition has as: and map: or default:, leave one of them out")
	}
	if p.outcome.table, p.outcome.number, p.outcome.most = nil, true, 1<<16-1; p.rule == byQ850 && !p.marked {
		r.wrong(placeOf(n), "disposition has as: q850 and no answered: a cause does not tell an answer")
	}
}

// answered reads the answer marker: a condition, or never.
func (r *reader) answered(n ast.Node) condition {
	if isMapping(n) || isList(n) {
		return r.condition(n, "answered")
	}
	r.choice(n, "answered", "never")
	return condition{{{op: isOp}}}
}

// outcomeOf is the outcome of the attempt that ended with code.
func (o outcomeRule) outcomeOf(code uint32) cdr.Outcome {
	switch o {
	case byQ850:
		return decode.OutcomeOfQ850(uint16(code))
	case bySIP:
		return decode.OutcomeOfSIP(uint16(code))
	}
	return cdr.Outcome(code)
}
