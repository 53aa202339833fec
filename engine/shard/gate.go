package shard

import (
	"math"
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// gate tells cheaply who is surely far from a rule: for whom all probes of one of
// its clauses fail. A probe may pass where the rule does not hold, never the other
// way round. It looks only at what the fold has brought near: the person, its row
// of days and its items. A window of hours is bounded by days that hold all of it:
// today and the day before, where that is known and long enough, else the shortest
// window of days that does. Whoever is not far is looked at more closely, through
// fine probes: their windows of hours are added up.
type gate struct{ coarse, fine [][]probe }

// glance is a subscriber as its probes see it.
type glance struct {
	judge    *judge
	who      *person
	row      []uint64 // of days; nil: none
	before   when
	observed int64
	calm     int64 // legs for which no gate opens, as far as they were looked at

	slot  uint32
	t     cdr.Millis
	hours [][]uint64 // by window: its measures at t
	added []bool     // they are up to date
	lens  *lens      // what has counted its items; nil: nothing has
}

// when says what bounds a window of hours, together with the open day.
type when uint8

const (
	unknown   when = iota // a window of days
	yesterday             // what is kept of the day before
	nothing               // it was not active on the day before
)

// look makes g a glance at a subscriber.
func (j *judge) look(g *glance, slot uint32, t cdr.Millis) {
	s := j.shard
	who := s.people.at(slot)
	g.judge, g.who, g.row, g.before = j, who, nil, unknown
	g.slot, g.t = slot, t
	clear(g.added)
	g.observed = int64(s.today - j.firstDay())
	if who.row == 0 {
		return
	}
	g.row = s.days.rows.at(who.row)
	if len(s.days.recent) == 0 || j.shortYesterday() {
		return
	}
	switch s.days.recentDay(g.row) {
	case 0:
	case s.today - 1:
		g.before = yesterday
	default:
		g.before = nothing
	}
}

// nearOf finds the lines of rows, beyond the open day, that the gates of some rules look
// at.
func (j *judge) nearOf(rules []int) (near []int) {
	if j.shard.days == nil {
		return nil
	}
	see := func(word int) {
		same := func(w int) bool { return w/8 == word/8 }
		if word >= j.shard.days.sums && !slices.ContainsFunc(near, same) {
			near = append(near, word)
		}
	}
	for _, r := range rules {
		each(&j.gates[r], func(p *probe) {
			for _, s := range []*sum{&p.of, &p.over} {
				for _, o := range s.operands {
					if s.hours {
						see(o.recent)
					} else {
						see(o.span)
					}
				}
			}
		})
	}
	return near
}

// firstDay is the day of the first event of the job.
func (j *judge) firstDay() window.Day {
	if j.first == noDay {
		j.first = j.shard.Days.Day(j.shard.first)
	}
	return j.first
}

func anyPasses(clause []probe, x *glance) bool {
	for i := range clause {
		if clause[i].passes(x) {
			return true
		}
	}
	return false
}

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

// of returns the measures of a window of hours.
func (x *glance) of(w int) []uint64 {
	if !x.added[w] {
		s := x.judge.shard
		x.hours[w] = append(x.hours[w][:0], s.hours(x.judge.grids[w], s.Plan.Windows[w].Panes, x.slot, x.t)...)
		x.added[w] = true
	}
	return x.hours[w]
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

// seen is how many items of a set the subscriber is known to have seen, at least as
// many as lie within any window.
func (x *glance) seen(set window.Item) (n int64) {
	switch {
	case x.who.marks&big != 0:
		return int64(x.judge.shard.items.bigs[x.who.items].counts[set])
	case x.who.items == 0:
		return 0
	}
	b := x.judge.shard.items.block(x.who)
	return b.seen(set)
}

// age returns an age in days; not ok: there is none.
func (x *glance) age(which feature.AgeColumn) (days int64, ok bool) {
	at, s := x.who.first, x.judge.shard
	switch which {
	case feature.SinceActivity:
		at = s.Days.Day(x.who.last)
	case feature.SinceOutgoing:
		at = x.who.out
	case feature.SinceIMSI:
		at = x.who.imsiDay
	}
	return int64(s.today - at), at != noDay
}

// shortYesterday reports whether the day before today had less than 24 hours: some
// zones have left out a whole date.
func (j *judge) shortYesterday() bool {
	s := j.shard
	if j.looked != s.today {
		j.looked, j.short = s.today, s.dayStart-s.Days.Start(s.today-1) < 24*hour
	}
	return j.short
}

const hour = 3_600_000
