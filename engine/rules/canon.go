package rules

import (
	"strconv"
	"strings"
)

// opNames are for hashes: what a name stands for may change its number, but never
// its name, or every rule of every user would have a new version.
var opNames = [...]string{
	opConst: "const", opNull: "null", opFeature: "feature", opNeg: "neg", opAdd: "add", opSub: "sub", opMul: "mul", opDiv: "div", opMod: "mod",
	opMin: "min", opMax: "max", opAbs: "abs", opFloor: "floor", opCeil: "ceil", opRound: "round", opAnd: "and", opOr: "or", opNot: "not",
	opLT: "lt", opLE: "le", opGT: "gt", opGE: "ge", opEQ: "eq", opNE: "ne", opIn: "in", opRange: "range", opIf: "if", opCoalesce: "coalesce",
	opPow: "pow", opLet: "let", opLocal: "local", opSum: "sum", opMean: "mean", opMedian: "median", opCount: "count",
}

// canon is what t says, the same for all ways of writing it: and for &&, 3600 for
// 60 * 60.
func (t *tree) canon() string {
	var b strings.Builder
	t.write(&b)
	return b.String()
}

func (t *tree) write(b *strings.Builder) {
	b.WriteByte('(')
	b.WriteString(opNames[t.op])
	switch t.op {
	case opConst:
		b.WriteByte(' ')
		b.WriteString(strconv.FormatFloat(t.value, 'g', -1, 64))
	case opFeature, opLet, opLocal:
		b.WriteByte(' ')
		b.WriteString(t.name)
	case opRange:
		b.WriteByte(' ')
		b.WriteString(strconv.FormatFloat(t.lo, 'g', -1, 64))
		b.WriteByte(' ')
		b.WriteString(strconv.FormatFloat(t.hi, 'g', -1, 64))
	}
	for _, a := range t.args {
		b.WriteByte(' ')
		a.write(b)
	}
	b.WriteByte(')')
}
