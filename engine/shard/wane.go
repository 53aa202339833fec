package shard

import (
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
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
	many   int   // the column of the long one
	factor float64
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
		if few == none {
			continue
		}
		j.wane = wane{rule, few, j.shard.Plan.Windows[a.Window].Panes, c.Per, c.Factor}
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

// leave notes until when the rule need not be evaluated for the subscriber of x, for whom it
// was just evaluated, as of the instant t.
func (w *wane) leave(x *glance, t cdr.Millis) {
	s := x.judge.shard
	if x.row == nil || x.who.marks&big != 0 {
		return
	}
	a, enough := x.judge.tallies[w.few], w.factor*x.judge.vector.Values[w.many]*(1+nearly)
	day := s.Days.Day(t - 1)
	until := day
	for ; until < day+window.Day(w.days); until++ {
		a.from = s.firstStamp(s.Plan.Windows[a.Window], s.Days.Start(until+1))
		if float64(a.among(s.items, x.who)) <= enough {
			break
		}
	}
	s.days.setIdle(x.row, markOf(until))
}

// waned reports whether the rule may hold for the subscriber of x, as far as is known. What
// leaves a big set for want of room leaves the long window first.
func (x *glance) waned() bool {
	s := x.judge.shard
	return x.row == nil || !s.days.idle(x.row).after(s.today)
}
