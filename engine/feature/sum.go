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
		addTo(out, out, so, true)
		so = out
	}
	for i, c := range s.of[1:] {
		addTo(out, so, t.Column(c), s.minus[1+i])
		so = out
	}
}

// addTo sets out to a + b, or a - b, which are as long; they may be out.
func addTo(out, a, b []int64, minus bool) {
	done := sumSome(out, a, b, minus)
	out, a, b = out[done:], a[done:], b[done:]
	a, b = a[:len(out)], b[:len(out)]
	if minus {
		for r := range out {
			out[r] = a[r] - b[r]
		}
		return
	}
	for r := range out {
		out[r] = a[r] + b[r]
	}
}
