package shard

import (
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// A boundary rule may want few items in a short window for how many there are in a long one: a
// circle of contacts that has shrunk. Only to count both tells whether it holds, and that would
// be done for everybody at every boundary. But when each was last seen tells, too, how many of
// them the short window still has in some days if none is seen again. What is seen until then
// is in both windows, and does not bring the rule nearer. So whoever it does not hold for is
// left alone until the first day on which it may.

// waning is the kind of a probe that passes from that day on, which stands in the row of the
// subscriber: for one rule of a set, the first that is of this kind.
const waning = feature.BasisKind(101)

// wane is that rule.
type wane struct {
	rule   int   // none: -1
	few    int16 // the tally of the short window ...
	days   int   // ... which is so long
	many   int16 // ... and that of the long one
	factor float64

	today window.Day
	from  []uint32 // when the short window begins today and on the days after it, as stamps
}

// noteWane makes a rule the one that leaves people alone, if it can be and none is yet.
func (j *judge) noteWane(rule int) {
	r := j.set.Rules[rule]
	if j.wane.rule >= 0 || r.On != rules.Boundary || j.shard.days == nil || !j.shard.days.linked {
		return
	}
	for _, c := range r.Pairs {
		a, b := j.shard.Plan.Basis(j.set.Columns[c.Column]), j.shard.Plan.Basis(j.set.Columns[c.Per])
		if c.Op != rules.LE && c.Op != rules.LT || c.Factor >= 1 || !j.shrinks(a, b) {
			continue
		}
		few := j.tally(&probe{item: a.Item, window: int16(a.Window), stamps: a.Stamps})
		many := j.tally(&probe{item: b.Item, window: int16(b.Window), stamps: b.Stamps})
		if few == none || many == none {
			continue
		}
		j.wane = wane{rule: rule, few: few, days: j.shard.Plan.Windows[a.Window].Panes, many: many, factor: c.Factor, today: noDay}
		g := &j.gates[rule]
		g.coarse = append([][]probe{{{kind: waning, of: none, over: none, adds: none, tally: none}}}, g.coarse...)
		return
	}
}

// shrinks reports whether a counts the items that b counts, over a shorter window of days. An
// item that has to be seen in two ways may come into the long window alone.
func (j *judge) shrinks(a, b feature.Basis) bool {
	if a.Kind != feature.Items || b.Kind != feature.Items || a.Item != b.Item || a.Stamps != b.Stamps || bits.OnesCount8(uint8(a.Stamps)) != 1 {
		return false
	}
	short, long := j.shard.Plan.Windows[a.Window], j.shard.Plan.Windows[b.Window]
	return short.Days && long.Days && short.Panes < long.Panes
}

// waned reports whether the rule may hold for the subscriber of x and, if not, notes until when.
// What leaves a big set for want of room leaves the long window first.
func (x *glance) waned() bool {
	s := x.judge.shard
	switch {
	case x.row == nil:
		return true
	case s.days.idle(x.row).after(s.today):
		return false
	case x.who.marks&big != 0:
		return true
	}
	until := x.judge.wane.until(x)
	s.days.setIdle(x.row, markOf(until))
	return until <= s.today
}

// until is the first day on which the rule may hold for the subscriber of x if no item is seen
// again.
func (w *wane) until(x *glance) window.Day {
	s := x.judge.shard
	w.aim(s)
	a, enough := x.judge.tallies[w.few], w.factor*float64(x.tally(w.many))*(1+nearly)
	for ahead, from := range w.from {
		if a.from = from; float64(a.among(s.items, x.who)) <= enough {
			return s.today + window.Day(ahead)
		}
	}
	return s.today + window.Day(w.days)
}

// aim finds when the short window begins, today and on the days on which what is in it now has
// not left it.
func (w *wane) aim(s *Shard) {
	if w.today == s.today {
		return
	}
	short := s.Plan.Windows[s.judge.tallies[w.few].Window]
	w.today, w.from = s.today, w.from[:0]
	for ahead := range w.days {
		w.from = append(w.from, s.firstStamp(short, s.Days.Start(s.today+window.Day(ahead)+1)))
	}
}
