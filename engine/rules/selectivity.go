package rules

import (
	"cmp"
	"math"
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
)

// How selective an atom is, is guessed without data, from the least selective:
//
//	5  a bool: a property of many
//	4  tenure and observed days, which everybody reaches before long, and an upper
//	   limit on any feature without a window
//	3  <, <=, == 0: what holds for zero holds for most people over short windows
//	2  other features without a window, such as days since something
//	1  >, >= and == over a window, which takes some activity
//
// and within a rank, the shorter the window the better, then the larger the
// threshold, in calls: a call is taken to be a minute of talk, a unit of currency
// or a megabyte. A clause is as selective as the least selective of its atoms.
type selectivity struct {
	rank    int
	window  cdr.Millis
	demands float64
}

func (a selectivity) compare(b selectivity) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.window, b.window), cmp.Compare(b.demands, a.demands))
}

func compareFloats(a, b float64) int { return cmp.Compare(a, b) }

// rankAtom guesses how selective a comparison of f is; lengths are of windows, by name.
func rankAtom(a Atom, f feature.Field, lengths map[string]cdr.Millis) selectivity {
	s := selectivity{rank: 1, window: lengths[f.Window], demands: a.Value}
	switch {
	case f.Type == feature.Bool:
		s.rank = 5
	case a.Op == LE || a.Op == LT || a.Value < 0 || a.Value == 0 && a.Op != GT:
		s.rank, s.demands = 3, -a.Value
		if f.Window == "" {
			s.rank = 4
		}
	case f.Name == "observed_days" || f.Name == "tenure_days":
		s.rank = 4
	case f.Window == "":
		s.rank = 2
	}
	switch f.Unit {
	case "seconds":
		s.demands /= 60
	case "bytes":
		s.demands /= 1e6
	}
	return s
}

// worst is how selective c is.
func (g gater) worst(c Clause) selectivity {
	w := g.rank(c[0])
	for _, a := range c[1:] {
		if s := g.rank(a); s.compare(w) > 0 {
			w = s
		}
	}
	return w
}

// best is the most selective clause.
func (g gater) best(x Gate) Clause {
	return slices.MinFunc(x, func(a, b Clause) int { return g.worst(a).compare(g.worst(b)) })
}

// order sorts the clauses of x, the most selective first, and drops those that
// say the same.
func (g gater) order(x Gate) Gate {
	slices.SortStableFunc(x, func(a, b Clause) int { return g.worst(a).compare(g.worst(b)) })
	var out Gate
	for _, c := range x {
		if !slices.ContainsFunc(out, func(d Clause) bool { return slices.Equal(c, d) }) {
			out = append(out, c)
		}
	}
	return out
}

// weaken drops an atom that holds only when another of c does: x >= 3600 beside
// x >= 2400.
func (c Clause) weaken() Clause {
	var out Clause
	for i, a := range c {
		if !slices.ContainsFunc(c, func(b Atom) bool { return a != b && a.implies(b) }) && !slices.Contains(c[:i], a) {
			out = append(out, a)
		}
	}
	return out
}

// implies reports whether b holds whenever a does.
func (a Atom) implies(b Atom) bool {
	if a.Column != b.Column {
		return false
	}
	lo, hi := a.bounds()
	switch b.Op {
	case GE:
		return lo >= b.Value
	case GT:
		return lo > b.Value || a.Op == GT && lo == b.Value
	case LE:
		return hi <= b.Value
	case LT:
		return hi < b.Value || a.Op == LT && hi == b.Value
	}
	return a.Op == EQ && a.Value == b.Value
}

// bounds are the least and the greatest value for which a may hold.
func (a Atom) bounds() (lo, hi float64) {
	switch a.Op {
	case GE, GT:
		return a.Value, math.Inf(1)
	case LE, LT:
		return math.Inf(-1), a.Value
	}
	return a.Value, a.Value
}
