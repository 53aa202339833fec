package rules

import (
	"math"
	"slices"
)

// gater derives gates. Each clause of a gate follows from the condition alone, so
// any of them may be left out: what cannot be said in atoms is.
type gater struct {
	rank func(Atom) selectivity
}

// of is what must hold for t to be want.
func (g gater) of(t *tree, want bool) Gate {
	switch {
	case t.op == opNot:
		return g.of(t.args[0], !want)
	case t.op == opAnd && want, t.op == opOr && !want:
		return g.all(t.args, want)
	case t.op == opAnd, t.op == opOr:
		return g.any(t.args, want)
	case t.op == opIf:
		both := &tree{op: opAnd, kind: condition, args: []*tree{t.args[0], t.args[1]}}
		if !want {
			both.args[1] = &tree{op: opNot, kind: condition, args: t.args[1:2]}
		}
		return g.either(g.of(both, true), g.of(t.args[2], want))
	case t.op == opCoalesce:
		return g.either(g.of(t.args[0], want), g.of(t.args[1], want))
	case t.op == opIn && want:
		return gateOfList(t)
	case t.op == opRange && want:
		return gateOfRange(t)
	}
	return gateOfAtom(t, want)
}

func (g gater) all(args []*tree, want bool) (out Gate) {
	for _, a := range args {
		out = append(out, g.of(a, want)...)
	}
	return out
}

func (g gater) any(args []*tree, want bool) Gate {
	gates := make([]Gate, len(args))
	for i, a := range args {
		if gates[i] = g.of(a, want); len(gates[i]) == 0 {
			gates[i] = gateOfLeast(a, want)
		}
	}
	return g.either(gates...)
}

// gateOfLeast reads a > 3 * max(b, 1) as a > 3. It says little, but where a condition is one of
// several it says more than nothing.
func gateOfLeast(t *tree, want bool) Gate {
	for t.op == opNot {
		t, want = t.args[0], !want
	}
	if !t.op.compares() || t.args[0].kind == condition {
		return nil
	}
	o, l, r := t.op, t.args[0], t.args[1]
	if !want {
		o = o.opposite()
	}
	if r.op == opFeature {
		o, l, r = o.swapped(), r, l
	}
	v := least(r)
	switch {
	case l.op != opFeature || !(v > 0):
	case o == opGE:
		return Gate{{Atom{l.column, GE, v}}}
	case o == opGT:
		return Gate{{Atom{l.column, GT, v}}}
	}
	return nil
}

// least is what t is no less than, as it is reckoned: features are not negative.
func least(t *tree) float64 {
	switch t.op {
	case opConst:
		return t.value
	case opFeature:
		return 0
	case opMax, opMin:
		v := least(t.args[0])
		for _, a := range t.args[1:] {
			if t.op == opMax {
				v = max(v, least(a))
			} else {
				v = min(v, least(a))
			}
		}
		return v
	case opAdd:
		return least(t.args[0]) + least(t.args[1])
	case opMul:
		if a, b := least(t.args[0]), least(t.args[1]); a >= 0 && b >= 0 {
			return a * b
		}
	case opDiv:
		if t.args[1].isConst() && t.args[1].value > 0 {
			return least(t.args[0]) / t.args[1].value
		}
	}
	return math.Inf(-1)
}

// either is one clause, of one clause of each gate: those about a feature that
// all of them bound, which make a single atom, or else the most selective ones.
func (g gater) either(gates ...Gate) Gate {
	for _, x := range gates {
		if len(x) == 0 {
			return nil
		}
	}
	var best Clause
	for _, c := range gates[0] {
		if u := sameFeature(c, gates[1:]); len(u) > 0 && (best == nil || g.worst(u).compare(g.worst(best)) < 0) {
			best = u
		}
	}
	if best == nil {
		for _, x := range gates {
			best = append(best, g.best(x)...)
		}
	}
	return Gate{best.weaken()}
}

// sameFeature is c and a clause about the same feature, in the same direction, from
// each of gates; nil if one has none, or c is about several.
func sameFeature(c Clause, gates []Gate) Clause {
	if len(c) != 1 {
		return nil
	}
	union := slices.Clone(c)
	for _, x := range gates {
		at := slices.IndexFunc(x, func(d Clause) bool { return len(d) == 1 && (c[0].implies(d[0]) || d[0].implies(c[0])) })
		if at < 0 {
			return nil
		}
		union = append(union, x[at]...)
	}
	return union
}

// gateOfAtom is one clause with one atom.
func gateOfAtom(t *tree, want bool) Gate {
	if t.op == opFeature {
		return Gate{{Atom{t.column, EQ, bit(want)}}}
	}
	a, ok := asAtom(withoutDefault(t, want), want)
	if !ok {
		a, ok = asMinuend(t, want)
	}
	if !ok {
		return nil
	}
	switch a.op {
	case opGE:
		return Gate{{Atom{a.column, GE, a.value}}}
	case opGT:
		return Gate{{Atom{a.column, GT, a.value}}}
	case opLE:
		return Gate{{Atom{a.column, LE, a.value}}}
	case opLT:
		return Gate{{Atom{a.column, LT, a.value}}}
	case opEQ:
		return Gate{{Atom{a.column, EQ, a.value}}}
	}
	return nil
}

// asMinuend reads x - y >= 5 as x >= 5: features are not negative.
func asMinuend(t *tree, want bool) (a atom, ok bool) {
	if !t.op.compares() || t.args[0].kind == condition {
		return a, false
	}
	o, l, r := t.op, t.args[0], t.args[1]
	if !want {
		o = o.opposite()
	}
	if l.isConst() {
		o, l, r = o.swapped(), r, l
	}
	if o != opGE && o != opGT || !r.isConst() || l.op != opSub || l.args[0].op != opFeature || l.args[1].op != opFeature {
		return a, false
	}
	return atom{l.args[0].column, o, r.value}, true
}

// withoutDefault reads (feature ?? 0) > 5 as feature > 5, since the default does not
// satisfy it.
func withoutDefault(t *tree, want bool) *tree {
	if !t.op.compares() {
		return t
	}
	for i, a := range t.args {
		other := t.args[1-i]
		if a.op != opCoalesce || a.args[0].op != opFeature || !a.args[1].isConst() || !other.isConst() {
			continue
		}
		pair := []*tree{a.args[1], other}
		if i == 1 {
			pair[0], pair[1] = pair[1], pair[0]
		}
		if holds(t.op, pair[0].value, pair[1].value) == want {
			return t
		}
		args := []*tree{a.args[0], other}
		if i == 1 {
			args[0], args[1] = args[1], args[0]
		}
		return &tree{op: t.op, kind: condition, args: args}
	}
	return t
}

func gateOfRange(t *tree) Gate {
	if t.args[0].op != opFeature {
		return nil
	}
	c := t.args[0].column
	return Gate{{Atom{c, GE, t.lo}}, {Atom{c, LE, t.hi}}}
}

// gateOfList is the values of a short list, or the ends of a long one.
func gateOfList(t *tree) Gate {
	const short = 4
	if t.args[0].op != opFeature {
		return nil
	}
	c, list := t.args[0].column, t.args[1:]
	if len(list) <= short {
		var any Clause
		for _, x := range list {
			any = append(any, Atom{c, EQ, x.value})
		}
		return Gate{any}
	}
	byValue := func(a, b *tree) int { return compareFloats(a.value, b.value) }
	return Gate{{Atom{c, GE, slices.MinFunc(list, byValue).value}}, {Atom{c, LE, slices.MaxFunc(list, byValue).value}}}
}
