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
		if p, ok := j.newPair(set, c, false); ok {
			g.coarse = append(g.coarse, []probe{p})
		} else if p, ok := j.newPair(set, c, true); ok {
			g.fine = append(g.fine, []probe{p})
		}
	}
	g.coarse = cheapFirst(g.coarse)
	return g
}

// cheapFirst puts what only adds up measures before what counts items.
func cheapFirst(clauses [][]probe) (out [][]probe) {
	for _, c := range clauses {
		if !slices.ContainsFunc(c, countsItems) {
			out = append(out, c)
		} else if p := c[0]; len(c) == 1 && p.kind == feature.Items && len(p.of.operands) > 0 {
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
	p = probe{kind: paired, by: a.By, perBy: b.By, op: c.Op, value: c.Factor, item: a.Item, window: a.Window}
	var of, over bool
	p.of, of = j.newSum(a.Window, a.Of, fine)
	p.over, over = j.newSum(b.Window, b.Of, fine)
	of = of && len(p.of.operands) > 0
	switch {
	case !over || len(p.over.operands) == 0:
		return p, false
	case c.Op == rules.GE || c.Op == rules.GT: // at most of, at least over
		return p, !p.over.hours && (of || a.Kind == feature.Items)
	}
	return p, of && !p.of.hours && a.Kind == feature.Sum
}

func anyFine(c []probe) bool {
	return slices.ContainsFunc(c, func(p probe) bool { return p.of.fine || p.over.fine })
}

// newClause returns the probes of a clause; not ok: one of them would always pass.
func (j *judge) newClause(set *rules.Set, from rules.Clause, fine bool) (c []probe, ok bool) {
	for _, a := range from {
		p, ok := j.newProbe(j.shard.Plan.Basis(set.Columns[a.Column]), a, fine)
		if !ok {
			return nil, false
		}
		c = append(c, p)
	}
	return c, true
}

// newProbe returns the probe of an atom; not ok: nothing at hand bounds it.
func (j *judge) newProbe(b feature.Basis, a rules.Atom, fine bool) (p probe, ok bool) {
	newSum := func(of []feature.Signed) (sum, bool) { return j.newSum(b.Window, of, fine) }
	p = probe{kind: b.Kind, by: b.By, op: a.Op, value: a.Value, item: b.Item, window: b.Window, age: b.Age}
	p.lo, p.hi = limits(a.Op, a.Value, b.By)
	rises := p.lo > 0 // it takes a large value to hold
	switch b.Kind {
	case feature.AgeBasis, feature.HomeBasis, feature.ObservedDays:
		return p, true
	case feature.Items:
		p.of, _ = newSum(b.Of) // empty if nothing bounds the count of items
		return p, rises
	case feature.Sum:
		p.of, ok = newSum(b.Of)
		return p, ok && (rises || !p.of.hours)
	case feature.Quotient:
		var both bool
		p.of, ok = newSum(b.Of)
		p.over, both = newSum(b.Over)
		return p, ok && both && !p.of.hours
	case feature.Trending:
		return j.newTrend(p, b)
	case feature.PerItem:
		p.of, ok = newSum(b.Of)
		return p, ok && !p.of.hours && (a.Op == rules.LE || a.Op == rules.LT) && !slices.ContainsFunc(b.Of, minus)
	}
	return p, false
}

// newTrend is the probe of a trend: of the sums of a week and a month.
func (j *judge) newTrend(p probe, b feature.Basis) (probe, bool) {
	named := func(name string) int {
		return slices.IndexFunc(j.shard.Plan.Windows, func(w window.Spec) bool { return w.Name == name })
	}
	var week, month bool
	p.of, week = j.newSum(named("7d"), b.Of, false)
	p.over, month = j.newSum(named("30d"), b.Of, false)
	return p, week && month
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

// newSum finds measures in the rows of days or, if they are of hours and the probe is
// to be fine, in those of their own window; not ok: they are not there.
func (j *judge) newSum(w int, of []feature.Signed, fine bool) (out sum, ok bool) {
	s := j.shard
	if w < 0 {
		return sum{}, false
	}
	spec := s.Plan.Windows[w]
	if fine && !spec.Days {
		return j.fineSum(w, of)
	}
	if s.days == nil {
		return sum{}, false
	}
	span, there := s.days.spanOf(spec)
	if !there {
		return sum{}, false
	}
	out.hours = !spec.Days
	if out.hours && cdr.Millis(spec.Panes)*spec.Length > 24*hour {
		return sum{}, false // longer than today and the day before
	}
	for _, m := range of {
		if out.hours && m.Minus {
			continue // a bound is what is left
		}
		x, ok := s.days.operand(m, span)
		if !ok || out.hours && x.recent < 0 {
			return sum{}, false
		}
		out.operands = append(out.operands, x)
	}
	return out, true
}

// fineSum finds measures in the rows of window w, of hours.
func (j *judge) fineSum(w int, of []feature.Signed) (out sum, ok bool) {
	e := j.grids[w]
	if e == nil {
		return sum{}, false
	}
	out.fine, out.window = true, w
	for _, m := range of {
		i, ok := e.layout.Index(m.Measure)
		if !ok {
			return sum{}, false
		}
		f := e.layout.Fields[i]
		kind := e.layout.Measures[i].Kind
		out.operands = append(out.operands, operand{
			open: f.Word, shift: f.Shift, minus: m.Minus, mask: f.Mask, count: kind == window.Count || kind == window.Days,
		})
	}
	return out, true
}

// operand finds a measure; span is the running sum that is wanted, -1: none.
func (d *days) operand(m feature.Signed, span int) (o operand, ok bool) {
	i, ok := d.layout.Index(m.Measure)
	if !ok {
		return o, false
	}
	f := d.layout.Fields[i]
	o = operand{open: f.Word, span: -1, recent: -1, shift: f.Shift, minus: m.Minus, mask: f.Mask}
	kind := d.layout.Measures[i].Kind
	o.count = kind == window.Count || kind == window.Days
	if span >= 0 {
		o.span = d.sums + d.words*span + f.Word
	}
	if k := slices.Index(d.recent, f.Word); k >= 0 {
		o.recent = d.kept + k
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
