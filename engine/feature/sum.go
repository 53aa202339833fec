package feature

import "strings"

// sum is a column of a tile that is the sum of others, with signs: most are in the formulas
// of several features.
type sum struct {
	column int
	of     []int
	minus  []bool
}

// measuresOf splits a term into its measure names.
func measuresOf(text string) (names []string, minus []bool) {
	sign := false
	for _, w := range strings.Fields(text) {
		switch w {
		case "+":
			sign = false
		case "-":
			sign = true
		default:
			names, minus = append(names, w), append(minus, sign)
		}
	}
	return names, minus
}

// single reports whether a term is one measure.
func single(text string) bool {
	names, minus := measuresOf(text)
	return len(names) == 1 && !minus[0]
}

// sum is the column of a term of a window that is not a single measure.
func (v *viewer) sum(w int, text string) sum {
	if s, ok := v.sums[w][text]; ok {
		return s
	}
	s := sum{column: v.view.columns}
	v.view.columns++
	var names []string
	names, s.minus = measuresOf(text)
	for _, n := range names {
		s.of = append(s.of, v.columns[w][n])
	}
	v.sums[w][text] = s
	v.view.sums = append(v.view.sums, s)
	return s
}

// fill fills the column.
func (s *sum) fill(t *Tile) {
	out, so := t.Column(s.column), t.Column(s.of[0])
	if s.minus[0] {
		clear(out)
		subtract(out, out, so)
		so = out
	}
	for i, c := range s.of[1:] {
		if s.minus[1+i] {
			subtract(out, so, t.Column(c))
		} else {
			add(out, so, t.Column(c))
		}
		so = out
	}
}

// add sets out to a + b; these may be out.
func add(out, a, b []int64) {
	a, b = a[:len(out)], b[:len(out)]
	for r := range out {
		out[r] = a[r] + b[r]
	}
}

// subtract sets out to a - b; these may be out.
func subtract(out, a, b []int64) {
	a, b = a[:len(out)], b[:len(out)]
	for r := range out {
		out[r] = a[r] - b[r]
	}
}
