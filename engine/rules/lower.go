package rules

// value computes a number; false is null. It is never NaN.
type value func(v *Vector) (float64, bool)

// lower turns a tree that is a number into a closure.
func lower(t *tree) value {
	switch t.op {
	case opConst:
		c := t.value
		return func(*Vector) (float64, bool) { return c, true }
	case opNull:
		return func(*Vector) (float64, bool) { return 0, false }
	case opFeature:
		c := t.column
		return func(v *Vector) (float64, bool) { return v.Values[c], !v.Null[c] }
	case opNeg, opAbs, opFloor, opCeil, opRound:
		return lowerUnary(t.op, lower(t.args[0]))
	case opMin, opMax:
		return lowerExtreme(t)
	case opIf:
		yes, a, b := test(t.args[0], true), lower(t.args[1]), lower(t.args[2])
		return func(v *Vector) (float64, bool) {
			if yes(v) {
				return a(v)
			}
			return b(v)
		}
	case opCoalesce:
		a, b := lower(t.args[0]), lower(t.args[1])
		return func(v *Vector) (float64, bool) {
			if x, ok := a(v); ok {
				return x, true
			}
			return b(v)
		}
	}
	if t.closed() {
		return lowerBinary(t.op, t.args[0], t.args[1])
	}
	return newMachine(t).eval
}

func lowerUnary(o op, a value) value {
	if o == opNeg {
		return func(v *Vector) (float64, bool) {
			x, ok := a(v)
			return -x, ok
		}
	}
	return func(v *Vector) (float64, bool) {
		x, ok := a(v)
		return apply(o, x), ok
	}
}

// lowerExtreme is min or max. With two arguments, one of them a constant, is how
// rules keep a divisor from 0.
func lowerExtreme(t *tree) value {
	if len(t.args) == 2 && t.op == opMax && t.args[1].isConst() {
		a, c := lower(t.args[0]), t.args[1].value
		return func(v *Vector) (float64, bool) {
			x, ok := a(v)
			return max(x, c), ok
		}
	}
	o, args := t.op, make([]value, len(t.args))
	for i, a := range t.args {
		args[i] = lower(a)
	}
	return func(v *Vector) (float64, bool) {
		x, ok := args[0](v)
		for _, a := range args[1:] {
			y, known := a(v)
			ok = ok && known
			x, _ = arith(o, x, y)
		}
		return x, ok
	}
}

func lowerBinary(o op, l, r *tree) value {
	if r.isConst() {
		return lowerScaled(o, lower(l), r.value)
	}
	if l.isConst() && o == opMul {
		return lowerScaled(o, lower(r), l.value)
	}
	a, b := lower(l), lower(r)
	return func(v *Vector) (float64, bool) {
		x, ok := a(v)
		if !ok {
			return 0, false
		}
		y, ok := b(v)
		if !ok {
			return 0, false
		}
		return arith(o, x, y)
	}
}

// lowerScaled is an operation with a constant.
func lowerScaled(o op, a value, c float64) value {
	switch o {
	case opMul:
		return func(v *Vector) (float64, bool) {
			x, ok := a(v)
			x *= c
			return x, ok && x == x
		}
	case opDiv:
		if c != 0 {
			return func(v *Vector) (float64, bool) {
				x, ok := a(v)
				x /= c
				return x, ok && x == x
			}
		}
	}
	return func(v *Vector) (float64, bool) {
		x, ok := a(v)
		if !ok {
			return 0, false
		}
		return arith(o, x, c)
	}
}
