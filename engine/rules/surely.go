package rules

import "math"

// Box is what the features of a subscriber may be: element i, which is Set.Columns[i], is
// Low[i] to High[i], and not null.
type Box struct{ Low, High []float64 }

// Surely reports whether the rule holds at level alert.Full for all that lies in a box, as
// far as is known: not where its expression is of other things than comparisons, sums,
// products and quotients of what is not negative, min and max.
func (r *Rule) Surely(b *Box) bool { return r.surely != nil && r.surely(b) }

// sure tells whether a condition is what it was made for everywhere in a box; nil: nobody
// knows. Rounding keeps order, so the ends of a range are those of what is computed.
type sure func(b *Box) bool

// reach computes the range of a number; NaN: nobody knows, or it may be null. nil: likewise,
// anywhere.
type reach func(b *Box) (low, high float64)

// surely turns a condition into what tells whether it is surely want.
func surely(t *tree, want bool) sure {
	switch {
	case t.op == opNot:
		return surely(t.args[0], !want)
	case t.op == opAnd:
		return surelyChain(t.args, want, want)
	case t.op == opOr:
		return surelyChain(t.args, want, !want)
	case t.op.compares() && t.args[0].kind == number:
		o := t.op
		if !want {
			o = o.opposite()
		}
		return surelyCompared(o, reachOf(t.args[0]), reachOf(t.args[1]))
	}
	return nil
}

func surelyChain(args []*tree, want, all bool) sure {
	var each []sure
	for _, a := range args {
		switch s := surely(a, want); {
		case s != nil:
			each = append(each, s)
		case all:
			return nil
		}
	}
	return func(b *Box) bool {
		for _, s := range each {
			if s(b) != all {
				return !all
			}
		}
		return all
	}
}

func surelyCompared(o op, l, r reach) sure {
	if l == nil || r == nil {
		return nil
	}
	return func(b *Box) bool {
		low, high := l(b)
		least, most := r(b)
		switch o {
		case opGE:
			return low >= most
		case opGT:
			return low > most
		case opLE:
			return high <= least
		case opLT:
			return high < least
		}
		return false
	}
}

// reachOf turns a number into what tells its range.
func reachOf(t *tree) reach {
	switch t.op {
	case opConst:
		v := t.value
		return func(*Box) (float64, float64) { return v, v }
	case opFeature:
		c := t.column
		return func(b *Box) (float64, float64) { return b.Low[c], b.High[c] }
	case opAdd, opMul, opDiv, opMin, opMax:
	default:
		return nil
	}
	args := make([]reach, len(t.args))
	for i, a := range t.args {
		if args[i] = reachOf(a); args[i] == nil {
			return nil
		}
	}
	o := t.op
	return func(b *Box) (low, high float64) {
		low, high = args[0](b)
		for _, a := range args[1:] {
			least, most := a(b)
			low, high = o.reach(low, high, least, most)
		}
		return low, high
	}
}

// reach is the range of an operation of two numbers.
func (o op) reach(low, high, least, most float64) (float64, float64) {
	switch {
	case o == opMul && low >= 0 && least >= 0, o == opAdd, o == opMin, o == opMax:
		low, _ = arith(o, low, least)
		high, _ = arith(o, high, most)
	case o == opDiv && low >= 0 && least > 0:
		low, high = low/most, high/least
	default:
		low, high = math.NaN(), math.NaN()
	}
	return low, high
}
