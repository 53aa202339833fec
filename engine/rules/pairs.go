package rules

// Pair is a comparison of two features that must hold for a rule to hold: Column
// compares as Op says with Factor times Per. It does not hold where one of them is
// null, and it may fail by rounding where they are equal to 12 digits.
type Pair struct {
	Column int // in Set.Columns
	Op     Op  // GE, GT, LE or LT
	Factor float64
	Per    int // in Set.Columns
}

// pairsOf finds the pairs of a condition that holds only if all of them do.
func pairsOf(t *tree) (out []Pair) {
	if t.op == opAnd {
		for _, a := range t.args {
			out = append(out, pairsOf(a)...)
		}
		return out
	}
	if !t.op.compares() || t.args[0].kind == condition {
		return nil
	}
	if p, ok := pairOf(t.op, t.args[0], t.args[1]); ok {
		return append(out, p)
	}
	if p, ok := pairOf(t.op.swapped(), t.args[1], t.args[0]); ok {
		return append(out, p)
	}
	return nil
}

// pairOf reads A >= k * B, A / B >= k, and the like. Where max(B, 1) stands for B,
// what is at least k times that is at least k times B. Features are not negative.
func pairOf(o op, l, r *tree) (Pair, bool) {
	var factor float64
	var per *tree
	switch {
	case l.op == opFeature:
		factor, per = scaled(r)
	case l.op == opDiv && l.args[0].op == opFeature && r.isConst():
		factor, l, per = r.value, l.args[0], l.args[1]
	default:
		return Pair{}, false
	}
	b, plain := atLeast(per)
	if b == nil || !(factor > 0) {
		return Pair{}, false
	}
	p := Pair{Column: l.column, Factor: factor, Per: b.column}
	switch o {
	case opGE:
		p.Op = GE
	case opGT:
		p.Op = GT
	case opLE:
		p.Op = LE
	case opLT:
		p.Op = LT
	default:
		return Pair{}, false
	}
	return p, plain || p.Op == GE || p.Op == GT
}

// scaled takes k * x, x * k and x / k apart.
func scaled(t *tree) (factor float64, x *tree) {
	switch {
	case t.op == opMul && t.args[0].isConst():
		return t.args[0].value, t.args[1]
	case t.op == opMul && t.args[1].isConst():
		return t.args[1].value, t.args[0]
	case t.op == opDiv && t.args[1].isConst():
		return 1 / t.args[1].value, t.args[0]
	}
	return 1, t
}

// atLeast returns a feature that t is not less than; plain: it is the feature.
func atLeast(t *tree) (b *tree, plain bool) {
	if t.op == opFeature {
		return t, true
	}
	if t.op != opMax {
		return nil, false
	}
	for _, a := range t.args {
		if a.op == opFeature {
			b = a
		}
	}
	return b, false
}

// Gated lists the columns that the gates and pairs of the set's rules look at, each
// once.
func (s *Set) Gated() (columns []string) {
	seen := make([]bool, len(s.Columns))
	see := func(c int) {
		if !seen[c] {
			seen[c] = true
			columns = append(columns, s.Columns[c])
		}
	}
	for _, r := range s.Rules {
		for _, c := range r.Gate {
			for _, a := range c {
				see(a.Column)
			}
		}
		for _, p := range r.Pairs {
			see(p.Column)
			see(p.Per)
		}
	}
	return columns
}
