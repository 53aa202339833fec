package rules

import (
	"math"

	"github.com/expr-lang/expr/ast"
)

func (b *builder) unary(n *ast.UnaryNode) *tree {
	switch n.Operator {
	case "not", "!":
		t := b.build(n.Node)
		if b.err == nil && t.kind != condition {
			return b.wrong(n.Node, "%s needs a condition, and %s is a number: not binds tighter than a comparison, so write not (a > b)", n.Operator, short(n.Node))
		}
		return fold(&tree{op: opNot, kind: condition, args: []*tree{t}})
	case "-":
		return fold(&tree{op: opNeg, args: []*tree{b.wanted(n.Node, number, "-")}})
	case "+":
		return b.wanted(n.Node, number, "+")
	}
	return b.wrong(n, "the operator %s is not part of the language of rules", n.Operator)
}

var arithmetic = map[string]op{"+": opAdd, "-": opSub, "*": opMul, "/": opDiv, "%": opMod, "**": opPow, "^": opPow}

var comparisons = map[string]op{"<": opLT, "<=": opLE, ">": opGT, ">=": opGE, "==": opEQ, "!=": opNE}

func (b *builder) binary(n *ast.BinaryNode) *tree {
	if o, ok := arithmetic[n.Operator]; ok {
		x, y := b.wanted(n.Left, number, n.Operator), b.wanted(n.Right, number, n.Operator)
		return fold(&tree{op: o, args: []*tree{x, y}})
	}
	if o, ok := comparisons[n.Operator]; ok {
		return b.comparison(o, n)
	}
	switch n.Operator {
	case "and", "&&":
		return b.chain(opAnd, n)
	case "or", "||":
		return b.chain(opOr, n)
	case "??":
		return b.coalesce(n)
	case "in":
		return b.in(n)
	case "..":
		return b.wrong(n, "a range cannot stand here: it may follow in, such as x in 1..5")
	}
	return b.wrong(n, "the operator %s is for texts, and features are numbers and conditions", n.Operator)
}

// chain is a and b and c as one.
func (b *builder) chain(o op, n *ast.BinaryNode) *tree {
	t := &tree{op: o, kind: condition}
	for _, side := range []ast.Node{n.Left, n.Right} {
		a := b.wanted(side, condition, n.Operator)
		if a.op == o {
			t.args = append(t.args, a.args...)
		} else {
			t.args = append(t.args, a)
		}
	}
	return fold(t)
}

func (b *builder) comparison(o op, n *ast.BinaryNode) *tree {
	x, y := b.build(n.Left), b.build(n.Right)
	if b.err != nil {
		if _, text := n.Right.(*ast.StringNode); text {
			b.err.text = "a number cannot be compared with a text: write the number without quotes"
		}
		return x
	}
	switch {
	case x.kind != y.kind:
		return b.wrong(n, "%s is %s and %s is %s: they cannot be compared", short(n.Left), x.kind, short(n.Right), y.kind)
	case x.kind == condition && o != opEQ && o != opNE:
		return b.wrong(n, "conditions have no order: write ==, != or the conditions themselves")
	}
	if x.kind == condition && x.isConst() {
		x, y = y, x
	}
	if x.kind == condition && y.isConst() { // home == true
		if (y.value != 0) == (o == opEQ) {
			return x
		}
		return fold(&tree{op: opNot, kind: condition, args: []*tree{x}})
	}
	return fold(&tree{op: o, kind: condition, args: []*tree{x, y}})
}

func (b *builder) coalesce(n *ast.BinaryNode) *tree {
	x, y := b.build(n.Left), b.build(n.Right)
	if b.err == nil && x.kind != y.kind {
		return b.wrong(n, "%s is %s and %s is %s: what stands for a missing value must be of the same kind", short(n.Left), x.kind, short(n.Right), y.kind)
	}
	return fold(&tree{op: opCoalesce, kind: x.kind, args: []*tree{x, y}})
}

func (b *builder) in(n *ast.BinaryNode) *tree {
	x := b.wanted(n.Left, number, "in")
	switch list := n.Right.(type) {
	case *ast.BinaryNode:
		if list.Operator == ".." {
			return b.inRange(x, list)
		}
	case *ast.ArrayNode:
		return b.inList(x, list)
	}
	return b.wrong(n.Right, "what follows in is a range or a list, such as x in 1..5 or x in [1, 2, 5]")
}

func (b *builder) inRange(x *tree, n *ast.BinaryNode) *tree {
	lo, hi := b.wanted(n.Left, number, ".."), b.wanted(n.Right, number, "..")
	if b.err == nil && (!lo.isWhole() || !hi.isWhole()) {
		return b.wrong(n, "a range goes from one whole number to another: compare instead, such as x >= a and x <= b")
	}
	return fold(&tree{op: opRange, kind: condition, args: []*tree{x}, lo: lo.value, hi: hi.value})
}

func (t *tree) isWhole() bool { return t.isConst() && t.value == math.Trunc(t.value) }

func (b *builder) inList(x *tree, list *ast.ArrayNode) *tree {
	if len(list.Nodes) == 0 {
		return b.wrong(list, "the list is empty, so nothing is in it: write its numbers")
	}
	t := &tree{op: opIn, kind: condition, args: []*tree{x}}
	for _, e := range list.Nodes {
		item := b.wanted(e, number, "in")
		if b.err == nil && !item.isConst() {
			return b.wrong(e, "%s is no constant: compare instead, such as x == a or x == b", short(e))
		}
		t.args = append(t.args, item)
	}
	return fold(t)
}
