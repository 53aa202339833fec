package shard

import (
	"math"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Nearly everybody is so far from every rule that some more legs can bring nobody
// near. When all gates are closed for a subscriber, it is counted how many legs it
// takes at least to open one: a leg adds one to a count, one item to a set, and a
// limited amount to a sum. So many legs are then folded without looking at any gate.
// A leg that adds more than that, or adds to a count that a rule wants only few of,
// ends the calm. So does the end of the day, since windows move then; but what rules lack
// does not become more by that, and a calm of that kind goes on.

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

// settleCalm counts leg i of the batch down.
func (s *Shard) settleCalm(who *person, i int) {
	switch {
	case who.calm == 0:
	case s.stirred(i):
		who.calm = 0
	default:
		who.calm--
	}
}
