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
// many loud ones. Nor do those who know few others come near rules that want many, see stock.go.

// few is how many of a count or of the items of a set a rule has to want for all that add
// to it to weigh no more than other legs.
const few = 16

// mostCalm is the longest calm, in legs. What a leg may add to a sum without weighing more
// than one is this part of the least threshold over it.
const mostCalm = math.MaxUint8

// firstWeight is the weight of the first item of a set of which a rule wants one: everybody
// comes to have it.
const firstWeight = 16

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
	most  uint64
	legs  int32
	wants []uint64 // what most would be for each rule alone
}

// calms tells which legs end the calm.
type calms struct {
	limits  map[window.Op]limit // by what an operand is of
	rare    map[window.Op]bool  // what boundary rules want few of
	loud    map[window.Op]bool  // what loud legs add to
	sets    [window.Items]uint8 // the weight of a new item
	firsts  [window.Items]uint8 // the weight of the first item of a set
	out     bool                // the first originating leg of a day ends it
	home    bool                // to become a customer does
	effects []effect            // by class
	weights []weights           // by class
	numbers int                 // the program's numbering of classes
	sums    [window.MaxLegs + 1]burden
}

// limit notes what the probes of some activity rules compare with: sums first. New items need not
// weigh for a rule that also wants some of a count of which legs weigh more than others: it is far
// from those who have none of that.
func (j *judge) limit(rules []int) {
	for _, r := range rules {
		each(j.gates[r].coarse, j.limitSum)
		each(j.gates[r].fine, j.limitSum)
	}
	for _, r := range rules {
		g := &j.gates[r]
		limited := slices.ContainsFunc(g.coarse, j.isLimited)
		look := func(p *probe) { j.limitItems(p, limited) }
		each(g.coarse, look)
		each(g.fine, look)
	}
}

func (j *judge) limitSum(p *probe) {
	switch {
	case p.kind == feature.AgeBasis && p.age == feature.SinceOutgoing:
		j.calms.out = true
	case p.kind == feature.HomeBasis:
		j.calms.home = true
	case p.kind == feature.Sum && !p.bound && !p.fine && p.rises() && p.lo < math.MaxInt64:
		j.calms.limitFigure(&j.figures[p.of], p.lo)
	}
}

func (j *judge) limitItems(p *probe, limited bool) {
	switch c := &j.calms; {
	case p.kind != feature.Items:
	case p.lo == 1:
		c.firsts[p.item] = firstWeight
	case p.scarce() && !limited:
		c.sets[p.item] = max(c.sets[p.item], uint8(weightOf(p.lo)))
	}
}

// isLimited reports whether a clause wants some of a count, each of which weighs more than other
// legs, and nothing else will do.
func (j *judge) isLimited(clause []probe) bool {
	p := &clause[0]
	if len(clause) > 1 || p.kind != feature.Sum || p.bound || !p.rises() || p.of == none || !j.figures[p.of].counts {
		return false
	}
	return !slices.ContainsFunc(j.figures[p.of].operands, func(o operand) bool { return j.calms.limits[o.measure].legs == 0 })
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

// modest is how many times less of a measure than another rule one has to want for legs not to
// weigh more because of it: nearly everybody has so much. Whom it may concern is looked at more
// often instead.
const modest = 16

// want notes that most would be so much for a rule.
func (x *limit) want(most uint64) {
	x.wants = append(x.wants, most)
	top := slices.Max(x.wants)
	x.most = top
	for _, w := range x.wants {
		if w >= top/modest {
			x.most = min(x.most, w)
		}
	}
}

// limitFigure notes that a figure is compared with least.
func (c *calms) limitFigure(f *figure, least int64) {
	for i := range f.operands {
		o, n := &f.operands[i], int64(len(f.operands))
		if o.count && least >= few*n {
			continue // every leg adds one
		}
		x := c.limits[o.measure]
		if o.count {
			x.legs = max(x.legs, weightOf(least))
		} else {
			x.want(uint64(max(least/mostCalm/n, 1)))
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
	f.per = (1 - nearly) / f.each
}

// newcomer is the calm, the rest and the quiet mark of those of whom nothing is known: on a day
// they are all alike. What is rare about the first leg of one is counted after meet has told of
// it, and takes the mark away again.
type newcomer struct {
	day                  window.Day
	calm, loud, outlasts uint8
	rest                 rest
	quiet                dayMark // of those that are no customers
}

// welcome gives the subscriber in slot, whose first leg comes at t, its calm and its mark.
func (j *judge) welcome(slot uint32, who *person, t cdr.Millis) {
	if n := &j.newcomer; n.day != j.shard.today {
		*n = newcomer{day: j.shard.today}
		who.setLast(t) // it is not silent
		j.glance.newcomer = true
		if !j.ask(slot, t, &j.atActivity) {
			n.calm, n.loud, n.outlasts = who.calm, who.loud, who.outlasts
			n.rest = j.glance.part(j.glance.given, n.outlasts > 0)
		}
		j.glance.newcomer = false
		var customer dayMark
		n.quiet, customer = j.glance.quietest()
		j.arrivals.note(n.day, customer)
		who.setLast(never)
	}
	who.quiet, who.marks = j.newcomer.quiet, who.marks&^(woken|silent)|fresh
	who.calm, who.loud, who.outlasts = j.newcomer.calm, j.newcomer.loud, j.newcomer.outlasts
}
