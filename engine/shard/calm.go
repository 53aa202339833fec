package shard

import (
	"math"
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Nearly everybody is so far from every rule that some more legs can bring nobody
// near. When all gates are closed for a subscriber, it is counted how many legs it
// takes at least to open one: a leg adds one to a count, one item to a set, and a
// limited amount to a sum. So many legs are then folded without looking at any gate.
// A leg that adds more than that, or adds to a count or a set that a rule wants only few
// of, counts as so many legs as it would take others to add as much. The calm also ends
// with the day on which something may leave a window; but what rules lack does not become
// more by that, and a calm of that kind goes on.
//
// Rules mostly count what few legs add to, such as calls that were made. Such legs are
// loud, and counted apart: the calm ends when so many legs have come or, which is fewer, so
// many loud ones.

// few is how many of a count or of the items of a set a rule has to want for all that add
// to it to weigh no more than other legs.
const few = 16

// mostCalm is the longest calm, in legs. What a leg may add to a sum without weighing more
// than one is this part of the least threshold over it.
const mostCalm = math.MaxUint8

// tooMuch is the weight of a leg that ends any calm.
const tooMuch = mostCalm + 1

// stir is what weighs more than one: a leg that adds more than most of a quantity.
type stir struct {
	of   window.Quantity
	most uint64
}

// weights are what legs of a class weigh: least, or more by what they add.
type weights struct {
	least int32
	stirs []stir
}

// limit is what adding to a measure weighs: what is counted weighs so many legs, any other
// one for each most.
type limit struct {
	most uint64
	legs int32
}

// calms tells which legs end the calm.
type calms struct {
	limits  map[window.Op]limit // by what an operand is of
	rare    map[window.Op]bool  // what boundary rules want few of
	loud    map[window.Op]bool  // what loud legs add to
	sets    [window.Items]uint8 // the weight of a new item
	out     bool                // the first originating leg of a day ends it
	home    bool                // to become a customer does
	classes []effect            // by class
	weights []weights           // by class, of those whose effect weighs
	numbers int                 // the program's numbering of classes
}

// effect is what a leg of some class does. Every leg looks one up, so all are to stay in the
// cache.
type effect uint8

const (
	known  effect = 1 << iota
	wakes         // boundary rules have to look
	loud          // it brings rules nearer that count legs
	weighs        // it may weigh more than one
)

// limit notes what the probes of an activity rule compare with.
func (j *judge) limit(g *gate) {
	c := &j.calms
	look := func(p *probe) {
		switch {
		case p.kind == feature.AgeBasis && p.age == feature.SinceOutgoing:
			c.out = true
		case p.kind == feature.HomeBasis:
			c.home = true
		case p.bound || !p.rises() || p.lo == math.MaxInt64:
		case p.kind == feature.Items && p.scarce():
			c.sets[p.item] = max(c.sets[p.item], uint8(weightOf(p.lo)))
		case p.kind == feature.Sum && !p.fine:
			c.limitFigure(&j.figures[p.of], p.lo)
		}
	}
	each(g.coarse, look)
	each(g.fine, look)
}

// findLoud finds which legs bring rules nearer that count legs: those that a rule wants
// many of or, if there is none, those that it wants more of than of others.
func (j *judge) findLoud() {
	for _, r := range j.activity {
		j.noteLoud(&j.gates[r], func(p *probe) bool { return p.kind == feature.Sum && p.rises() })
	}
	if len(j.calms.loud) > 0 {
		return
	}
	for _, r := range j.activity {
		j.noteLoud(&j.gates[r], func(p *probe) bool { return (p.kind == feature.Quotient || p.kind == paired) && p.rising() })
	}
}

// noteLoud notes what some probes of a rule count.
func (j *judge) noteLoud(g *gate, some func(p *probe) bool) {
	each(g.coarse, func(p *probe) {
		if !some(p) || p.of == none || !j.figures[p.of].counts {
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

// weightOf is what one of a few weighs.
func weightOf(few int64) int32 { return int32(max(mostCalm/max(few, 1), 1)) }

// limitFigure notes that a figure is compared with least.
func (c *calms) limitFigure(f *figure, least int64) {
	for i := range f.operands {
		o, n := &f.operands[i], int64(len(f.operands))
		if o.count && least >= few*n {
			continue // every leg adds one
		}
		x, limited := c.limits[o.measure]
		switch most := uint64(max(least/mostCalm/n, 1)); {
		case o.count:
			x.legs = max(x.legs, weightOf(least))
		case !limited || most < x.most:
			x.most = most
		}
		c.limits[o.measure] = x
	}
}

// tell finds what a leg adds to a figure at most for each leg that it weighs, once all
// limits are known.
func (c *calms) tell(f *figure) {
	f.each, f.loud = 0, true
	for i := range f.operands {
		o := &f.operands[i]
		if o.minus {
			continue
		}
		f.loud = f.loud && c.loud[o.measure]
		x, limited := c.limits[o.measure]
		switch {
		case o.count && limited:
			f.each += 1 / float64(x.legs)
		case o.count:
			f.each++
		case limited:
			f.each += float64(x.most)
		default:
			f.each = math.Inf(1)
		}
	}
}

// newcomer is the calm of those of whom nothing is known: on a day they are all alike.
type newcomer struct {
	day                  window.Day
	calm, loud, outlasts uint8
	rest                 rest
}

// welcome gives the subscriber in slot, whose first leg comes at t, its calm.
func (j *judge) welcome(slot uint32, who *person, t cdr.Millis) {
	if n := &j.newcomer; n.day != j.shard.today {
		*n = newcomer{day: j.shard.today}
		who.setLast(t) // it is not silent
		if !j.ask(slot, t, &j.atActivity) {
			n.calm, n.loud, n.outlasts = who.calm, who.loud, who.outlasts
			n.rest = j.glance.part(legs{int32(n.calm), int32(n.loud)}, n.outlasts > 0)
		}
		who.setLast(never)
	}
	who.calm, who.loud, who.outlasts = j.newcomer.calm, j.newcomer.loud, j.newcomer.outlasts
}

// renumber forgets the effects of classes that were numbered anew.
func (c *calms) renumber(numbering int) {
	if c.numbers != numbering {
		c.numbers, c.classes, c.weights = numbering, c.classes[:0], c.weights[:0]
	}
}

// learn finds out what legs of a class do.
func (c *calms) learn(s *Shard, class int32) effect {
	for int(class) >= len(c.classes) {
		c.classes, c.weights = append(c.classes, 0), append(c.weights, weights{})
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
	w := c.weigh(ops)
	if w.least > 1 || len(w.stirs) > 0 {
		e |= weighs
	}
	c.classes[class], c.weights[class] = e, w
	return e
}

// hasAny reports whether ops change any of some measures.
func hasAny(ops []window.Op, measures map[window.Op]bool) bool {
	return slices.ContainsFunc(ops, func(op window.Op) bool { return measures[window.Op{Word: op.Word, Shift: op.Shift}] })
}

// weigh finds what legs weigh that change rows as ops say.
func (c *calms) weigh(ops []window.Op) weights {
	w := weights{least: 1}
	for _, op := range ops {
		x, ok := c.limits[window.Op{Word: op.Word, Shift: op.Shift}]
		i := slices.IndexFunc(w.stirs, func(x stir) bool { return x.of == op.Of })
		switch {
		case !ok:
		case x.legs > 0:
			w.least = max(w.least, x.legs)
		case i < 0:
			w.stirs = append(w.stirs, stir{op.Of, x.most})
		default:
			w.stirs[i].most = min(w.stirs[i].most, x.most)
		}
	}
	return w
}

// of is what a leg with the quantities q weighs.
func (w *weights) of(q *window.Quantities) int32 {
	n := uint64(w.least)
	for _, x := range w.stirs {
		if v := q[x.of]; v > x.most {
			n = max(n, (v-1)/x.most+1)
		}
	}
	return int32(min(n, tooMuch))
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
	weight := int32(1)
	if e&weighs != 0 {
		if weight = c.weights[class].of(q); weight > int32(who.calm) {
			who.calm = 0
			who.marks &^= spent
			return
		}
	}
	who.calm -= uint8(weight)
	if e&loud != 0 && who.loud > 0 {
		who.loud--
	}
	if who.calm == 0 || who.loud == 0 {
		who.outlasts, who.calm = who.calm, 0
		who.marks |= spent
	}
}
