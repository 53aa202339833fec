package rules

// atom is a comparison of a feature with a constant.
type atom struct {
	column int
	op     op
	value  float64
}

func (a *atom) holds(v *Vector) bool {
	if v.Null[a.column] {
		return false
	}
	x := v.Values[a.column]
	switch a.op {
	case opGE:
		return x >= a.value
	case opGT:
		return x > a.value
	case opLE:
		return x <= a.value
	case opLT:
		return x < a.value
	case opEQ:
		return x == a.value
	}
	return x != a.value
}

// asAtom reads a condition as an atom, if it is one.
func asAtom(t *tree, want bool) (atom, bool) {
	for t.op == opNot {
		t, want = t.args[0], !want
	}
	if t.op == opFeature {
		o := opEQ
		if want {
			o = opNE
		}
		return atom{t.column, o, 0}, true
	}
	if !t.op.compares() || t.args[0].kind == condition {
		return atom{}, false
	}
	o, l, r := t.op, t.args[0], t.args[1]
	if !want {
		o = o.opposite()
	}
	if l.isConst() {
		o, l, r = o.swapped(), r, l
	}
	if l.op != opFeature || !r.isConst() {
		return atom{}, false
	}
	return atom{l.column, o, r.value}, true
}

func testComparison(t *tree, want bool) check {
	if t.args[0].kind == condition {
		return testSame(t.args[0], t.args[1], want == (t.op == opEQ))
	}
	if a, ok := asAtom(t, want); ok {
		return testAtom(a)
	}
	o := t.op
	if !want {
		o = o.opposite()
	}
	if c := t.args[1]; c.isConst() {
		return testLimit(o, lower(t.args[0]), c.value)
	}
	return testPair(o, lower(t.args[0]), lower(t.args[1]))
}

// testSame tells whether two conditions are known to be the same, or not.
func testSame(a, b *tree, same bool) check {
	ay, an, by, bn := test(a, true), test(a, false), test(b, same), test(b, !same)
	return func(v *Vector) bool { return ay(v) && by(v) || an(v) && bn(v) }
}

func testAtom(a atom) check {
	c, k := a.column, a.value
	switch a.op {
	case opGE:
		return func(v *Vector) bool { return v.Values[c] >= k && !v.Null[c] }
	case opGT:
		return func(v *Vector) bool { return v.Values[c] > k && !v.Null[c] }
	case opLE:
		return func(v *Vector) bool { return v.Values[c] <= k && !v.Null[c] }
	case opLT:
		return func(v *Vector) bool { return v.Values[c] < k && !v.Null[c] }
	case opEQ:
		return func(v *Vector) bool { return v.Values[c] == k && !v.Null[c] }
	}
	return func(v *Vector) bool { return v.Values[c] != k && !v.Null[c] }
}

// testLimit compares a number with a constant.
func testLimit(o op, a value, k float64) check {
	return func(v *Vector) bool {
		x, ok := a(v)
		return ok && holds(o, x, k)
	}
}

func testPair(o op, a, b value) check {
	return func(v *Vector) bool {
		x, ok := a(v)
		if !ok {
			return false
		}
		y, ok := b(v)
		return ok && holds(o, x, y)
	}
}
