package shard

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// sieve is the first look at a subscriber for many rules at once. Of each rule it
// takes one clause that compares measures with constants; rules that look at the
// same measure share it. Nearly everybody falls through all of it.
type sieve struct {
	thresholds []threshold
	activity   bool  // the rules are of activity
	near       []int // of boundary: a word of each line of a row that their gates look at, but for the open day's
}

// threshold is what some rules want of a figure.
type threshold struct {
	figure int16 // none: of rules without such a clause, which want 0
	wants  []want
}

// want is what some rules want alike: so much of a figure.
type want struct {
	least int64
	stock int64      // see stock.go
	ripe  window.Day // for how many days the job has to go on until they may hold
	rules []int
	bits  ruleBits // those of activity
	asked []uint64 // a bit for each of them
}

// newSieve makes the sieve of some rules.
func (j *judge) newSieve(rules []int, activity bool) (s sieve) {
	s.activity = activity
	for _, r := range rules {
		i := slices.IndexFunc(j.gates[r].coarse, j.sievable)
		if i < 0 {
			s.add(j, none, 0, r)
			continue
		}
		for _, p := range j.gates[r].coarse[i] {
			s.add(j, j.likeness(p.of), p.lo, r)
		}
	}
	return s
}

// sievable reports whether each probe of a clause asks for the large value of a figure.
func (j *judge) sievable(clause []probe) bool {
	return !slices.ContainsFunc(clause, func(p probe) bool {
		return p.of == none || j.figures[p.of].minus || !p.rises() || p.kind != feature.Sum && p.kind != feature.Items
	})
}

// likeness is the first figure with the same upper bound: whatever the window of hours, it has
// the same one.
func (j *judge) likeness(of int16) int16 {
	return int16(slices.IndexFunc(j.figures, func(f figure) bool {
		return f.kind == j.figures[of].kind && slices.Equal(f.operands, j.figures[of].operands)
	}))
}

// add adds a rule that wants so much of a figure at least.
func (s *sieve) add(j *judge, of int16, least int64, rule int) {
	i := slices.IndexFunc(s.thresholds, func(t threshold) bool { return t.figure == of })
	if i < 0 {
		i = len(s.thresholds)
		s.thresholds = append(s.thresholds, threshold{figure: of})
	}
	w := s.thresholds[i].want(least, j.stockOf(&j.gates[rule]), j.gates[rule].ripe(), j.words)
	w.rules = append(w.rules, rule)
	w.bits |= j.bits[rule]
	w.asked[rule>>6] |= 1 << (rule & 63)
}

// want returns what rules want that want so much, a new one if none does.
func (t *threshold) want(least, stock int64, ripe window.Day, words int) *want {
	i := slices.IndexFunc(t.wants, func(w want) bool { return w.least == least && w.stock == stock && w.ripe == ripe })
	if i < 0 {
		i = len(t.wants)
		t.wants = append(t.wants, want{least: least, stock: stock, ripe: ripe, asked: make([]uint64, words)})
	}
	return &t.wants[i]
}

// calm notes how far the rules of w are, which do not pass when there is v of the figure. Where
// that is near, something else may keep them away for longer.
func (w *want) calm(x *glance, figure int16, v int64) {
	far := w.far(x, figure, v)
	if far.today.length() >= 2*few || x.unmoved(far) {
		x.keep(far, w.bits)
		return
	}
	for _, r := range w.rules {
		_, n := x.judge.gates[r].look(x)
		x.keep(far.farther(n, x.judge.calendar.day), x.judge.bits[r])
	}
}

// passes reports whether the rules of w may hold when there is v of the figure.
func (w *want) passes(x *glance, v int64) bool {
	return v >= w.least && x.observed >= int64(w.ripe) && (w.stock == 0 || x.newsTo(w.stock) == 0)
}

// far is how far the rules of w are when there is v of the figure.
func (w *want) far(x *glance, figure int16, v int64) distance {
	c, l := &x.judge.calendar, legs{}
	if v < w.least {
		l = x.judge.figures[figure].reach(v, w.least)
	}
	if w.stock > 0 {
		l.news = x.newsTo(w.stock)
	}
	if x.observed < int64(w.ripe) {
		return always(l).farther(distance{longest, longest, later(c.first, int64(w.ripe))}, c.day)
	}
	return always(l)
}

// sift sets in asked the rules that x may be near, and reports whether there are any.
func (s *sieve) sift(x *glance, asked []uint64) (any bool) {
	for i := range s.thresholds {
		t, v := &s.thresholds[i], int64(0)
		if t.figure != none {
			v = x.high(t.figure)
		}
		for k := range t.wants {
			switch w := &t.wants[k]; {
			case w.passes(x, v):
				for i, rules := range w.asked {
					asked[i] |= rules
				}
				any = true
			case s.activity:
				w.calm(x, t.figure, v)
			}
		}
	}
	return any
}
