package shard

import (
	"math"
	"slices"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Nearly everybody is so far from every rule that some more legs can bring nobody
// near. When all gates are closed for a subscriber, it is counted how many legs it
// takes at least to open one: a leg adds one to a count, one item to a set, and a
// limited amount to a sum. So many legs are then folded without looking at any gate.
// A leg that adds more than that, or adds to a count that a rule wants only few of,
// ends the calm; so does the end of the day, since windows move then.

// What a leg may add to a sum without ending the calm is this part of the least
// threshold over it. Counts and items that a rule wants fewer of than few end it at
// once.
const (
	steps = 64
	few   = 16
)

// mostCalm is the longest calm.
const mostCalm = math.MaxUint8

// stir is what ends the calm: a leg that adds more than most of a quantity.
type stir struct {
	of   window.Quantity
	most uint64
}

// calms tells which legs end the calm.
type calms struct {
	limits  map[window.Op]uint64 // by what an operand is of; 0: any leg that adds to it
	sets    uint16               // of which a new item does, a bit each
	out     bool                 // the first originating leg of a day does
	stirs   [][]stir             // by class
	known   []bool               // classes that stirs holds
	numbers int                  // the program's numbering of classes
}

// limit notes what the probes of a gate compare with.
func (c *calms) limit(g *gate) {
	each(g, func(p *probe) {
		switch {
		case p.kind == feature.AgeBasis && p.age == feature.SinceOutgoing:
			c.out = true
		case p.bound || p.lo <= 0 || p.lo == math.MaxInt64:
		case p.kind == feature.Items && p.scarce():
			c.sets |= 1 << p.item
		case p.kind == feature.Sum:
			c.limitSum(&p.of, uint64(p.lo))
		}
	})
}

// each calls f for the coarse probes of a gate.
func each(g *gate, f func(*probe)) {
	for _, clause := range g.coarse {
		for i := range clause {
			f(&clause[i])
		}
	}
}

// scarce reports whether a rule wants so few items of a set that a new one ends the
// calm; but everybody comes to have the first one.
func (p *probe) scarce() bool { return p.lo > 1 && p.lo < few }

// limitSum notes that a sum is compared with least.
func (c *calms) limitSum(s *sum, least uint64) {
	for i := range s.operands {
		o := &s.operands[i]
		most := least / steps / uint64(len(s.operands))
		switch {
		case o.count && least >= few*uint64(len(s.operands)):
			continue // every leg adds one
		case o.count:
			most = 0
		}
		if have, ok := c.limits[o.key()]; !ok || most < have {
			c.limits[o.key()] = most
		}
	}
}

// tell tells the sums of a gate what a leg adds at most, once all limits are known.
func (c *calms) tell(g *gate) {
	each(g, func(p *probe) {
		for _, s := range []*sum{&p.of, &p.over} {
			for i := range s.operands {
				s.operands[i].most = c.limits[s.operands[i].key()]
			}
		}
	})
}

// key is the measure of an operand, by where it stands.
func (o *operand) key() window.Op { return window.Op{Word: uint16(o.open), Shift: o.shift} }

// stirred reports whether leg i of the batch ends the calm.
func (s *Shard) stirred(i int) bool {
	c, class := &s.judge.calms, s.classes[i]
	if n := s.program.Numbering(); n != c.numbers {
		c.numbers, c.known, c.stirs = n, c.known[:0], c.stirs[:0]
	}
	for int(class) >= len(c.known) {
		c.known, c.stirs = append(c.known, false), append(c.stirs, nil)
	}
	if !c.known[class] {
		c.known[class], c.stirs[class] = true, c.stirsOf(s.program.Ops(class, s.days.grid))
	}
	for _, x := range c.stirs[class] {
		if x.most == 0 || s.legs.Quantities[i][x.of] > x.most {
			return true
		}
	}
	return false
}

func (c *calms) stirsOf(ops []window.Op) (out []stir) {
	for _, op := range ops {
		if most, ok := c.limits[window.Op{Word: op.Word, Shift: op.Shift}]; ok {
			out = append(out, stir{op.Of, most})
		}
	}
	return out
}

// settleCalm counts the batch down.
func (s *Shard) settleCalm() {
	for i := range s.legs.N {
		who := s.people.at(s.slots[i])
		switch {
		case who.calm == 0:
		case s.stirred(i):
			who.calm = 0
		default:
			who.calm--
		}
	}
}

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
	n, d := float64(p.of.value(x)), float64(p.items(x))
	per := 1.0
	if p.kind == feature.Quotient {
		d, per = float64(p.over.value(x)), float64(len(p.over.operands))
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

// look reports whether the rule of g may hold for x and, if not, how many legs it takes
// at least until it may; 0: nobody knows.
func (g *gate) look(x *glance) (open bool, legs int64) {
	if open, legs = farthest(g.coarse, x, (*probe).legs); !open || len(g.fine) == 0 {
		return open, legs
	}
	return farthest(g.fine, x, (*probe).fineLegs)
}

// farthest reports whether all clauses pass and, if not, how many legs it takes at least
// until they may: as many as for the one that is farthest from it.
func farthest(clauses [][]probe, x *glance, legs func(p *probe, x *glance) int64) (all bool, best int64) {
	all = true
	for _, clause := range clauses {
		if !all && best >= x.calm {
			break // it makes no difference
		}
		if anyPasses(clause, x) {
			continue
		}
		n := int64(mostCalm)
		for i := range clause {
			n = min(n, legs(&clause[i], x))
		}
		all, best = false, max(best, n)
	}
	return all, best
}
