package shard

import (
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// distance is the weight of the legs that it takes at least until a gate may open that is
// closed: of this day, and of the days before until. 0: nobody knows.
type distance struct {
	today, later int64
	until        window.Day
}

// farthest is the distance of what never happens by itself.
var farthest = distance{mostCalm, mostCalm, endless}

// legsADay is the weight of legs that a day is taken for where a calm of few days is compared with
// one of few legs.
const legsADay = 32

// worth is how many legs are likely to come within so many legs and the days before until.
func worth(legs int64, until, today window.Day) int64 {
	return min(legs, legsADay*max(int64(until)-int64(today), 0))
}

func (d distance) nearer(o distance) distance {
	return distance{min(d.today, o.today), min(d.later, o.later), min(d.until, o.until)}
}

func (d distance) farther(o distance, today window.Day) distance {
	d.today = max(d.today, o.today)
	if worth(o.later, o.until, today) > worth(d.later, d.until, today) {
		d.later, d.until = o.later, o.until
	}
	return d
}

// soon is so many legs of this day, or fewer where legs leave the window at any time.
func (x *glance) soon(legs int64) distance { return distance{today: legs} }

// over is so many legs of this day and the others on which nothing leaves window w.
func (x *glance) over(legs int64, w int) distance {
	return distance{legs, legs, x.judge.calendar.stays[w]}
}

// always is so many legs, whatever leaves windows.
func always(legs int64) distance { return distance{legs, legs, endless} }

// far is how far a probe is that does not pass.
func (p *probe) far(x *glance) distance {
	switch p.kind {
	case feature.Sum:
		return p.sumFar(x)
	case feature.Items:
		n := p.lo - p.items(x)
		if n > 0 && p.scarce() && x.lens == nil {
			return farthest // a new item ends the calm
		}
		if p.of != none {
			n = max(n, x.judge.figures[p.of].reach(x.high(p.of), p.lo))
		}
		return always(min(n, mostCalm))
	case feature.ObservedDays:
		if x.observed > p.hi {
			return farthest
		}
		return distance{mostCalm, mostCalm, later(x.judge.calendar.first, p.lo)}
	case feature.HomeBasis:
		return farthest // who becomes a customer loses its calm
	case feature.AgeBasis:
		return distance{mostCalm, mostCalm, p.ageUntil(x)} // what changes them during a day ends the calm, see meet
	}
	if p.fine {
		return distance{}
	}
	switch p.kind {
	case feature.Trending:
		if tenure, _ := x.age(feature.Tenure); tenure < trendAge {
			return distance{mostCalm, mostCalm, later(x.judge.calendar.day, trendAge-tenure)}
		}
	case feature.Quotient, feature.PerItem:
		return x.over(p.quotientLegs(x), x.judge.figures[p.of].window)
	case paired:
		return p.pairFar(x)
	}
	return x.soon(1)
}

// sumFar is far for a sum: what lacks legs gets no more of them because days go by.
func (p *probe) sumFar(x *glance) distance {
	f := &x.judge.figures[p.of]
	switch v := x.high(p.of); {
	case v < p.lo && f.minus:
		return x.soon(f.reach(v, p.lo))
	case v < p.lo:
		return always(f.reach(v, p.lo))
	case f.kind == fine:
		return distance{}
	case f.minus:
		return x.soon(1)
	}
	return x.over(mostCalm, f.window) // it is too large, and nothing is subtracted before the day is over
}

// heavy is the weight of a leg that adds to figure f.
func (x *glance) heavy(f int16) float64 { return float64(x.judge.figures[f].weight) }

func (p *probe) quotientLegs(x *glance) int64 {
	of := &x.judge.figures[p.of]
	if !of.counts || p.over != none && !x.judge.figures[p.over].counts || p.by != 1 {
		return 1
	}
	n, d, per := float64(x.high(p.of)), 0.0, 1.0
	if p.kind == feature.Quotient {
		d, per = float64(x.high(p.over)), float64(len(x.judge.figures[p.over].operands))/x.heavy(p.over)
	} else {
		d = float64(p.items(x))
	}
	switch {
	case d == 0:
		return 1
	case p.rising(): // the divisor does not fall
		lacks := p.value*d - n
		if p.part && p.value < 1 {
			lacks /= 1 - p.value // it rises with the dividend
		}
		return fewest(lacks / float64(len(of.operands)) * x.heavy(p.of))
	case p.falls() && p.value > 0: // the dividend does not
		return fewest((n/p.value - d) / per)
	}
	return 1
}

// pairFar is far for a pair. What it compares with may fall when days go by, by one for
// each day if it counts days.
func (p *probe) pairFar(x *glance) distance {
	over := &x.judge.figures[p.over]
	counts := over.counts && p.by == 1 && p.perBy == 1 && (p.of == none || x.judge.figures[p.of].counts)
	if !counts {
		return x.soon(1)
	}
	if p.falls() {
		lacks := float64(x.low(p.of)) - p.value*float64(x.high(p.over))
		return p.pairOver(x, fewest(lacks/p.value/float64(len(over.operands))*x.heavy(p.over)))
	}
	per, far := p.value*float64(x.low(p.over)), distance{}
	if p.of != none {
		far = p.fallsBehind(x, per-float64(x.high(p.of)), float64(len(x.judge.figures[p.of].operands))/x.heavy(p.of))
	}
	if p.item != window.NoItem {
		far = far.farther(p.fallsBehind(x, per-float64(p.items(x)), 1), x.judge.calendar.day)
	}
	return far
}

// fallsBehind is far for a pair of which something lacks so much, and of which a leg of
// weight 1 adds each.
func (p *probe) fallsBehind(x *glance, lacks, each float64) distance {
	if lacks <= 0 {
		return distance{}
	}
	over, today := &x.judge.figures[p.over], x.judge.calendar.day
	far := p.pairOver(x, fewest(lacks/each))
	if !over.days || over.kind != ofDays || far.until > today+1 {
		return far
	}
	// Half of what lacks is for legs, the other half for days that leave the window.
	days := lacks / 2 / (p.value * float64(len(over.operands)))
	if days >= 1 && lacks/each >= 4 {
		far.later, far.until = fewest(lacks/2/each), later(today, 1+int64(min(days, mostCalm)))
	}
	return far
}

// pairOver is so many legs of the days on which nothing leaves the windows of a pair, or
// comes to be known to have left.
func (p *probe) pairOver(x *glance, legs int64) distance {
	far := x.over(legs, x.judge.figures[p.over].window)
	if p.falls() {
		far = x.over(legs, x.judge.figures[p.of].window)
	}
	return far
}

// fewest rounds a weight of legs down, so that rounding errors make it less, but not less
// than that of one leg.
func fewest(legs float64) int64 { return int64(min(max(legs, 1), mostCalm)) }

// later is so many days after d.
func later(d window.Day, days int64) window.Day {
	return window.Day(min(int64(d)+days, int64(endless)))
}

// ageUntil is the day until which an age that does not pass will not either, unless the
// calm ends.
func (p *probe) ageUntil(x *glance) window.Day {
	c := &x.judge.calendar
	v, known := x.age(p.age)
	switch {
	case !known && p.age == feature.SinceIMSI:
		return endless
	case !known:
		return c.day + 1
	case v < p.lo:
		return later(c.day, p.lo-v)
	case p.age == feature.SinceIMSI || p.age == feature.Tenure: // too old
		return endless
	}
	return c.day + 1
}

// keep notes that a gate is so far.
func (x *glance) keep(d distance) {
	x.calm, x.steady, x.until = min(x.calm, d.today), min(x.steady, d.later), min(x.until, d.until)
}

// settle gives the subscriber the calm that was found. One that is nearly as long, but
// outlasts the day, is better.
func (x *glance) settle() {
	today := x.judge.calendar.day
	x.who.calm, x.who.until = uint8(x.calm), markOf(today+1)
	if x.until > today+1 && worth(x.steady, x.until, today) >= worth(x.calm, today+1, today) {
		x.who.calm, x.who.until = uint8(x.steady), markOf(min(x.until, today+mostAhead))
	}
}

// look reports whether the rule of g may hold for x and, if not, how far it is.
func (g *gate) look(x *glance) (open bool, far distance) {
	if open, far = x.through(g.coarse); !open || len(g.fine) == 0 {
		return open, far
	}
	return x.through(g.fine)
}

// through reports whether all clauses pass and, if not, how far the one is that is
// farthest from it.
func (x *glance) through(clauses [][]probe) (all bool, far distance) {
	all = true
	for _, clause := range clauses {
		if !all && far.today >= x.calm && far.later >= x.steady && far.until >= x.until {
			break // it makes no difference
		}
		if anyPasses(clause, x) {
			continue
		}
		n := clause[0].far(x)
		for i := range clause[1:] {
			n = n.nearer(clause[1+i].far(x))
		}
		if all {
			all, far = false, n
		} else {
			far = far.farther(n, x.judge.calendar.day)
		}
	}
	return all, far
}
