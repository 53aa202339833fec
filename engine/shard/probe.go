package shard

import (
	"math"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// probe compares what bounds a feature with a constant.
type probe struct {
	kind     feature.BasisKind
	bound    bool  // it is not what the rule compares, but cannot be less
	lo, hi   int64 // integers that pass
	of, over sum
	by       float64
	op       rules.Op
	value    float64
	item     window.Item
	age      feature.AgeColumn
	perBy    float64 // of a pair: what over is divided by
	window   int     // that items are counted over
}

// paired is the kind of a probe of two features: of, or how many items of a set
// there are, against value times over.
const paired = feature.BasisKind(100)

// passes reports whether the atom may hold.
func (p *probe) passes(x *glance) bool {
	switch p.kind {
	case feature.Sum:
		v := p.of.value(x)
		return v >= p.lo && (p.of.hours || v <= p.hi)
	case feature.Items:
		return (len(p.of.operands) == 0 || p.of.value(x) >= p.lo) && p.items(x) >= p.lo
	case feature.Quotient, feature.PerItem:
		return p.quotient(x)
	case feature.Trending:
		return p.trend(x)
	case paired:
		return p.compare(x)
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
	n := p.of.value(x)
	var d int64
	if p.kind == feature.PerItem {
		d = p.items(x)
	} else {
		d = p.over.value(x)
	}
	if d == 0 {
		return false // null
	}
	return p.holds(float64(n) / p.by / float64(d))
}

// trend compares a trend, as feature.Trend defines it.
func (p *probe) trend(x *glance) bool {
	week, month := p.of.value(x), p.over.value(x)
	if tenure, _ := x.age(feature.Tenure); tenure < 30 || month == week {
		return false // null
	}
	return p.holds((float64(week) / 7) / (float64(month-week) / 23))
}

// compare compares two features. Rules compute them in floating point, so what is
// nearly equal passes.
func (p *probe) compare(x *glance) bool {
	n := int64(math.MaxInt64)
	if len(p.of.operands) > 0 {
		n = p.of.value(x)
	}
	per := p.value * float64(p.over.value(x)) / p.perBy
	if p.op == rules.LE || p.op == rules.LT {
		return float64(n)/p.by*(1-nearly) <= per
	}
	if float64(n)/p.by*(1+nearly) < per {
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

// sum is measures that are added up.
type sum struct {
	operands []operand
	hours    bool // of a window of hours: the value is a bound
	fine     bool // of a window of hours, added up
	window   int
}

// operand is a measure in a row of days. The words are those of the open day, of
// the running sum of a window's closed days and of what is kept of the day before;
// -1: none.
type operand struct {
	open, span, recent int
	shift              uint8
	minus              bool
	count              bool // of legs: each adds one at most
	mask               uint64
	most               uint64 // of a sum: what a leg may add without ending the calm
}

// value adds up. A subscriber without a row has none of anything.
func (s *sum) value(x *glance) (total int64) {
	if s.fine {
		return s.total(x.of(s.window))
	}
	if x.row == nil {
		return 0
	}
	before := unknown
	if s.hours {
		before = x.before
	}
	for i := range s.operands {
		o := &s.operands[i]
		v := x.row[o.open] >> (o.shift & 63) & o.mask
		switch {
		case before == unknown && o.span >= 0:
			v += x.row[o.span] >> (o.shift & 63) & o.mask
		case before == yesterday:
			v += x.row[o.recent] >> (o.shift & 63) & o.mask
		}
		if o.minus {
			v = -v
		}
		total += int64(v)
	}
	return total
}

// total adds up measures in the row of a window.
func (s *sum) total(row []uint64) (total int64) {
	for i := range s.operands {
		o := &s.operands[i]
		v := row[o.open] >> (o.shift & 63) & o.mask
		if o.minus {
			v = -v
		}
		total += int64(v)
	}
	return total
}

// items is how many items there are within the window of p, as far as is known: at most
// that many.
func (p *probe) items(x *glance) int64 {
	if x.lens != nil {
		if n, ok := x.lens.counted(p.item, p.window); ok {
			return n
		}
	}
	return x.seen(p.item)
}

func anyPasses(clause []probe, x *glance) bool {
	for i := range clause {
		if clause[i].passes(x) {
			return true
		}
	}
	return false
}
