package rules

// check tells whether a condition is known to be what it was made for. Two of
// them, one for yes and one for no, are the three values of SQL: null is when
// neither holds. Most conditions are asked for yes alone.
type check func(v *Vector) bool

// test turns a condition into a closure that tells whether it is want.
func test(t *tree, want bool) check {
	if t.twice > maxTwice {
		return testMachine(t, want)
	}
	switch t.op {
	case opConst:
		is := (t.value != 0) == want
		return func(*Vector) bool { return is }
	case opNull:
		return func(*Vector) bool { return false }
	case opFeature:
		return testFeature(t.column, want)
	case opNot:
		return test(t.args[0], !want)
	case opAnd:
		return testChain(t.args, want, want)
	case opOr:
		return testChain(t.args, want, !want)
	case opIf:
		return testIf(t, want)
	case opCoalesce:
		return testCoalesce(t, want)
	case opIn:
		return testIn(t, want)
	case opRange:
		a := lower(t.args[0])
		return func(v *Vector) bool {
			x, ok := a(v)
			return ok && t.within(x) == want
		}
	}
	if t.op.compares() {
		return testComparison(t, want)
	}
	return testMachine(t, want)
}

// maxTwice is how often conditions may be compared with each other, one within
// the other, before the machine is faster.
const maxTwice = 3

func testMachine(t *tree, want bool) check {
	m := newMachine(t)
	return func(v *Vector) bool {
		x, ok := m.eval(v)
		return ok && (x != 0) == want
	}
}

func testFeature(c int, want bool) check {
	return func(v *Vector) bool { return !v.Null[c] && (v.Values[c] != 0) == want }
}

// testChain is all of them, or one of them. Comparisons of a feature with a
// constant come first, as they are cheap; the order does not change what holds.
func testChain(args []*tree, want, all bool) check {
	var atoms []atom
	var rest []check
	for _, a := range args {
		if x, ok := asAtom(a, want); ok {
			atoms = append(atoms, x)
		} else {
			rest = append(rest, test(a, want))
		}
	}
	if all {
		return allOf(atoms, rest)
	}
	return anyOf(atoms, rest)
}

func allOf(atoms []atom, rest []check) check {
	return func(v *Vector) bool {
		for i := range atoms {
			if !atoms[i].holds(v) {
				return false
			}
		}
		for _, c := range rest {
			if !c(v) {
				return false
			}
		}
		return true
	}
}

func anyOf(atoms []atom, rest []check) check {
	return func(v *Vector) bool {
		for i := range atoms {
			if atoms[i].holds(v) {
				return true
			}
		}
		for _, c := range rest {
			if c(v) {
				return true
			}
		}
		return false
	}
}

func testIf(t *tree, want bool) check {
	yes, a, b := test(t.args[0], true), test(t.args[1], want), test(t.args[2], want)
	return func(v *Vector) bool {
		if yes(v) {
			return a(v)
		}
		return b(v)
	}
}

func testCoalesce(t *tree, want bool) check {
	is, isNot, other := test(t.args[0], want), test(t.args[0], !want), test(t.args[1], want)
	return func(v *Vector) bool { return is(v) || !isNot(v) && other(v) }
}

func testIn(t *tree, want bool) check {
	a := lower(t.args[0])
	list := make([]float64, 0, len(t.args))
	for _, c := range t.args[1:] {
		list = append(list, c.value)
	}
	return func(v *Vector) bool {
		x, ok := a(v)
		if !ok {
			return false
		}
		for _, y := range list {
			if x == y {
				return want
			}
		}
		return !want
	}
}
