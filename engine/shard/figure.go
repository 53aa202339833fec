package shard

import (
	"math"
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// figure is a number of a subscriber that probes look at: measures that are added up. Many
// probes look at the same one, which is added up once for each look.
type figure struct {
	operands []operand
	kind     figureKind
	window   int     // in the plan; of what is fine, in the judge's spans
	minus    bool    // some measures are subtracted
	counts   bool    // all are counts of legs
	days     bool    // all are counts of days
	partial  bool    // of hours: what is subtracted is left out, so only high holds
	each     float64 // what a leg adds at most for each that it weighs, see calms.tell
	per      float64 // and how much it weighs at least for each that it adds
	loud     bool    // only loud legs add to it
}

type figureKind uint8

const (
	ofDays  figureKind = iota // of a window of days, today included
	ofHours                   // of a window of hours, as far as days bound it
	fine                      // of a window of hours, added up
)

// operand is a measure in a row of days. The words are those of the open day, of
// the running sum of a window's closed days and of what is kept of the day before;
// -1: none. Of a fine figure it is a measure in a row of its window.
type operand struct {
	open, span, recent int32
	shift              uint8
	minus              bool
	count              bool // of legs: each adds one at most
	days               bool // of days
	mask               uint64
	measure            window.Op // where it stands in the open day, noPlace if it does not
}

// noPlace is no place in the open day.
var noPlace = window.Op{Word: math.MaxUint16}

// none is no figure.
const none = int16(-1)

// span is a window of hours that is added up: so many panes of a grid.
type span struct {
	grid  *exact
	panes int
}

// span returns the number of a span, a new one if there is none like it.
func (j *judge) span(x span) int {
	if i := slices.Index(j.spans, x); i >= 0 {
		return i
	}
	j.spans = append(j.spans, x)
	return len(j.spans) - 1
}

// figure returns the number of a figure, a new one if there is none like it.
func (j *judge) figure(f figure) int16 {
	f.counts, f.days = true, true
	for _, o := range f.operands {
		f.minus = f.minus || o.minus
		f.counts = f.counts && o.count && !o.minus
		f.days = f.days && o.days && !o.minus
	}
	same := func(x figure) bool {
		return x.kind == f.kind && x.partial == f.partial && x.window == f.window && slices.Equal(x.operands, f.operands)
	}
	if i := slices.IndexFunc(j.figures, same); i >= 0 {
		return int16(i)
	}
	j.figures = append(j.figures, f)
	return int16(len(j.figures) - 1)
}

// bounds is what a figure is, as of a look: not less than low and not more than high.
type bounds struct {
	look      uint64
	low, high int64
}

// high is what figure f is at most.
func (x *glance) high(f int16) int64 {
	if v := &x.bounds[f]; v.look == x.looks {
		return v.high
	}
	return x.bound(f).high
}

// low is what figure f is at least.
func (x *glance) low(f int16) int64 {
	if v := &x.bounds[f]; v.look == x.looks {
		return v.low
	}
	return x.bound(f).low
}

// bound adds a figure up. A subscriber without a row has none of anything.
func (x *glance) bound(i int16) *bounds {
	f, v := &x.judge.figures[i], &x.bounds[i]
	v.look = x.looks
	switch {
	case f.kind == fine:
		v.high = f.total(x.of(f.window))
		v.low = v.high
	case x.row == nil:
		v.low, v.high = 0, 0
	case f.kind == ofHours:
		v.low, v.high = f.between(x)
	default:
		v.high = f.sum(x.row)
		v.low = v.high
	}
	return v
}

// sum adds up windows of days.
func (f *figure) sum(row []uint64) (total int64) {
	for i := range f.operands {
		o := &f.operands[i]
		v := row[o.open] >> (o.shift & 63) & o.mask
		if o.span >= 0 {
			v += row[o.span] >> (o.shift & 63) & o.mask
		}
		if o.minus {
			v = -v
		}
		total += int64(v)
	}
	return total
}

// boundless is more than anybody has of anything.
const boundless = 1 << 56

// between bounds a window of hours by days: it holds all of the open day if that is no
// longer than the window, and nothing but the open day and what comes before it as far as
// x.before says.
func (f *figure) between(x *glance) (low, high int64) {
	for i := range f.operands {
		o := &f.operands[i]
		v := x.row[o.open] >> (o.shift & 63) & o.mask
		low += int64(v)
		switch {
		case x.before == unknown && o.span >= 0:
			v += x.row[o.span] >> (o.shift & 63) & o.mask
		case x.before == unknown:
			v += boundless
		case x.before == yesterday:
			v += x.row[o.recent] >> (o.shift & 63) & o.mask
		}
		high += int64(v)
	}
	if f.partial || !x.judge.calendar.whole[f.window] {
		low = 0
	}
	return low, high
}

// total adds up measures in the row of a window or, if it is of days, in the open day.
func (f *figure) total(row []uint64) (total int64) {
	for i := range f.operands {
		o := &f.operands[i]
		v := row[o.open] >> (o.shift & 63) & o.mask
		if o.minus {
			v = -v
		}
		total += int64(v)
	}
	return total
}

// dayBefore is what is known of the day before today: as much, or more.
func (f *figure) dayBefore(x *glance) (total int64) {
	for i := range f.operands {
		if o := &f.operands[i]; o.recent >= 0 && x.before == yesterday {
			total += int64(x.row[o.recent] >> (o.shift & 63) & o.mask)
		}
	}
	return total
}

// reach is how many legs it takes at least to bring the figure from v to least.
func (f *figure) reach(v, least int64) (l legs) {
	switch {
	case v >= least:
		return legs{}
	case f.each == 0: // nothing adds to it
		return longest
	case f.each == 1: // as is so of most
		l.any = int32(min(least-v, mostCalm))
	default:
		l.any = fewest(math.Ceil(float64(least-v) * f.per))
	}
	if f.loud {
		l.loud = l.any
	}
	return l
}

// within reports whether all operands are among those of another figure, each once.
func (f *figure) within(other *figure) bool {
	for i := range f.operands {
		same := func(o operand) bool { return o.measure == f.operands[i].measure && o.measure != noPlace }
		if !slices.ContainsFunc(other.operands, same) || slices.ContainsFunc(f.operands[:i], same) {
			return false
		}
	}
	return true
}

// calendar is what a day has to do with windows.
type calendar struct {
	day   window.Day // that it is of
	first window.Day // of the job
	short bool       // the day before had less than 24 hours
	whole []bool     // by window: it holds all of the open day, at any instant of it
	stays []window.Day
}

// turn makes c that of the open day.
func (c *calendar) turn(s *Shard) {
	if c.day == s.today {
		return
	}
	c.day, c.first = s.today, s.Days.Day(s.first)
	c.short = s.dayStart-s.Days.Start(s.today-1) < 24*hour
	for i, w := range s.Plan.Windows {
		c.whole[i] = s.windowStart(w, s.dayEnd) <= s.dayStart
		if c.stays[i] = s.today + 1; w.Days {
			c.stays[i] = max(c.stays[i], c.first+window.Day(w.Panes))
		}
	}
}

// endless is a day after all others.
const endless = window.Day(math.MaxInt32)

const hour = cdr.Millis(3_600_000)
