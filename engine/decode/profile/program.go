package profile

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// oddities are the notes about a record.
type oddities struct{ ambiguous, clock bool }

// run makes a row of the cells of a record. Its texts are those of the record.
func (p *program) run(r *record, row *decode.Row, clock *decode.Clock, odd *oddities) (problem string) {
	row.At = [decode.Columns]cdr.Span{}
	row.Reset()
	*odd = oddities{}
	start := p.start.eval(r)
	if start.off == start.end {
		return "start_time: is missing"
	}
	m, problem := p.start.read(r, start, clock)
	if problem != "" {
		return decode.Reason("start_time", r.of(start), problem)
	}
	row.Start, row.Offset, odd.ambiguous = m.at, m.offset, m.ambiguous
	if problem = p.outcomes(r, row); problem != "" {
		return problem
	}
	if problem = p.spans(r, row, clock, odd); problem != "" {
		return problem
	}
	if problem = p.kinds(r, row); problem != "" {
		return problem
	}
	if problem = p.amounts(r, row); problem != "" {
		return problem
	}
	p.identify(r, row)
	for i := range p.texts {
		t := &p.texts[i]
		c := t.value.eval(r)
		if t.column <= decode.CalledNumber && t.column >= decode.CallingNumber {
			c = p.number(r, row, t.column, c)
		}
		row.At[t.column] = cdr.Span{Off: c.off, Len: c.end - c.off}
	}
	row.Base = r.texts()
	return plmn(row)
}

// plmn wants a visited network to be digits.
func plmn(row *decode.Row) string {
	text := row.Text(decode.VisitedPLMN)
	if len(text) == 0 || (len(text) == 5 || len(text) == 6) && decode.AllDigits(text) {
		return ""
	}
	return decode.Reason("visited_plmn", text, "is not the 5 or 6 digits of a network")
}

// number applies the type of number of a party.
func (p *program) number(r *record, row *decode.Row, column decode.Column, c cell) cell {
	t := &p.types[column-decode.CallingNumber]
	if !t.there || c.off == c.end {
		return c
	}
	kind := r.of(t.kind.eval(r))
	switch {
	case among(kind, t.international):
		if column == decode.CallingNumber {
			row.CallingInternational = true
		} else {
			row.CalledInternational = true
		}
	case t.add != "" && among(kind, t.national):
		return r.prepend(t.add, c)
	}
	return c
}

// outcomes tells how the attempt ended. Where there is an answer marker, it alone says
// answered.
func (p *program) outcomes(r *record, row *decode.Row) string {
	if p.marked && p.answered.holds(r) {
		row.Outcome = cdr.Answered
		return ""
	}
	v, ok, problem := p.outcome.read(r)
	switch {
	case problem != "":
		return problem
	case ok:
		row.Outcome = p.rule.outcomeOf(v)
	case p.marked:
		row.Outcome = cdr.NoAnswer
	}
	if p.marked && row.Outcome == cdr.Answered {
		row.Outcome = cdr.NoAnswer
	}
	return ""
}

// spans reads how long it rang and how long was talked.
func (p *program) spans(r *record, row *decode.Row, clock *decode.Clock, odd *oddities) (problem string) {
	ring, told, problem := p.length(&p.ring, r, clock, odd)
	if problem != "" {
		return problem
	}
	if told {
		row.RingMS = ring
	}
	talk, told, problem := p.length(&p.talk, r, clock, odd)
	switch {
	case problem != "":
		return problem
	case !told:
	case p.talk.holding && row.Outcome != cdr.Answered:
		if row.RingMS == cdr.RingUnknown || row.RingMS < talk {
			row.RingMS = talk
		}
	default:
		row.TalkMS = talk
	}
	return ""
}

// length is a length of time: told, or between two times of the record.
func (p *program) length(s *span, r *record, clock *decode.Clock, odd *oddities) (ms uint32, told bool, problem string) {
	if s.from == nil {
		if len(s.cells)+len(s.cases) == 0 && s.constant == "" {
			return 0, false, ""
		}
		return s.read(r)
	}
	from, to := s.from.eval(r), s.to.eval(r)
	if from.off == from.end || to.off == to.end {
		return 0, false, ""
	}
	a, problem := p.start.read(r, from, clock)
	if problem != "" {
		return 0, false, decode.Reason(s.name, r.of(from), problem)
	}
	b, problem := p.start.read(r, to, clock)
	if problem != "" {
		return 0, false, decode.Reason(s.name, r.of(to), problem)
	}
	switch d := int64(b.at - a.at); {
	case d < 0: // an odd clock, or summer time that ended in between
		odd.clock = true
		return 0, true, ""
	case d > maxSpan:
		return 0, false, decode.Reason(s.name, r.of(to), "is out of range")
	default:
		return uint32(d), true, ""
	}
}

// kinds reads the fields that hold one of a few words, or a small number.
func (p *program) kinds(r *record, row *decode.Row) string {
	service, _, problem := p.service.read(r)
	if problem != "" {
		return problem
	}
	direction, _, problem := p.direction.read(r)
	if problem != "" {
		return problem
	}
	rat, _, problem := p.rat.read(r)
	if problem != "" {
		return problem
	}
	forwarded, _, problem := p.forwarded.read(r)
	if problem != "" {
		return problem
	}
	cause, _, problem := p.cause.read(r)
	if problem != "" {
		return problem
	}
	partial, _, problem := p.partial.read(r)
	row.Service, row.Direction, row.RAT = cdr.Service(service), decode.Direction(direction), cdr.RAT(rat)
	row.Forwarded, row.Cause, row.Partial = forwarded == 1, uint16(cause), partial
	return problem
}

func (p *program) amounts(r *record, row *decode.Row) string {
	if len(p.up.cells)+len(p.down.cells)+len(p.charge.cells) == 0 {
		return ""
	}
	up, problem := p.up.read(r)
	if problem != "" {
		return problem
	}
	down, problem := p.down.read(r)
	if problem != "" {
		return problem
	}
	row.Up, row.Down = uint64(up), uint64(down)
	row.Charge, problem = p.charge.read(r)
	return problem
}

// identify sets what tells the record from others, where all parts of it are there,
// and what ties it to its call.
func (p *program) identify(r *record, row *decode.Row) {
	var id uint64
	for i := range p.identity {
		text := r.of(p.identity[i].eval(r))
		if len(text) == 0 {
			id = 0
			break
		}
		if id += cdr.Hash(text); i > 0 {
			id = cdr.Mix(id)
		}
	}
	row.ID = id
	if len(p.call.cells)+len(p.call.cases) > 0 {
		row.Call = decode.HashText(r.of(p.call.eval(r)))
	}
}
