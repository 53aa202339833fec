package rules

import "math"

// kind is what a tree stands for.
type kind uint8

const (
	number kind = iota
	condition
)

// op is what a tree does with its arguments.
type op uint8

const (
	opConst   op = iota // value; a condition is 0 or 1
	opNull              // what nothing is known of: 1 / 0
	opFeature           // name, column
	opNeg
	opAdd
	opSub
	opMul
	opDiv
	opMod
	opMin // any number of arguments, as opMax
	opMax
	opAbs
	opFloor
	opCeil
	opRound
	opAnd // any number of arguments, as opOr
	opOr
	opNot
	opLT
	opLE
	opGT
	opGE
	opEQ
	opNE
	opIn       // the first argument is one of the others, which are constants
	opRange    // the argument is a whole number from lo to hi
	opIf       // condition, then, else
	opCoalesce // the first argument, or the second where it is null

	// What follows has no closure.
	opPow
	opLet   // name, value, what it is used in
	opLocal // name
	opSum
	opMean
	opMedian
	opCount
)

// tree is a checked expression: constants are folded, chains of and and or are
// flat. It is immutable once its columns are bound.
type tree struct {
	op     op
	kind   kind
	args   []*tree
	value  float64
	lo, hi float64
	name   string
	column int
	twice  int // how often an evaluation may double on the way down, see test
}

// functions are those of the language, by name, with how many arguments each takes
// (0: at least one, or one list).
var functions = map[string]struct {
	op    op
	count int
}{
	"min": {opMin, 0}, "max": {opMax, 0}, "abs": {opAbs, 1}, "floor": {opFloor, 1}, "ceil": {opCeil, 1}, "round": {opRound, 1},
	"sum": {opSum, 0}, "mean": {opMean, 0}, "median": {opMedian, 0}, "count": {opCount, 0},
}

func constant(v float64) *tree { return &tree{op: opConst, value: v} }

func yesNo(b bool) *tree {
	t := &tree{op: opConst, kind: condition}
	if b {
		t.value = 1
	}
	return t
}

func (t *tree) isConst() bool { return t.op == opConst }

// closed reports whether t can be lowered to a closure; its arguments may need
// the machine all the same.
func (t *tree) closed() bool { return t.op < opPow }

// walk calls f for t and all below it, in the order of the text.
func (t *tree) walk(f func(*tree)) {
	f(t)
	for _, a := range t.args {
		a.walk(f)
	}
}

// features appends the names of the features in t to names, each once, in the
// order in which they appear.
func (t *tree) features(names []string) []string {
	seen := make(map[string]bool, len(names))
	for _, n := range names {
		seen[n] = true
	}
	t.walk(func(n *tree) {
		if n.op == opFeature && !seen[n.name] {
			seen[n.name] = true
			names = append(names, n.name)
		}
	})
	return names
}

// bind tells the features of t where they stand in a vector.
func (t *tree) bind(column map[string]int) {
	t.walk(func(n *tree) {
		if n.op == opFeature {
			n.column = column[n.name]
		}
	})
}

// arith computes an operation of two numbers; false is null. The result is never
// NaN.
func arith(o op, a, b float64) (float64, bool) {
	var v float64
	switch o {
	case opAdd:
		v = a + b
	case opSub:
		v = a - b
	case opMul:
		v = a * b
	case opDiv:
		if b == 0 {
			return 0, false
		}
		v = a / b
	case opMod:
		if b == 0 {
			return 0, false
		}
		v = math.Mod(a, b)
	case opPow:
		v = math.Pow(a, b)
	case opMin:
		v = min(a, b)
	case opMax:
		v = max(a, b)
	}
	return v, v == v
}

// apply computes a function of one number.
func apply(o op, a float64) float64 {
	switch o {
	case opNeg:
		return -a
	case opAbs:
		return math.Abs(a)
	case opFloor:
		return math.Floor(a)
	case opCeil:
		return math.Ceil(a)
	case opRound:
		return math.Round(a)
	}
	return a
}

// holds compares two numbers.
func holds(o op, a, b float64) bool {
	switch o {
	case opLT:
		return a < b
	case opLE:
		return a <= b
	case opGT:
		return a > b
	case opGE:
		return a >= b
	case opEQ:
		return a == b
	}
	return a != b
}

// opposite is the comparison that holds when o does not, of two known values.
func (o op) opposite() op {
	return map[op]op{opLT: opGE, opGE: opLT, opLE: opGT, opGT: opLE, opEQ: opNE, opNE: opEQ}[o]
}

// swapped is the comparison of b and a that says what o says of a and b.
func (o op) swapped() op {
	switch o {
	case opLT:
		return opGT
	case opGT:
		return opLT
	case opLE:
		return opGE
	case opGE:
		return opLE
	}
	return o
}

func (o op) compares() bool { return o >= opLT && o <= opNE }
