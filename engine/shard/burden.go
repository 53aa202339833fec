package shard

import (
	"math"
	"math/bits"
	"slices"

	"github.com/cdrstream/cdrstream/engine/window"
)

// burden is what some legs do to a calm: what they weigh, low half; how many of them are
// loud, 16 bits; how many make boundary rules look, 16 bits.
type burden uint64

const (
	oneLoud burden = 1 << 32
	oneWake burden = 1 << 48
)

func (b burden) weight() int32 { return int32(uint32(b)) }
func (b burden) loud() int32   { return int32(uint16(b >> 32)) }
func (b burden) wakes() bool   { return b >= oneWake }

// fits reports whether the calm of who goes on after b.
func (b burden) fits(who *person) bool {
	return b.weight() < int32(who.calm) && b.loud() < int32(who.loud)
}

// effect is what a leg of some class does: the burden that it is if it adds no more than most of
// a quantity, else its weights tell. Every leg looks one up, so all are to stay in the cache.
type effect struct {
	burden burden
	most   uint32
	of     window.Quantity
}

// renumber forgets the effects of classes that were numbered anew.
func (c *calms) renumber(numbering int) {
	if c.numbers != numbering {
		c.numbers, c.effects, c.weights = numbering, c.effects[:0], c.weights[:0]
	}
}

// weighLegs finds the burdens of the legs of a batch, of which sums are the sums.
func (c *calms) weighLegs(s *Shard) {
	c.renumber(s.program.Numbering())
	for n := s.program.Classes(); int32(len(c.effects)) < n; {
		c.learn(s, int32(len(c.effects)))
	}
	l := s.legs
	var heavy someLegs
	c.weighPlainly(l, s.classes[:l.N], &heavy)
	for w, word := range heavy {
		for ; word != 0; word &= word - 1 {
			i := w<<6 | bits.TrailingZeros64(word)
			b := &c.sums[i+1]
			*b += burden(c.weights[s.classes[i]].of(&l.Quantities[i])) - burden(b.weight())
		}
	}
	sum := burden(0)
	for i := range c.sums[1:][:l.N] {
		sum += c.sums[i+1]
		c.sums[i+1] = sum
	}
}

// someLegs are some legs of a batch, a bit each.
type someLegs [window.MaxLegs / 64]uint64

// weighPlainlyEach puts the burden of each leg of a batch at its place among the sums, as if none
// added more than most of a quantity, and marks in heavy those that do.
func (c *calms) weighPlainlyEach(l *window.Legs, classes []int32, heavy *someLegs) {
	effects := c.effects
	for i, class := range classes {
		e := &effects[class]
		c.sums[i+1] = e.burden
		if l.Quantities[i].At(e.of) > uint64(e.most) {
			heavy[i>>6&(len(heavy)-1)] |= 1 << (i & 63)
		}
	}
}

// learn finds out what legs of the next class do.
func (c *calms) learn(s *Shard, class int32) {
	var ops []window.Op
	if s.days != nil {
		ops = s.program.Ops(class, s.days.grid)
	}
	w := c.weigh(ops)
	e := effect{burden: burden(w.least), most: math.MaxUint32}
	if hasAny(ops, c.rare) {
		e.burden += oneWake
	}
	if hasAny(ops, c.loud) {
		e.burden += oneLoud
	}
	switch len(w.stirs) {
	case 0:
	case 1:
		e.of, e.most = w.stirs[0].of, uint32(min(w.stirs[0].most, math.MaxUint32))
	default:
		e.most = 0 // one of each leg is more
	}
	c.effects, c.weights = append(c.effects, e), append(c.weights, w)
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

// between is the burden of the legs of the batch between from and to.
func (c *calms) between(from, to int) burden { return c.sums[to] - c.sums[from] }

// until returns the leg, from from on, with which the calm of who ends, and one more; to if
// it does not before.
func (c *calms) until(who *person, from, to int) int {
	if c.between(from, to).fits(who) {
		return to
	}
	for i := from + 1; i < to; i++ {
		if !c.between(from, i).fits(who) {
			return i
		}
	}
	return to
}

// count counts the legs between from and to down for their subscriber, whose calm ends, if
// at all, with the last of them.
func (c *calms) count(who *person, from, to int) {
	all := c.between(from, to)
	if all.wakes() {
		who.marks |= woken
	}
	if all.fits(who) {
		who.calm -= uint8(all.weight())
		who.loud -= uint8(all.loud())
		return
	}
	last := c.between(to-1, to)
	before := all - last
	who.calm -= uint8(min(before.weight(), int32(who.calm))) // an item may have shortened it
	if last.weight() > int32(who.calm) || who.calm == 0 {
		who.calm = 0
		who.marks &^= spent
		return
	}
	who.calm -= uint8(last.weight())
	who.loud -= uint8(min(all.loud(), int32(who.loud)))
	who.spend()
}

// spend ends the calm of p, of which something may be left, with its last leg.
func (p *person) spend() {
	p.outlasts, p.calm = p.calm, 0
	p.marks |= spent
}
