package shard

import (
	"math"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// gate tells cheaply who is surely far from a rule: for whom all probes of one of
// its clauses fail. A probe may pass where the rule does not hold, never the
// other way round. It looks only at what the fold has brought near: the person and
// its row of days. A window of hours is bounded by one of several days, which holds
// all of its legs.
type gate [][]probe

// glance is a subscriber as its probes see it.
type glance struct {
	who      *person
	row      []uint64 // of days; nil: none
	observed int64
	today    window.Day
}

func (j *judge) glance(slot uint32) glance {
	s := j.shard
	who := s.people.at(slot)
	g := glance{who: who, observed: int64(s.today - s.Days.Day(s.first)), today: s.today}
	if who.row != 0 {
		g.row = s.days.rows.at(who.row)
	}
	return g
}

// probe compares what bounds a feature with a constant.
type probe struct {
	kind     feature.BasisKind
	upper    bool // the sums are upper bounds, not exact
	lo, hi   int64
	of, over []operand
	by       float64
	op       rules.Op
	value    float64
	item     window.Item
	age      feature.AgeColumn
}

// operand is a measure in a row of days: the open day and, unless sum is negative,
// a running sum of closed ones.
type operand struct {
	open, sum int // words
	shift     uint8
	minus     bool
	mask      uint64
}

func newGate(s *Shard, set *rules.Set, from rules.Gate) (g gate) {
	for _, c := range from {
		clause, ok := newClause(s, set, c)
		if ok {
			g = append(g, clause)
		}
	}
	return g
}

// newClause returns the probes of a clause; not ok: one of them would always pass.
func newClause(s *Shard, set *rules.Set, from rules.Clause) (c []probe, ok bool) {
	for _, a := range from {
		p, ok := newProbe(s, s.Plan.Basis(set.Columns[a.Column]), a)
		if !ok {
			return nil, false
		}
		c = append(c, p)
	}
	return c, true
}

func newProbe(s *Shard, b feature.Basis, a rules.Atom) (p probe, ok bool) {
	p = probe{kind: b.Kind, by: b.By, op: a.Op, value: a.Value, item: b.Item, age: b.Age}
	p.lo, p.hi = limits(a.Op, a.Value, b.By)
	rising := a.Op == rules.GE || a.Op == rules.GT || a.Op == rules.EQ && a.Value > 0
	switch b.Kind {
	case feature.Unbounded:
		return p, false
	case feature.AgeBasis, feature.HomeBasis, feature.ObservedDays:
		return p, true
	case feature.Items:
		if !rising || p.lo <= 0 {
			return p, false
		}
		p.of, p.upper, _ = operands(s, b, b.Of)
		return p, true
	}
	var exact bool
	if p.of, p.upper, ok = operands(s, b, b.Of); !ok {
		return p, false
	}
	exact = !p.upper
	if b.Kind == feature.Quotient {
		var upper bool
		p.over, upper, ok = operands(s, b, b.Over)
		return p, ok && exact && !upper
	}
	return p, exact || rising && p.lo > 0
}

// limits returns the integers v for which v / by compares with value as op says: lo
// to hi.
func limits(op rules.Op, value, by float64) (lo, hi int64) {
	lo, hi = math.MinInt64, math.MaxInt64
	at := math.Ceil(value * by)
	if math.Abs(at) > 1<<52 {
		return lo, hi
	}
	// The least v with v/by >= value, and the least with v/by > value.
	least := int64(at)
	for float64(least-1)/by >= value {
		least--
	}
	for float64(least)/by < value {
		least++
	}
	above := least
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

// operands finds measures in the rows of days. upper: they are only bounds.
func operands(s *Shard, b feature.Basis, of []feature.Signed) (out []operand, upper, ok bool) {
	if s.days == nil || b.Window < 0 {
		return nil, false, false
	}
	d, w := s.days, s.Plan.Windows[b.Window]
	span, upper := d.spanOf(w)
	if span < -1 {
		return nil, false, false
	}
	for _, m := range of {
		if upper && m.Minus {
			continue
		}
		i, there := d.layout.Index(m.Measure)
		if !there {
			return nil, false, false
		}
		f := d.layout.Fields[i]
		x := operand{open: f.Word, sum: -1, shift: f.Shift, minus: m.Minus, mask: f.Mask}
		if span >= 0 {
			x.sum = d.words*(1+span) + f.Word
		}
		out = append(out, x)
	}
	return out, upper, true
}

// spanOf returns the running sum that, with the open day, makes up the window w,
// or more than it: upper. -1: the open day alone; -2: there is none.
func (d *days) spanOf(w window.Spec) (span int, upper bool) {
	days := w.Panes
	if !w.Days {
		// A local day has 23 hours at least, and panes begin before the window.
		days = int((cdr.Millis(w.Panes)*w.Length+23*hour-1)/(23*hour)) + 1
	}
	if w.Days && days == 1 {
		return -1, false
	}
	for i, n := range d.spans {
		if n == days && w.Days {
			return i, false
		}
		if n >= days && !w.Days {
			return i, true
		}
	}
	return -2, false
}

const hour = 3_600_000

// open reports whether the rule of g may hold for x.
func (g gate) open(j *judge, x *glance) bool {
	for _, clause := range g {
		if !anyPasses(j, clause, x) {
			return false
		}
	}
	return true
}

func anyPasses(j *judge, clause []probe, x *glance) bool {
	for i := range clause {
		if clause[i].passes(j, x) {
			return true
		}
	}
	return false
}

// passes reports whether the atom may hold.
func (p *probe) passes(j *judge, x *glance) bool {
	switch p.kind {
	case feature.Sum:
		v := total(p.of, x.row)
		return v >= p.lo && (p.upper || v <= p.hi)
	case feature.Items:
		return (p.of == nil || total(p.of, x.row) >= p.lo) && j.items(x.who, p.item, p.lo)
	case feature.Quotient:
		return p.quotient(x)
	case feature.HomeBasis:
		return (x.who.marks&home != 0) == (p.lo == 1)
	case feature.ObservedDays:
		return x.observed >= p.lo && x.observed <= p.hi
	}
	v, known := j.age(x, p.age)
	return known && v >= p.lo && v <= p.hi
}

// total adds operands up. A subscriber without a row has none of anything.
func total(of []operand, row []uint64) (sum int64) {
	if row == nil {
		return 0
	}
	for i := range of {
		o := &of[i]
		v := row[o.open] >> (o.shift & 63) & o.mask
		if o.sum >= 0 {
			v += row[o.sum] >> (o.shift & 63) & o.mask
		}
		if o.minus {
			v = -v
		}
		sum += int64(v)
	}
	return sum
}

func (p *probe) quotient(x *glance) bool {
	n, d := total(p.of, x.row), total(p.over, x.row)
	if d == 0 {
		return false // null
	}
	q := float64(n) / p.by / float64(d)
	switch p.op {
	case rules.GE:
		return q >= p.value
	case rules.GT:
		return q > p.value
	case rules.LE:
		return q <= p.value
	case rules.LT:
		return q < p.value
	}
	return q == p.value
}

// items reports whether the subscriber may have seen n items of a set.
func (j *judge) items(who *person, set window.Item, n int64) bool {
	if who.marks&big != 0 {
		return true
	}
	if who.items == 0 || int64(who.count) < n {
		return n <= 0
	}
	b := j.shard.items.block(who)
	seen := int64(0)
	for i := range int(who.count) {
		if b.key(i)>>setShift == uint64(set) {
			seen++
		}
	}
	return seen >= n
}

// age returns an age in days; not ok: there is none.
func (j *judge) age(x *glance, which feature.AgeColumn) (days int64, ok bool) {
	at := x.who.first
	switch which {
	case feature.SinceActivity:
		at = j.shard.Days.Day(x.who.last)
	case feature.SinceOutgoing:
		at = x.who.out
	case feature.SinceIMSI:
		at = x.who.imsiDay
	}
	return int64(x.today - at), at != noDay
}
