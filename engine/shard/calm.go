package shard

import (
	"math"
	"slices"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Nearly everybody is so far from every rule that some more legs can bring nobody
// near. When all gates are closed for a subscriber, it is counted how many legs it
// takes at least to open one: a leg adds one to a count, one item to a set, and a
// limited amount to a sum. So many legs are then folded without looking at any gate.
// A leg that adds more than that, or adds to a count that a rule wants only few of,
// ends the calm. So does the end of the day on which something may leave a window; but what
// rules lack does not become more by that, and a calm of that kind goes on.
//
// Rules mostly count what few legs add to, such as calls that were made. Such legs are
// loud, and counted apart: the calm ends when so many legs have come or, which is fewer, so
// many loud ones.

// What a leg may add to a sum without ending the calm is this part of the least
// threshold over it. Counts and items that a rule wants fewer of than few end it at
// once.
const (
	steps = 64
	few   = 16
)

// mostCalm is the longest calm, in legs.
const mostCalm = math.MaxUint8

// stir is what ends the calm: a leg that adds more than most of a quantity.
type stir struct {
	of   window.Quantity
	most uint64
}

// calms tells which legs end the calm.
type calms struct {
	limits  map[window.Op]uint64 // by what an operand is of; 0: any leg that adds to it
	rare    map[window.Op]bool   // what boundary rules want few of
	loud    map[window.Op]bool   // what loud legs add to
	sets    uint16               // of which a new item does, a bit each
	out     bool                 // the first originating leg of a day does
	classes []effect             // by class
	stirs   [][]stir             // by class, of those whose effect stirs
	numbers int                  // the program's numbering of classes
}

// effect is what a leg of some class does. Every leg looks one up, so all are to stay in the
// cache.
type effect uint8

const (
	known effect = 1 << iota
	wakes        // boundary rules have to look
	loud         // it brings rules nearer that count legs
	ends         // whatever its quantities, it ends the calm
	stirs        // some of its quantities may
)

// limit notes what the probes of an activity rule compare with.
func (j *judge) limit(g *gate) {
	c := &j.calms
	look := func(p *probe) {
		switch {
		case p.kind == feature.AgeBasis && p.age == feature.SinceOutgoing:
			c.out = true
		case p.bound || !p.rises() || p.lo == math.MaxInt64:
		case p.kind == feature.Items && p.scarce():
			c.sets |= 1 << p.item
		case p.kind == feature.Sum && !p.fine:
			c.limitFigure(&j.figures[p.of], uint64(p.lo))
		}
	}
	each(g.coarse, look)
	each(g.fine, look)
}

// noteLoud notes which legs bring a rule nearer that counts legs.
func (j *judge) noteLoud(g *gate) {
	each(g.coarse, func(p *probe) {
		rises := p.kind == feature.Sum && p.rises() || p.kind == feature.Quotient && p.rising() || p.kind == paired && p.rising()
		if !rises || p.of == none || !j.figures[p.of].counts {
			return
		}
		for _, o := range j.figures[p.of].operands {
			if _, limited := j.calms.limits[o.measure]; !limited {
				j.calms.loud[o.measure] = true
			}
		}
	})
}

// each calls f for the probes of some clauses.
func each(clauses [][]probe, f func(*probe)) {
	for _, clause := range clauses {
		for i := range clause {
			f(&clause[i])
		}
	}
}

// limitFigure notes that a figure is compared with least.
func (c *calms) limitFigure(f *figure, least uint64) {
	for i := range f.operands {
		o := &f.operands[i]
		most := least / steps / uint64(len(f.operands))
		switch {
		case o.count && least >= few*uint64(len(f.operands)):
			continue // every leg adds one
		case o.count:
			most = 0
		}
		if have, ok := c.limits[o.measure]; !ok || most < have {
			c.limits[o.measure] = most
		}
	}
}

// tell finds what a leg adds to a figure at most, once all limits are known.
func (c *calms) tell(f *figure) {
	f.each, f.loud = 0, true
	for i := range f.operands {
		o := &f.operands[i]
		if o.minus {
			continue
		}
		if !c.loud[o.measure] {
			f.loud = false
		}
		most, limited := c.limits[o.measure]
		switch {
		case o.count && (!limited || f.kind == fine):
			f.each++
		case !limited || f.kind == fine || most > 1<<40:
			f.each = unlimited
			return
		default:
			f.each += int64(most) // 0: a leg that adds to it ends the calm
		}
	}
}

// renumber forgets the effects of classes that were numbered anew.
func (c *calms) renumber(numbering int) {
	if c.numbers != numbering {
		c.numbers, c.classes, c.stirs = numbering, c.classes[:0], c.stirs[:0]
	}
}

// learn finds out what legs of a class do.
func (c *calms) learn(s *Shard, class int32) effect {
	for int(class) >= len(c.classes) {
		c.classes, c.stirs = append(c.classes, 0), append(c.stirs, nil)
	}
	var ops []window.Op
	if s.days != nil {
		ops = s.program.Ops(class, s.days.grid)
	}
	e := known
	if hasAny(ops, c.rare) {
		e |= wakes
	}
	if hasAny(ops, c.loud) {
		e |= loud
	}
	all, ended := c.stir(ops)
	if ended {
		e |= ends
	}
	if len(all) > 0 {
		e |= stirs
	}
	c.classes[class], c.stirs[class] = e, all
	return e
}

// hasAny reports whether ops change any of some measures.
func hasAny(ops []window.Op, measures map[window.Op]bool) bool {
	return slices.ContainsFunc(ops, func(op window.Op) bool { return measures[window.Op{Word: op.Word, Shift: op.Shift}] })
}

// stir finds which quantities of ops end the calm, each once, and whether they do so
// whatever they are.
func (c *calms) stir(ops []window.Op) (stirs []stir, ends bool) {
	for _, op := range ops {
		most, ok := c.limits[window.Op{Word: op.Word, Shift: op.Shift}]
		i := slices.IndexFunc(stirs, func(x stir) bool { return x.of == op.Of })
		switch {
		case !ok:
		case most == 0:
			ends = true
		case i < 0:
			stirs = append(stirs, stir{op.Of, most})
		default:
			stirs[i].most = min(stirs[i].most, most)
		}
	}
	return stirs, ends
}

// count counts a leg of a class down for its subscriber.
func (s *Shard) count(who *person, class int32, q *window.Quantities) {
	c, e := &s.judge.calms, effect(0)
	if int(class) < len(c.classes) {
		e = c.classes[class]
	}
	if e == 0 {
		e = c.learn(s, class)
	}
	if e&wakes != 0 {
		who.quiet = 0
	}
	if who.calm == 0 {
		who.marks &^= spent
		return
	}
	who.calm--
	if e&loud != 0 && who.loud > 0 {
		who.loud--
	}
	if who.calm == 0 || who.loud == 0 {
		who.outlasts, who.calm = who.calm, 0
		who.marks |= spent
	}
	if e&ends != 0 || e&stirs != 0 && c.stirred(class, q) {
		who.calm = 0
		who.marks &^= spent
	}
}

// stirred reports whether a leg of a class adds so much that it ends the calm.
func (c *calms) stirred(class int32, q *window.Quantities) bool {
	for _, x := range c.stirs[class] {
		if q[x.of] > x.most {
			return true
		}
	}
	return false
}
