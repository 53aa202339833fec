package shard

import (
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// probe compares what bounds a feature with a constant.
type probe struct {
	kind      feature.BasisKind
	op        rules.Op
	age       feature.AgeColumn
	item      window.Item
	bound     bool         // it is not what the rule compares, but cannot be less
	fine      bool         // legs leave its figures at any time
	part      bool         // of a quotient: of is a part of over; of one per item: each leg that adds an item adds to of
	rare      bool         // any leg that adds to of makes boundary rules look
	of, over  int16        // figures
	adds      int16        // a figure that all legs that add an item add to
	window    int16        // that items are counted over
	stamps    window.Stamp // in which ways
	tally     int16        // how they are counted, none: it is not known
	exact     bool         // they are counted whenever the gate is looked at
	lo, hi    int64        // integers that pass
	swell     uint64       // so much of it on one day makes boundary rules look; 0: that is not known
	by, perBy float64      // what of is divided by and, of a pair, over
	value     float64
}

// paired is the kind of a probe of two features: of, or how many items of a set
// there are, against value times over.
const paired = feature.BasisKind(100)

// passes reports whether the atom may hold.
func (p *probe) passes(x *glance) bool {
	switch p.kind {
	case feature.Sum:
		return x.high(p.of) >= p.lo && x.low(p.of) <= p.hi
	case feature.Items:
		return (p.of == none || x.high(p.of) >= p.lo) && p.items(x) >= p.lo
	case feature.Quotient, feature.PerItem:
		return p.quotient(x)
	case feature.Trending:
		return p.trend(x)
	case paired:
		return p.compare(x)
	case waning:
		return x.waned()
	case feature.HomeBasis:
		return (x.who.marks&home != 0) == (p.lo == 1)
	case feature.ObservedDays:
		return x.observed >= p.lo && x.observed <= p.hi
	}
	v, known := x.age(p.age)
	return known && v >= p.lo && v <= p.hi
}

// quotient compares a quotient; of one over items only its least value is known,
// since there may be fewer within the window than the subscriber is known to have
// seen.
func (p *probe) quotient(x *glance) bool {
	n := x.high(p.of)
	var d int64
	if p.kind == feature.PerItem {
		d = p.items(x)
	} else {
		d = x.high(p.over)
	}
	if d == 0 {
		return false // null
	}
	return p.holds(float64(n) / p.by / float64(d))
}

// trend compares a trend, as feature.Trend defines it.
func (p *probe) trend(x *glance) bool {
	week, month := x.high(p.of), x.high(p.over)
	if tenure, _ := x.age(feature.Tenure); tenure < trendAge || month == week {
		return false // null
	}
	return p.holds((float64(week) / 7) / (float64(month-week) / 23))
}

// trendAge is how many days a subscriber that has a trend is known.
const trendAge = 30

// falls reports whether it takes a small value to hold.
func (p *probe) falls() bool { return p.op == rules.LE || p.op == rules.LT }

// compare compares two features. Rules compute them in floating point, so what is
// nearly equal passes.
func (p *probe) compare(x *glance) bool {
	if p.falls() {
		return float64(x.low(p.of))/p.by*(1-nearly) <= p.value*float64(x.high(p.over))/p.perBy
	}
	per := p.value * float64(x.low(p.over)) / p.perBy
	if p.of != none && float64(x.high(p.of))/p.by*(1+nearly) < per {
		return false
	}
	return p.item == window.NoItem || float64(p.items(x))*(1+nearly) >= per
}

const nearly = 1e-9

// holds compares q with the constant.
func (p *probe) holds(q float64) bool {
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

// items is how many items there are within the window of p, as far as is known: at most
// that many.
func (p *probe) items(x *glance) int64 {
	if p.counted(x) {
		return x.tally(p.tally)
	}
	return x.seen(p.item)
}

// counted reports whether the items of p are counted.
func (p *probe) counted(x *glance) bool { return p.exact || x.exact && p.tally != none }

// rarely reports whether new items weigh more than other legs for p: how many were ever seen
// may keep it away for longer than how many there are.
func (p *probe) rarely() bool { return p.kind == feature.Items && (p.lo == 1 || p.scarce()) }

func anyPasses(clause []probe, x *glance) bool {
	for i := range clause {
		if clause[i].passes(x) {
			return true
		}
	}
	return false
}

// scarce reports whether a rule wants so few items of a set that a new one weighs more
// than other legs; where it wants one, the first one does.
func (p *probe) scarce() bool { return p.lo > 1 && p.lo < few }

// rising reports whether what p compares has to rise for it to hold.
func (p *probe) rising() bool { return p.op == rules.GE || p.op == rules.GT }

// rises reports whether it takes a large value to hold.
func (p *probe) rises() bool { return p.lo > 0 }
