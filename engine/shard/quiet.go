package shard

import (
	"math"
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Boundary rules look at everybody, and nobody's state is near then. Many of them want
// ages that take weeks to reach, and things that happen to few. So what is found at one
// boundary is the day before which none of these rules can hold unless such a thing
// happens, and until then nothing but the person is looked at. Whoever has just come is as quiet
// as anybody else who has. When such a thing has happened, the rules that want it are looked at,
// and no others.
//
//	few        a leg that adds to a count of which a rule wants few
//	much       a day that has come to have a good part of what a rule wants in a day, see swell.go
//	silence    as many days without a leg as a rule wants at least

// dayMark tells days that are not far from one another apart. 0: none.
type dayMark uint16

// mostAhead is how far ahead a mark may be.
const mostAhead = 1 << 14

// markOf is the mark of a day.
func markOf(d window.Day) dayMark { return dayMark(d) }

// after reports whether the day of m is after d.
func (m dayMark) after(d window.Day) bool { return m != 0 && int16(m-markOf(d)) > 0 }

// quiet reports whether no boundary rule can hold for a subscriber today.
func (s *Shard) quiet(who *person) bool { return who.marks&woken == 0 && s.dozes(who) }

// dozes reports whether no boundary rule can hold for a subscriber today but those that
// something rare may bring near. Whoever has fallen silent since that was found does not.
func (s *Shard) dozes(who *person) bool {
	return who.quiet.after(s.today) && (who.marks&silent != 0 || who.last() >= s.silentBefore)
}

// silence is for how many days at least subscribers have to be silent for a boundary rule.
type silence struct {
	least int64
	from  window.Day // as in swell
}

func (j *judge) noteSilence(g *gate) {
	each(g.coarse, func(p *probe) {
		if p.kind == feature.AgeBasis && p.age == feature.SinceActivity && p.rises() {
			j.silences = append(j.silences, silence{p.lo, g.ripe()})
		}
	})
}

// silentBefore is the instant before which the last leg of those was who are silent on day d;
// never if no boundary rule wants silence.
func (j *judge) silentBefore(d window.Day) cdr.Millis {
	if j.silence > mostAhead {
		return never
	}
	return j.shard.Days.Start(d - window.Day(j.silence) + 1)
}

// hush notes whether the subscriber of x was silent for as long when its quiet day was found.
func (x *glance) hush() {
	x.who.marks &^= silent
	if v, _ := x.age(feature.SinceActivity); v >= x.judge.silence {
		x.who.marks |= silent
	}
}

// noteRare notes what the probes of a boundary rule want few of, and reports whether there is
// any.
func (j *judge) noteRare(g *gate) (any bool) {
	each(g.coarse, func(p *probe) {
		if p.kind != feature.Sum || !p.scarce() || !j.figures[p.of].counts {
			return
		}
		p.rare, any = true, true
		for _, o := range j.figures[p.of].operands {
			j.calms.rare[o.measure] = true
		}
	})
	return any
}

// rouse notes in asked which boundary rules have to look at the subscriber of x, and reports
// whether any has. If none has it is found until when it is left alone.
func (j *judge) rouse(x *glance, some *sieve, asked []uint64) (any bool) {
	s := j.shard
	switch {
	case s.quiet(x.who):
		return false
	case !s.dozes(x.who):
		any = some.sift(x, asked) && j.open(x, asked)
		if !any {
			x.calmDown()
		}
		return any
	}
	for _, r := range j.rare {
		asked[r>>6] |= 1 << (r & 63)
	}
	if any = j.open(x, asked); !any {
		x.dozeOff()
	}
	return any
}

// open leaves of the asked rules those whose gate is open, and reports whether there are any.
func (j *judge) open(x *glance, asked []uint64) (any bool) {
	for w, word := range asked {
		for ; word != 0; word &= word - 1 {
			if j.gates[w<<6|bits.TrailingZeros64(word)].opens(x) {
				any = true
				continue
			}
			asked[w] &^= word & -word
		}
	}
	return any
}

// arrivals is the quiet marks of customers of whom nothing is known, for the latest days on which
// somebody came: whoever came then and becomes a customer later has the same one, unless rules
// have looked at something rare of it and left it alone because it was none.
type arrivals [64]struct {
	day   window.Day
	quiet dayMark
}

func (a *arrivals) note(d window.Day, quiet dayMark) {
	x := &a[uint(d)%uint(len(a))]
	x.day, x.quiet = d, quiet
}

// of is the mark of those who came on day d; none: it is not known.
func (a *arrivals) of(d window.Day) dayMark {
	if x := &a[uint(d)%uint(len(a))]; x.day == d {
		return x.quiet
	}
	return 0
}

// join finds until when it is quiet for who, who has become a customer.
func (j *judge) join(who *person) {
	if who.marks&fresh != 0 {
		who.quiet = j.arrivals.of(who.first())
		who.marks &^= silent
	}
}

// unwake notes that rules have looked at who, and that nothing came of it.
func (p *person) unwake() {
	if p.marks&woken != 0 {
		p.marks &^= woken | fresh
	}
}

// calmDown notes until when no boundary rule can hold for the subscriber of x, if none may
// today.
func (x *glance) calmDown() {
	j := x.judge
	today := j.calendar.day
	if j.gates[j.restless].dawn(x) <= today {
		return
	}
	day := endless
	for _, r := range j.boundary {
		d := j.gates[r].dawn(x)
		if d <= today {
			j.restless = r
			return
		}
		day = min(day, d)
	}
	x.who.quiet = markOf(min(day, today+mostAhead))
	x.who.unwake()
	x.hush()
}

// dozeOff is calmDown where only something rare has happened. The others keep their day.
func (x *glance) dozeOff() {
	day, who := x.judge.calendar.day+mostAhead, x.who
	for _, r := range x.judge.rare {
		day = min(day, x.judge.gates[r].dawn(x))
	}
	if who.quiet.after(day) {
		who.quiet = markOf(day)
	}
	who.unwake()
	x.hush()
}

// quietest is until when no boundary rule can hold for the subscriber of x, who is new: if
// it is no customer, and if it is.
func (x *glance) quietest() (stranger, customer dayMark) {
	who, was := x.who, x.who.marks
	who.marks = was &^ home
	stranger = x.quietAs()
	who.marks = was | home
	customer = x.quietAs()
	who.marks = was
	return stranger, customer
}

// quietAs is until when no boundary rule can hold for the subscriber of x as it is; none: one
// may today.
func (x *glance) quietAs() dayMark {
	today, day := x.judge.calendar.day, endless
	for _, r := range x.judge.boundary {
		day = min(day, x.judge.gates[r].dawn(x))
	}
	if day <= today {
		return 0
	}
	return markOf(min(day, today+mostAhead))
}

// dawn is the first day on which the rule of g may hold if nothing rare happens.
func (g *gate) dawn(x *glance) window.Day {
	day := x.judge.calendar.day
	for _, clause := range g.coarse {
		d := endless
		for i := range clause {
			d = min(d, clause[i].dawn(x))
		}
		day = max(day, d)
	}
	return day
}

// dawn is the first day on which p may pass if nothing rare happens.
func (p *probe) dawn(x *glance) window.Day {
	today := x.judge.calendar.day
	switch p.kind {
	case feature.Sum:
		switch {
		case x.high(p.of) >= p.lo && x.low(p.of) > p.hi:
			return p.ebbs(x)
		case x.high(p.of) >= p.lo:
		case p.rare:
			return endless
		case p.swell > 0:
			return p.swelled(x)
		}
	case waning:
		if !p.passes(x) {
			idle := x.judge.shard.days.idle(x.row)
			return later(today, int64(int16(idle-markOf(today))))
		}
	case feature.Trending:
		if tenure, _ := x.age(feature.Tenure); tenure < trendAge {
			return later(today, trendAge-tenure)
		}
		if !p.passes(x) {
			return p.declines(x)
		}
	case feature.HomeBasis:
		if !p.passes(x) {
			return endless // to become a customer is rare
		}
	case feature.ObservedDays:
		switch {
		case x.observed < p.lo:
			return later(today, p.lo-x.observed)
		case x.observed > p.hi:
			return endless
		}
	case feature.AgeBasis:
		v, known := x.age(p.age)
		switch {
		case !known && p.lo > math.MinInt64:
			return later(today, max(p.lo, 0)) // it begins today at the earliest
		case !known:
		case v < p.lo && p.age == feature.SinceActivity && v < x.judge.silence:
			return endless // it ends with the silence, see dozes
		case v < p.lo:
			return later(today, p.lo-v)
		case v > p.hi && p.age == feature.Tenure:
			return endless
		}
	}
	return today
}

// ebbs is the first day on which p may pass, for which there is too much now: as much as today
// and the day before had stays until these days leave the window.
func (p *probe) ebbs(x *glance) window.Day {
	f, today := &x.judge.figures[p.of], x.judge.calendar.day
	if f.kind != ofDays || f.minus || x.row == nil {
		return today
	}
	latest, panes := f.total(x.row), int64(x.judge.shard.Plan.Windows[f.window].Panes)
	switch {
	case latest > p.hi:
		return later(today, panes)
	case latest+f.dayBefore(x) > p.hi:
		return later(today, panes-1)
	}
	return today
}
