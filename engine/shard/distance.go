package shard

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// reach is how many legs it takes at least to bring the sum from v to least.
func (s *sum) reach(v, least int64) int64 {
	if v >= least {
		return 0
	}
	each := int64(0)
	for i := range s.operands {
		o := &s.operands[i]
		switch {
		case o.minus:
		case o.count:
			each++
		default:
			each += int64(o.most) // 0: a leg that adds to it ends the calm
		}
	}
	if each == 0 {
		return mostCalm
	}
	return (least - v + each - 1) / each
}

// grows reports whether a leg never makes the sum less.
func (s *sum) grows() bool {
	return !slices.ContainsFunc(s.operands, func(o operand) bool { return o.minus })
}

// counts reports whether all operands are counts that are added.
func (s *sum) counts() bool {
	for i := range s.operands {
		if !s.operands[i].count || s.operands[i].minus {
			return false
		}
	}
	return true
}

// within reports whether all operands are among those of another sum, each once.
func (s *sum) within(other *sum) bool {
	for i := range s.operands {
		same := func(o operand) bool { return o.key() == s.operands[i].key() }
		if !slices.ContainsFunc(other.operands, same) || slices.ContainsFunc(s.operands[:i], same) {
			return false
		}
	}
	return true
}

// legs is how many legs it takes at least until a probe that does not pass may.
func (p *probe) legs(x *glance) int64 {
	switch p.kind {
	case feature.Sum:
		switch v := p.of.value(x); {
		case v < p.lo:
			return p.of.reach(v, p.lo)
		case p.of.grows():
			return mostCalm // it is too large, and nothing is subtracted before the day is over
		}
		return 1
	case feature.Items:
		n := p.lo - p.items(x)
		if n > 0 && p.scarce() && x.lens == nil {
			return mostCalm // a new item ends the calm
		}
		if len(p.of.operands) > 0 {
			n = max(n, p.of.reach(p.of.value(x), p.lo))
		}
		return n
	case feature.Quotient, feature.PerItem:
		return p.quotientLegs(x)
	case paired:
		return p.pairLegs(x)
	case feature.AgeBasis, feature.HomeBasis, feature.ObservedDays:
		return mostCalm // what changes them during a day ends the calm, see meet
	}
	return 1
}

func (p *probe) quotientLegs(x *glance) int64 {
	if !p.of.counts() || !p.over.counts() || p.by != 1 {
		return 1
	}
	n, d, per := float64(p.of.value(x)), 0.0, 1.0
	if p.kind == feature.Quotient {
		d, per = float64(p.over.value(x)), float64(len(p.over.operands))
	} else {
		d = float64(p.items(x))
	}
	switch {
	case d == 0:
		return 1
	case p.op == rules.GE || p.op == rules.GT: // the divisor does not fall
		lacks := p.value*d - n
		if p.kind == feature.Quotient && p.value < 1 && p.of.within(&p.over) {
			lacks /= 1 - p.value // it rises with the dividend
		}
		return fewest(lacks / float64(len(p.of.operands)))
	case p.op != rules.EQ && p.value > 0: // the dividend does not
		return fewest((n/p.value - d) / per)
	}
	return 1
}

func (p *probe) pairLegs(x *glance) int64 {
	if !p.of.counts() || !p.over.counts() || p.by != 1 || p.perBy != 1 {
		return 1
	}
	over := p.value * float64(p.over.value(x))
	if p.op == rules.LE || p.op == rules.LT {
		return fewest((float64(p.of.value(x)) - over) / p.value / float64(len(p.over.operands)))
	}
	n := int64(0)
	if len(p.of.operands) > 0 {
		n = fewest((over - float64(p.of.value(x))) / float64(len(p.of.operands)))
	}
	if p.item != window.NoItem {
		n = max(n, fewest(over-float64(p.items(x))))
	}
	return n
}

// fewest rounds a number of legs down, so that rounding errors make it less, but not
// less than one.
func fewest(legs float64) int64 { return int64(min(max(legs, 1), mostCalm)) }

// fineLegs is legs for a probe over hours that does not pass: legs leave such a window
// at any time, so only that it lacks counts can be relied on.
func (p *probe) fineLegs(x *glance) int64 {
	switch {
	case p.kind == feature.Items && p.items(x) < p.lo:
		return p.legs(x)
	case p.kind != feature.Sum && p.kind != feature.Items || !p.of.fine || !p.of.counts():
		return 0
	}
	return p.of.reach(p.of.value(x), p.lo)
}

// distance is how many legs it takes at least until a gate may open that is closed: of
// this day, and whatever day it is; 0: nobody knows.
type distance struct{ today, ever int64 }

func (d distance) nearer(o distance) distance {
	return distance{min(d.today, o.today), min(d.ever, o.ever)}
}

func (d distance) farther(o distance) distance {
	return distance{max(d.today, o.today), max(d.ever, o.ever)}
}

// keep notes that a gate is so far.
func (x *glance) keep(d distance) { x.calm, x.steady = min(x.calm, d.today), min(x.steady, d.ever) }

// settle gives the subscriber the calm that was found. One that is nearly as long, but
// outlasts the day, is better.
func (x *glance) settle() {
	x.who.marks &^= steady
	x.who.calm = uint8(x.calm)
	if x.steady > 0 && 2*x.steady >= x.calm {
		x.who.marks |= steady
		x.who.calm = uint8(x.steady)
	}
}

// look reports whether the rule of g may hold for x and, if not, how far it is.
func (g *gate) look(x *glance) (open bool, far distance) {
	if open, far = farthest(g.coarse, x, (*probe).legs); !open || len(g.fine) == 0 {
		return open, far
	}
	return farthest(g.fine, x, (*probe).fineLegs)
}

// farthest reports whether all clauses pass and, if not, how far the one is that is
// farthest from it.
func farthest(clauses [][]probe, x *glance, legs func(p *probe, x *glance) int64) (all bool, far distance) {
	all = true
	for _, clause := range clauses {
		if !all && far.today >= x.calm && far.ever >= x.steady {
			break // it makes no difference
		}
		if anyPasses(clause, x) {
			continue
		}
		n := distance{mostCalm, mostCalm}
		for i := range clause {
			m := distance{today: legs(&clause[i], x)}
			if clause[i].steady(x) {
				m.ever = m.today
			}
			n = n.nearer(m)
		}
		all, far = false, far.farther(n)
	}
	return all, far
}

// steady reports whether a probe that does not pass will not either because days go by:
// windows lose what they had, and some ages grow out of what a rule wants.
func (p *probe) steady(x *glance) bool {
	switch p.kind {
	case feature.Sum:
		return !p.of.fine && p.of.grows() && p.of.value(x) < p.lo
	case feature.Items:
		return !p.of.fine
	case feature.HomeBasis:
		return true
	case feature.ObservedDays:
		return x.observed > p.hi
	case feature.AgeBasis:
		v, known := x.age(p.age)
		return p.age == feature.SinceIMSI && !known || known && v > p.hi && (p.age == feature.SinceIMSI || p.age == feature.Tenure)
	}
	return false
}
