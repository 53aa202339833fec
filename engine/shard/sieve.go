package shard

import (
	"math"
	"slices"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// sieve is the first look at a subscriber for many rules at once. Of each rule it
// takes one clause that compares measures with constants; rules that look at the
// same measure share a comparison, with the least of their constants. Nearly
// everybody falls through all of it.
type sieve struct {
	thresholds []threshold
	always     []uint64 // rules without such a clause, a bit each
	activity   bool     // the rules are of activity
	near       []int    // of boundary: a word of each line of a row that their gates look at, but for the open day's
}

// threshold is the least value of a figure that is of interest to some rules.
type threshold struct {
	figure int16
	least  int64
	stock  int64 // the least that any of them wants, see stock.go
	rules  []int
	bits   ruleBits // those of activity
	asked  []uint64 // a bit for each of them
}

// newSieve makes the sieve of some rules.
func (j *judge) newSieve(rules []int, activity bool) (s sieve) {
	s.activity = activity
	s.always = make([]uint64, j.words)
	for _, r := range rules {
		i := slices.IndexFunc(j.gates[r].coarse, j.sievable)
		if i < 0 {
			s.always[r>>6] |= 1 << (r & 63)
			continue
		}
		for _, p := range j.gates[r].coarse[i] {
			s.add(j, &p, r)
		}
	}
	for i := range s.thresholds {
		t := &s.thresholds[i]
		t.stock = math.MaxInt64
		for _, r := range t.rules {
			t.stock = min(t.stock, j.stockOf(&j.gates[r]))
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

func (s *sieve) add(j *judge, p *probe, rule int) {
	// Whatever the window of hours, it has the same upper bound.
	of := int16(slices.IndexFunc(j.figures, func(f figure) bool {
		return f.kind == j.figures[p.of].kind && slices.Equal(f.operands, j.figures[p.of].operands)
	}))
	i := slices.IndexFunc(s.thresholds, func(t threshold) bool { return t.figure == of })
	if i < 0 {
		i = len(s.thresholds)
		s.thresholds = append(s.thresholds, threshold{figure: of, least: p.lo, asked: make([]uint64, j.words)})
	}
	t := &s.thresholds[i]
	t.least = min(t.least, p.lo)
	t.rules = append(t.rules, rule)
	t.bits |= j.bits[rule]
	t.asked[rule>>6] |= 1 << (rule & 63)
}

// calm notes that it takes so many legs at least to reach t. Where those are few,
// something else may keep all of its rules away for longer.
func (t *threshold) calm(x *glance, l legs) {
	if t.stock > 0 {
		l.news = max(l.news, x.newsTo(t.stock))
	}
	far := always(l)
	if l.length() >= 2*few || x.unmoved(far) {
		x.keep(far, t.bits)
		return
	}
	for _, r := range t.rules {
		_, n := x.judge.gates[r].look(x)
		x.keep(far.farther(n, x.judge.calendar.day), x.judge.bits[r])
	}
}

// sift sets in asked the rules that x may be near, and reports whether there are any.
func (s *sieve) sift(x *glance, asked []uint64) (any bool) {
	for w, rules := range s.always {
		asked[w] |= rules
		any = any || rules != 0
	}
	for i := range s.thresholds {
		t := &s.thresholds[i]
		v := x.high(t.figure)
		switch {
		case v >= t.least:
			for w, rules := range t.asked {
				asked[w] |= rules
			}
			any = true
		case s.activity:
			t.calm(x, x.judge.figures[t.figure].reach(v, t.least))
		}
	}
	return any
}
