package shard

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// sieve is the first look at a subscriber for many rules at once. Of each rule it
// takes one clause that compares measures with constants; rules that look at the
// same measure share a comparison, with the least of their constants. Nearly
// everybody falls through all of it.
type sieve struct {
	thresholds []threshold
	always     []int // rules without such a clause
	activity   bool  // the rules are of activity
	near       []int // a word of each line of a row that their gates look at, but for the open day's
}

// threshold is the least value of a measure that is of interest to some rules.
type threshold struct {
	open, span, recent int32 // words, as in operand
	shift              uint8
	hours              bool // as in sum
	mask               uint64
	least              uint64
	each               uint64 // what a leg adds at most, 0: one that adds ends the calm
	rules              []int
}

// newSieve makes the sieve of some rules.
func newSieve(gates []gate, rules []int, activity bool) (s sieve) {
	s.activity = activity
	for _, r := range rules {
		i := slices.IndexFunc(gates[r].coarse, sievable)
		if i < 0 {
			s.always = append(s.always, r)
			continue
		}
		for _, p := range gates[r].coarse[i] {
			s.add(&p, r)
		}
	}
	return s
}

// sievable reports whether each probe of a clause asks for the large value of one
// measure.
func sievable(clause []probe) bool {
	return !slices.ContainsFunc(clause, func(p probe) bool {
		one := len(p.of.operands) == 1 && !p.of.operands[0].minus
		return !one || p.lo <= 0 || p.kind != feature.Sum && p.kind != feature.Items
	})
}

func (s *sieve) add(p *probe, rule int) {
	o := &p.of.operands[0]
	t := threshold{
		open: int32(o.open), span: int32(o.span), recent: int32(o.recent), shift: o.shift & 63,
		hours: p.of.hours, mask: o.mask, least: uint64(p.lo), each: o.most,
	}
	if o.count && (p.lo >= few || p.bound) {
		t.each = 1
	}
	for i := range s.thresholds {
		x := &s.thresholds[i]
		if x.open == t.open && x.span == t.span && x.shift == t.shift && x.hours == t.hours {
			if x.least = min(x.least, t.least); x.each == 0 || t.each == 0 {
				x.each = 0
			} else {
				x.each = max(x.each, t.each)
			}
			x.rules = append(x.rules, rule)
			return
		}
	}
	t.rules = []int{rule}
	s.thresholds = append(s.thresholds, t)
}

// calm notes that it takes so many legs at least to reach t. Where those are few,
// something else may keep all of its rules away for longer.
func (t *threshold) calm(x *glance, legs int64) {
	far := distance{legs, legs}
	if legs < few && legs < x.calm {
		farther := distance{x.calm, x.steady}
		for _, r := range t.rules {
			_, n := x.judge.gates[r].look(x)
			farther = farther.nearer(n)
		}
		far = far.farther(farther)
	}
	x.keep(far)
}

// sift sets in asked the rules that x may be near, and reports whether there are any.
func (s *sieve) sift(x *glance, asked []uint64) (any bool) {
	for _, r := range s.always {
		asked[r>>6] |= 1 << (r & 63)
		any = true
	}
	if x.row == nil {
		return any
	}
	for i := range s.thresholds {
		t := &s.thresholds[i]
		v := x.row[t.open] >> t.shift & t.mask
		before := t.span
		if t.hours && x.before != unknown {
			before = -1
			if x.before == yesterday {
				before = t.recent
			}
		}
		if before >= 0 {
			v += x.row[before] >> t.shift & t.mask
		}
		if v >= t.least {
			for _, r := range t.rules {
				asked[r>>6] |= 1 << (r & 63)
			}
			any = true
		} else if t.each > 0 {
			t.calm(x, int64((t.least-v+t.each-1)/t.each))
		}
	}
	return any
}
