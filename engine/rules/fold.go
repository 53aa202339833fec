package rules

// fold computes what is known of t without any feature.
func fold(t *tree) *tree {
	t.countTwice()
	for _, a := range t.args {
		if !a.isConst() && a.op != opNull {
			return t
		}
	}
	v, known := settle(t)
	if !known {
		return &tree{op: opNull, kind: t.kind}
	}
	return &tree{op: opConst, kind: t.kind, value: v}
}

// settle evaluates t, all of whose arguments are constants or null; false is null.
// It is the plainest reading of the language: the machine's functions are it.
func settle(t *tree) (float64, bool) {
	v := make([]maybe, len(t.args))
	for i, a := range t.args {
		v[i] = maybe{a.value, a.isConst()}
	}
	return compute(t, v)
}

// maybe is a value, null unless known. A condition is 0 or 1.
type maybe struct {
	value float64
	known bool
}

func (m maybe) yes() bool { return m.known && m.value != 0 }
func (m maybe) no() bool  { return m.known && m.value == 0 }

// compute applies t's operation to the values of its arguments.
func compute(t *tree, v []maybe) (float64, bool) {
	switch t.op {
	case opAnd, opOr, opCount:
		return connect(t.op, v)
	case opCoalesce:
		if v[0].known {
			return v[0].value, true
		}
		return v[1].value, v[1].known
	case opIf:
		if v[0].yes() {
			return v[1].value, v[1].known
		}
		return v[2].value, v[2].known
	}
	for _, x := range v {
		if !x.known {
			return 0, false
		}
	}
	return strict(t, v)
}

// strict applies an operation that is null as soon as an argument is.
func strict(t *tree, v []maybe) (float64, bool) {
	switch o := t.op; {
	case o == opNot:
		return bit(v[0].value == 0), true
	case o.compares():
		return bit(holds(o, v[0].value, v[1].value)), true
	case o == opIn:
		return bit(oneOf(v[0].value, v[1:])), true
	case o == opRange:
		return bit(t.within(v[0].value)), true
	case o == opSum || o == opMean || o == opMedian:
		return aggregate(o, v)
	case o == opMin || o == opMax:
		x := v[0].value
		for _, y := range v[1:] {
			x, _ = arith(o, x, y.value)
		}
		return x, true
	case len(v) == 2:
		return arith(o, v[0].value, v[1].value)
	}
	return apply(t.op, v[0].value), true
}

// connect is and, or, and the number of those that hold.
func connect(o op, v []maybe) (float64, bool) {
	yes, no := 0, 0
	for _, x := range v {
		if x.yes() {
			yes++
		}
		if x.no() {
			no++
		}
	}
	switch o {
	case opCount:
		return float64(yes), true
	case opAnd:
		return bit(no == 0), no > 0 || yes == len(v)
	}
	return bit(yes > 0), yes > 0 || no == len(v)
}

func oneOf(x float64, list []maybe) bool {
	for _, y := range list {
		if x == y.value {
			return true
		}
	}
	return false
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// countTwice counts how often test has to ask an argument for yes and for no.
func (t *tree) countTwice() {
	for _, a := range t.args {
		t.twice = max(t.twice, a.twice)
	}
	if t.op == opCoalesce && t.kind == condition || t.op.compares() && t.args[0].kind == condition {
		t.twice++
	}
}
