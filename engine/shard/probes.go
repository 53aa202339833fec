package shard

import (
	"math"
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// newGate compiles the gate of a rule.
func newGate(j *judge, set *rules.Set, r *rules.Rule) (g gate) {
	for _, c := range r.Gate {
		coarse, ok := j.newClause(set, c, false)
		if ok {
			g.coarse = append(g.coarse, coarse)
		}
		if fine, better := j.newClause(set, c, true); better && (!ok || anyFine(fine)) {
			g.fine = append(g.fine, fine)
		}
	}
	for _, c := range r.Pairs {
		coarse, ok := j.newPair(set, c, false)
		if ok {
			g.coarse = append(g.coarse, []probe{coarse})
		}
		if p, better := j.newPair(set, c, true); better && (!ok || p.fine) {
			g.fine = append(g.fine, []probe{p})
		}
	}
	j.addPortions(&g, j.portionsOf(set, r.Gate))
	g.coarse = cheapFirst(g.coarse)
	if r.On == rules.Activity {
		g.findTallies(j)
	}
	return g
}

// findTallies finds how the items are counted that g looks at.
func (g *gate) findTallies(j *judge) {
	for _, clause := range g.coarse {
		counted := false
		for i := range clause {
			if p := &clause[i]; countsItems(*p) {
				p.tally = j.tally(p)
				p.exact = p.tally != none && !p.rarely()
				counted = counted || p.tally != none && !p.exact
			}
		}
		if counted {
			g.counted = append(g.counted, clause)
		}
	}
}

// cheapFirst puts what takes a look at the calendar alone before what adds up measures, and that
// before what counts items.
func cheapFirst(clauses [][]probe) (out [][]probe) {
	dated := func(c []probe) bool { return len(c) == 1 && c[0].kind == feature.ObservedDays }
	for _, c := range clauses {
		if dated(c) {
			out = append(out, c)
		}
	}
	for _, c := range clauses {
		if dated(c) {
			continue
		}
		if !slices.ContainsFunc(c, countsItems) {
			out = append(out, c)
		} else if p := c[0]; len(c) == 1 && p.kind == feature.Items && p.of != none {
			p.kind, p.hi, p.bound = feature.Sum, math.MaxInt64, true // there are no more items than legs
			out = append(out, []probe{p})
		}
	}
	for _, c := range clauses {
		if slices.ContainsFunc(c, countsItems) {
			out = append(out, c)
		}
	}
	return out
}

func countsItems(p probe) bool {
	return p.kind == feature.Items || p.kind == feature.PerItem || p.kind == paired && p.item != window.NoItem
}

// newPair returns the probe of a pair; not ok: nothing at hand bounds it.
func (j *judge) newPair(set *rules.Set, c rules.Pair, fine bool) (p probe, ok bool) {
	a, b := j.shard.Plan.Basis(set.Columns[c.Column]), j.shard.Plan.Basis(set.Columns[c.Per])
	if b.Kind != feature.Sum || a.Kind != feature.Sum && a.Kind != feature.Items {
		return p, false
	}
	p = probe{kind: paired, by: a.By, perBy: b.By, op: c.Op, value: c.Factor, item: a.Item, window: int16(a.Window), stamps: a.Stamps, tally: none}
	p.of = j.newFigure(a.Window, a.Of, fine)
	p.over = j.newFigure(b.Window, b.Of, fine)
	p.adds = p.of
	p.fine = j.isFine(&p)
	switch {
	case p.over == none:
		return p, false
	case !p.falls(): // at most of, at least over
		return p, j.hasLow(p.over) && (p.of != none || a.Kind == feature.Items)
	}
	return p, p.of != none && j.hasLow(p.of) && a.Kind == feature.Sum
}

func anyFine(c []probe) bool {
	return slices.ContainsFunc(c, func(p probe) bool { return p.fine })
}

// isFine reports whether a probe looks at a window of hours added up.
func (j *judge) isFine(p *probe) bool {
	is := func(f int16) bool { return f != none && j.figures[f].kind == fine }
	return is(p.of) || is(p.over)
}

// hasLow reports whether anything is known of how small a figure may be.
func (j *judge) hasLow(f int16) bool {
	x := &j.figures[f]
	if x.kind != ofHours {
		return true
	}
	w := j.shard.Plan.Windows[x.window]
	return !x.partial && cdr.Millis(w.Panes)*w.Length >= 24*hour
}

// newClause returns the probes of a clause; not ok: one of them would always pass.
func (j *judge) newClause(set *rules.Set, from rules.Clause, fine bool) (c []probe, ok bool) {
	for _, a := range from {
		p, ok := j.newProbe(j.shard.Plan.Basis(set.Columns[a.Column]), a, fine)
		if !ok {
			return nil, false
		}
		p.fine = j.isFine(&p)
		c = append(c, p)
	}
	return c, true
}

// newProbe returns the probe of an atom; not ok: nothing at hand bounds it.
func (j *judge) newProbe(b feature.Basis, a rules.Atom, fine bool) (p probe, ok bool) {
	p = probe{kind: b.Kind, by: b.By, op: a.Op, value: a.Value, item: b.Item, window: int16(b.Window), age: b.Age, of: none, over: none, adds: none, stamps: b.Stamps, tally: none}
	p.lo, p.hi = limits(a.Op, a.Value, b.By)
	switch b.Kind {
	case feature.AgeBasis, feature.HomeBasis, feature.ObservedDays:
		return p, true
	case feature.Items:
		if p.of = j.newFigure(b.Window, b.Of, fine); p.of == none && fine {
			p.of = j.covering(b.Window, b.Of)
		}
		p.adds = p.of
		return p, p.rises()
	case feature.Sum:
		p.of = j.newFigure(b.Window, b.Of, fine)
		return p, p.of != none && (p.rises() || j.hasLow(p.of))
	case feature.Quotient:
		p.of, p.over = j.newFigure(b.Window, b.Of, fine), j.newFigure(b.Window, b.Over, fine)
		if p.of == none || p.over == none {
			return p, false
		}
		p.part = j.figures[p.of].within(&j.figures[p.over])
		return p, j.figures[p.of].kind != ofHours
	case feature.Trending:
		return j.newTrend(p, b)
	case feature.PerItem:
		p.of = j.newFigure(b.Window, b.Of, fine)
		if p.part = slices.Equal(b.Of, b.Over); p.part {
			p.adds = p.of
		}
		return p, p.of != none && j.figures[p.of].kind != ofHours && p.falls() && !slices.ContainsFunc(b.Of, minus)
	}
	return p, false
}

// newTrend is the probe of a trend: of the sums of a week and a month.
func (j *judge) newTrend(p probe, b feature.Basis) (probe, bool) {
	named := func(name string) int {
		return slices.IndexFunc(j.shard.Plan.Windows, func(w window.Spec) bool { return w.Name == name })
	}
	p.of, p.over = j.newFigure(named("7d"), b.Of, false), j.newFigure(named("30d"), b.Of, false)
	return p, p.of != none && p.over != none
}

func minus(m feature.Signed) bool { return m.Minus }

// limits returns the integers v for which v / by compares with value as op says: lo
// to hi.
func limits(op rules.Op, value, by float64) (lo, hi int64) {
	lo, hi = math.MinInt64, math.MaxInt64
	at := math.Ceil(value * by)
	if !(math.Abs(at) < 1<<52) {
		return lo, hi
	}
	least := int64(at) // with least / by >= value
	for float64(least-1)/by >= value {
		least--
	}
	for float64(least)/by < value {
		least++
	}
	above := least // with above / by > value
	for float64(above)/by <= value {
		above++
	}
	switch op {
	case rules.GE:
		lo = least
	case rules.GT:
		lo = above
	case rules.LE:
		hi = above - 1
	case rules.LT:
		hi = least - 1
	case rules.EQ:
		lo, hi = least, above-1
	}
	return lo, hi
}

// newFigure finds measures in the rows of days or, if they are of hours and the probe is
// to be fine, in those of their own window; none: they are not there.
func (j *judge) newFigure(w int, of []feature.Signed, wantFine bool) int16 {
	s := j.shard
	if w < 0 || len(of) == 0 {
		return none
	}
	spec := s.Plan.Windows[w]
	if wantFine && !spec.Days {
		return j.fineFigure(w, of)
	}
	if s.days == nil {
		return none
	}
	span, there := s.days.spanOf(spec)
	if !there {
		return none
	}
	f := figure{window: w}
	if !spec.Days {
		f.kind = ofHours
		if cdr.Millis(spec.Panes)*spec.Length > 24*hour {
			return none // longer than today and the day before
		}
	}
	for _, m := range of {
		if f.kind == ofHours && m.Minus {
			f.partial = true // a bound is what is left
			continue
		}
		x, ok := s.days.operand(m, span)
		brief := span >= 0 && x.span < 0
		if !ok || f.kind == ofHours && x.recent < 0 || f.kind == ofDays && brief {
			return none
		}
		f.operands = append(f.operands, x)
	}
	if len(f.operands) == 0 {
		return none
	}
	return j.figure(f)
}

// fineFigure finds measures in the rows of window w, of hours.
func (j *judge) fineFigure(w int, of []feature.Signed) int16 {
	e := j.grids[w]
	if e == nil || j.shard.days == nil {
		return none
	}
	f := figure{kind: fine, window: j.span(span{e, j.shard.Plan.Windows[w].Panes})}
	for _, m := range of {
		i, ok := e.layout.Index(m.Measure)
		if !ok {
			return none
		}
		f.operands = append(f.operands, j.fineOperand(e.layout, i, m.Minus))
	}
	return j.figure(f)
}

// covering finds a count of legs over a window of hours, no shorter than w, that counts
// all legs which a measure counts that is not kept of w.
func (j *judge) covering(w int, of []feature.Signed) int16 {
	d := j.shard.days
	if w < 0 || len(of) != 1 || d == nil || j.grids[w] == nil {
		return none
	}
	at, ok := d.layout.Index(of[0].Measure)
	if !ok {
		return none
	}
	spec, want := j.shard.Plan.Windows[w], d.layout.Measures[at].When
	for _, e := range j.shard.exact {
		i := slices.IndexFunc(e.layout.Measures, func(m window.Measure) bool {
			return m.Kind == window.Count && m.When.All&^want.All == 0 && m.When.None&^want.None == 0
		})
		length := e.grid.Start(1) - e.grid.Start(0)
		panes := int((cdr.Millis(spec.Panes)*spec.Length+length-1)/length) + 1 // the first is cut
		if i >= 0 && panes <= e.panes {
			return j.figure(figure{kind: fine, window: j.span(span{e, panes}), operands: []operand{j.fineOperand(e.layout, i, false)}})
		}
	}
	return none
}

// newOperand is measure i of a layout.
func newOperand(l *window.Layout, i int, minus bool) operand {
	f, kind := l.Fields[i], l.Measures[i].Kind
	return operand{
		open: int32(f.Word), span: -1, recent: -1, shift: f.Shift, minus: minus, mask: f.Mask, measure: window.Op{Word: uint16(f.Word), Shift: f.Shift},
		count: kind == window.Count || kind == window.Days, days: kind == window.Days,
	}
}

// fineOperand is measure i of a layout of hours.
func (j *judge) fineOperand(l *window.Layout, i int, minus bool) operand {
	o := newOperand(l, i, minus)
	o.measure = noPlace
	if k, ok := j.shard.days.layout.Index(l.Measures[i].Name); ok {
		f := j.shard.days.layout.Fields[k]
		o.measure = window.Op{Word: uint16(f.Word), Shift: f.Shift}
	}
	return o
}

// operand finds a measure; span is the running sum that is wanted, -1: none.
func (d *days) operand(m feature.Signed, span int) (o operand, ok bool) {
	i, ok := d.layout.Index(m.Measure)
	if !ok {
		return o, false
	}
	o = newOperand(d.layout, i, m.Minus)
	if span >= 0 && d.lasts(int(o.open)) {
		o.span = int32(d.behind(d.spans[span])) + o.open
	}
	if k, ok := d.recent.Rank(int(o.open)); ok {
		o.recent = int32(d.kept + k)
	}
	return o, true
}

// spanOf returns the running sum that, with the open day, makes up the window w of
// days, or holds all of the window w of hours; -1: the open day alone.
func (d *days) spanOf(w window.Spec) (span int, ok bool) {
	if w.Days && w.Panes == 1 {
		return -1, true
	}
	for i, n := range d.spans {
		// Three days hold any 24 hours, also when one of them has only 23.
		if w.Days && n == w.Panes || !w.Days && n >= 3 {
			return i, true
		}
	}
	return 0, false
}
