package shard

import (
	"math"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// legs is how many legs it takes at least, how many loud ones of them, and how many new items of
// the stock, see stock.go.
type legs struct{ any, loud, news int32 }

// distance is how many legs it takes at least until a gate may open that is closed: of
// this day, and of the days before until. None: nobody knows.
type distance struct {
	today, later legs
	until        window.Day
}

var (
	longest  = legs{mostCalm, mostCalm, mostCalm}
	farthest = distance{longest, longest, endless} // of what never happens by itself
)

// Where a calm of few days is compared with one of few legs, a day is taken for so many
// legs, and so many of them for one that is loud or for a new item.
const (
	legsADay  = 16
	legsALoud = 3
	legsANew  = 8
)

// closeBy is how near a gate has to be for items to be counted that may be farther from it.
const closeBy = 48

// length is how many legs are likely to come before those that it takes have come.
func (l legs) length() int32 { return max(l.any, legsALoud*l.loud, legsANew*l.news) }

// until is how many legs are likely to come before either that many, that many loud ones or that
// many new items have come.
func (l legs) until() int32 { return min(l.any, legsALoud*l.loud, legsANew*l.news) }

// worth is how many legs of so many are likely to come before the day until.
func worth(legs int32, until, today window.Day) int64 {
	return min(int64(legs), legsADay*max(int64(until)-int64(today), 0))
}

func (l legs) min(o legs) legs {
	return legs{min(l.any, o.any), min(l.loud, o.loud), min(l.news, o.news)}
}

func (l legs) max(o legs) legs {
	return legs{max(l.any, o.any), max(l.loud, o.loud), max(l.news, o.news)}
}

// and is l if one more gate is so far: it opens only when as many legs have come as it
// takes, as many loud ones and as many new items, so that to count one of them is enough.
func (l legs) and(far legs) legs {
	switch far.length() {
	case far.any:
		l.any = min(l.any, far.any)
	case legsALoud * far.loud:
		l.loud = min(l.loud, far.loud)
	default:
		l.news = min(l.news, far.news)
	}
	return l
}

func (d distance) nearer(o distance) distance {
	return distance{d.today.min(o.today), d.later.min(o.later), min(d.until, o.until)}
}

func (d distance) farther(o distance, today window.Day) distance {
	d.today = d.today.max(o.today)
	switch {
	case d.until == o.until:
		d.later = d.later.max(o.later)
	case worth(o.later.length(), o.until, today) > worth(d.later.length(), d.until, today):
		d.later, d.until = o.later, o.until
	}
	return d
}

// soon is so many legs of this day, or fewer where legs leave the window at any time.
func (x *glance) soon(l legs) distance { return distance{today: l} }

// over is so many legs of this day and the others on which nothing leaves window w.
func (x *glance) over(l legs, w int) distance {
	return distance{l, l, x.judge.calendar.stays[w]}
}

// always is so many legs, whatever leaves windows.
func always(l legs) distance { return distance{l, l, endless} }

// oneLeg may be enough.
var oneLeg = legs{any: 1}

// far is how far a probe is that does not pass.
func (p *probe) far(x *glance) distance {
	switch p.kind {
	case feature.Sum:
		return p.sumFar(x)
	case feature.Items:
		n := p.lo - p.items(x)
		l := p.itemsTo(x, float64(n))
		switch {
		case n <= 0 || p.counted(x): // those that are there may come in again
		case p.lo == 1:
			l.any = firstWeight
		case p.scarce():
			l.any = max(l.any, min(int32(n)*int32(x.judge.calms.sets[p.item]), mostCalm))
		}
		if p.of != none {
			l = l.max(x.judge.figures[p.of].reach(x.high(p.of), p.lo))
		}
		return always(l)
	case feature.ObservedDays:
		if x.observed > p.hi {
			return farthest
		}
		return distance{longest, longest, later(x.judge.calendar.first, p.lo)}
	case feature.HomeBasis:
		return farthest // who becomes a customer loses its calm
	case feature.AgeBasis:
		return distance{longest, longest, p.ageUntil(x)} // who changes them loses its calm, see meet
	}
	if p.fine {
		return distance{}
	}
	switch p.kind {
	case feature.Trending:
		if tenure, _ := x.age(feature.Tenure); tenure < trendAge {
			return distance{longest, longest, later(x.judge.calendar.day, trendAge-tenure)}
		}
	case feature.Quotient, feature.PerItem:
		return x.over(p.quotientLegs(x), x.judge.figures[p.of].window)
	case paired:
		return p.pairFar(x)
	}
	return x.soon(oneLeg)
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
		return x.soon(oneLeg)
	}
	return x.over(longest, f.window) // it is too large, and nothing is subtracted for some days
}

// legsTo is how many legs it takes to add n to a figure of counts, rounded down so that
// rounding errors make it less, but not less than one.
func (f *figure) legsTo(n float64) legs {
	l := legs{any: fewest(n / float64(len(f.operands)))}
	if f.loud {
		l.loud = l.any
	}
	return l
}

// fewest is so many legs, rounded down, at least one and at most mostCalm. Of what no int64
// holds processors make different things: any calm from one leg to the longest is true of it.
func fewest(legs float64) int32 { return int32(min(max(int64(legs), 1), mostCalm)) }

func (p *probe) quotientLegs(x *glance) legs {
	of := &x.judge.figures[p.of]
	if !of.counts || p.over != none && !x.judge.figures[p.over].counts || p.by != 1 {
		return oneLeg
	}
	n, d := float64(x.high(p.of)), 0.0
	if p.kind == feature.Quotient {
		d = float64(x.high(p.over))
	} else {
		d = float64(p.items(x))
	}
	switch {
	case d > 0 && p.kind == feature.PerItem && p.part: // with each item rises the dividend
		if p.value <= 1 {
			return longest
		}
		return p.itemsTo(x, (n-p.value*d)/(p.value-1))
	case d == 0:
	case p.rising(): // the divisor does not fall
		lacks := p.value*d - n
		if p.part && p.value < 1 {
			lacks /= 1 - p.value // it rises with the dividend
		}
		return of.legsTo(lacks)
	case p.falls() && p.value > 0: // the dividend does not
		if p.kind == feature.Quotient {
			return x.judge.figures[p.over].legsTo(n/p.value - d)
		}
		return p.itemsTo(x, n/p.value-d)
	}
	return oneLeg
}

// pairFar is far for a pair. What it compares with may fall when days go by, by one for
// each day if it counts days.
func (p *probe) pairFar(x *glance) distance {
	over := &x.judge.figures[p.over]
	counts := over.counts && p.by == 1 && p.perBy == 1 && (p.of == none || x.judge.figures[p.of].counts)
	if !counts {
		return x.soon(oneLeg)
	}
	if p.falls() {
		lacks := float64(x.low(p.of)) - p.value*float64(x.high(p.over))
		return x.over(over.legsTo(lacks/p.value), x.judge.figures[p.of].window)
	}
	per, far := p.value*float64(x.low(p.over)), distance{}
	if p.of != none {
		far = p.fallsBehind(x, per-float64(x.high(p.of)), p.legsTo)
	}
	if p.item != window.NoItem {
		far = far.farther(p.fallsBehind(x, per-float64(p.items(x)), p.itemsTo), x.judge.calendar.day)
	}
	return far
}

// legsTo is how many legs it takes to add n to what p compares.
func (p *probe) legsTo(x *glance, n float64) legs { return x.judge.figures[p.of].legsTo(n) }

// itemsTo is how many legs it takes to add n items: the legs that add any are counted by
// what is known to be no less than they are.
func (p *probe) itemsTo(x *glance, n float64) legs {
	l := legs{any: fewest(n)}
	if p.adds != none && x.judge.figures[p.adds].loud {
		l.loud = l.any
	}
	if n > 0 && x.stocked && p.item == x.judge.stock {
		l.news = max(l.any-int32(x.seen(p.item)-p.items(x)), 0)
	}
	return l
}

// fallsBehind is far for a pair of which something lacks so much, which as many legs add
// as to says.
func (p *probe) fallsBehind(x *glance, lacks float64, to func(x *glance, n float64) legs) distance {
	if lacks <= 0 {
		return distance{}
	}
	over, today := &x.judge.figures[p.over], x.judge.calendar.day
	far := x.over(to(x, lacks), over.window)
	if !over.days || over.kind != ofDays || far.until > today+1 {
		return far
	}
	// Half of what lacks is for legs, the other half for days that leave the window.
	if days := lacks / 2 / (p.value * float64(len(over.operands))); days >= 1 {
		far.later, far.until = to(x, lacks/2), later(today, 1+int64(min(days, mostCalm)))
	}
	return far
}

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

// keep notes that the gates of some rules are so far.
func (x *glance) keep(d distance, rules ruleBits) {
	x.fars = append(x.fars, far{d, rules})
	x.outlook = x.and(d)
}

// unmoved reports whether a gate that is so far makes no difference, not even to what is
// known of the rules that are not near. At a boundary it never does.
func (x *glance) unmoved(d distance) bool {
	switch {
	case x.until == noDay:
		return true
	case d.today.length() < enough || d.until < x.until && d.until < later(x.judge.calendar.day, enoughDays):
		return false
	}
	return x.calm.and(d.today) == x.calm && x.steady.and(d.later) == x.steady
}

// settle gives the subscriber the calm that was found. One without any legs or loud ones
// ends with the next leg.
func (x *glance) settle() {
	today, who := x.judge.calendar.day, x.who
	l, until := x.choose(today)
	who.calm, who.loud, who.outlasts = uint8(l.any), uint8(l.loud), uint8(min(until-today-1, math.MaxUint8))
	who.marks &^= spent
	if l.any <= 0 || l.loud <= 0 || l.news <= 0 {
		who.calm, who.loud = 1, 0
		l = legs{1, 1, mostCalm} // it may be a loud one
	}
	x.given = l
	if s := x.judge.shard; x.row != nil && s.days.linked {
		*s.days.rest(x.row) = x.part(l, until > today+1)
	}
}

// look reports whether the rule of g may hold for x and, if not, how far it is.
func (g *gate) look(x *glance) (open bool, far distance) {
	open, far = x.through(g.coarse)
	if len(g.counted) > 0 && !x.exact && (open || far.today.length() < closeBy && !x.unmoved(far)) {
		x.exact = true
		open, far = x.further(g.counted, open, far)
		x.exact = false
	}
	if len(g.fine) > 0 && (open || far.today.length() < few && !x.unmoved(far)) {
		return x.further(g.fine, open, far)
	}
	return open, far
}

// opens reports whether the rule of g, a boundary rule, may hold for x. Nobody wants to know how
// far it is.
func (g *gate) opens(x *glance) bool { return x.passes(g.coarse) && x.passes(g.fine) }

// passes reports whether all clauses pass.
func (x *glance) passes(clauses [][]probe) bool {
	for _, clause := range clauses {
		if !anyPasses(clause, x) {
			return false
		}
	}
	return true
}

// further is through for more clauses of a gate, of which is known whether it is open and how
// far: they may keep away for longer who is nearly there.
func (x *glance) further(clauses [][]probe, open bool, far distance) (bool, distance) {
	switch passes, more := x.through(clauses); {
	case passes:
		return open, far
	case open:
		return false, more
	default:
		return false, far.farther(more, x.judge.calendar.day)
	}
}

// through reports whether all clauses pass and, if not, how far the one is that is
// farthest from it.
func (x *glance) through(clauses [][]probe) (all bool, far distance) {
	all = true
	for _, clause := range clauses {
		if !all && x.unmoved(far) {
			break
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
