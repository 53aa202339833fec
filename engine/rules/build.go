package rules

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// builder turns a parsed expression into a tree and checks the kinds on the way.
// It stops at the first trouble.
type builder struct {
	fields  map[string]feature.Field
	unknown func(name string) string // what to say of a name that is no feature
	locals  map[string]kind
	depth   int
	err     *exprError
}

// exprError is a mistake in an expression.
type exprError struct {
	at      int // runes from the beginning of the expression
	text    string
	unknown string // the name, if it is one that is no feature
}

func (e *exprError) Error() string { return e.text }

// maxDepth is how deep an expression may be nested.
const maxDepth = 100

// wrong notes a mistake at n. What it returns stands for n from then on.
func (b *builder) wrong(n ast.Node, format string, args ...any) *tree {
	if b.err == nil {
		b.err = &exprError{at: n.Location().From, text: fmt.Sprintf(format, args...)}
	}
	return &tree{op: opNull}
}

func (b *builder) build(n ast.Node) *tree {
	if b.depth++; b.depth > maxDepth {
		return b.wrong(n, "is nested more than %d deep: write it flatter, or as several rules", maxDepth)
	}
	defer func() { b.depth-- }()
	if b.err != nil {
		return &tree{op: opNull}
	}
	switch n := n.(type) {
	case *ast.IntegerNode:
		return constant(float64(n.Value))
	case *ast.FloatNode:
		return constant(n.Value)
	case *ast.BoolNode:
		return yesNo(n.Value)
	case *ast.IdentifierNode:
		return b.name(n)
	case *ast.UnaryNode:
		return b.unary(n)
	case *ast.BinaryNode:
		return b.binary(n)
	case *ast.ConditionalNode:
		return b.conditional(n)
	case *ast.BuiltinNode:
		return b.function(n, n.Name, n.Arguments)
	case *ast.VariableDeclaratorNode:
		return b.let(n)
	}
	return b.refuse(n)
}

// refuse says why n is not part of the language.
func (b *builder) refuse(n ast.Node) *tree {
	switch n := n.(type) {
	case *ast.StringNode, *ast.BytesNode:
		return b.wrong(n, "a text cannot stand here: features are numbers and conditions, write numbers without quotes")
	case *ast.NilNode:
		return b.wrong(n, "nil cannot stand here, for no comparison with it holds: write feature ?? 0 to have a value where there is none")
	case *ast.ArrayNode:
		return b.wrong(n, "a list cannot stand here: it may follow in, or be what min, max, sum, mean, median or count work on")
	case *ast.CallNode:
		if id, ok := n.Callee.(*ast.IdentifierNode); ok {
			return b.noFunction(n, id.Value)
		}
		return b.wrong(n, "nothing can be called here: the functions are %s", functionNames())
	case *ast.PredicateNode, *ast.PointerNode:
		return b.wrong(n, "a loop cannot stand here: write what it stands for, such as count([a > 1, b > 2]) >= 1")
	case *ast.MemberNode, *ast.ChainNode, *ast.SliceNode:
		return b.wrong(n, "features have no parts: write their names as features list shows them")
	case *ast.MapNode:
		return b.wrong(n, "a map cannot stand here")
	}
	return b.wrong(n, "this is not part of the language of rules: it has comparisons, arithmetic, and, or, not, ?:, ??, in, let and the functions %s", functionNames())
}

func (b *builder) name(n *ast.IdentifierNode) *tree {
	if k, ok := b.locals[n.Value]; ok {
		return &tree{op: opLocal, kind: k, name: n.Value}
	}
	f, ok := b.fields[n.Value]
	if !ok {
		t := b.wrong(n, "%s", b.unknown(n.Value))
		b.err.unknown = n.Value
		return t
	}
	t := &tree{op: opFeature, name: n.Value}
	if f.Type == feature.Bool {
		t.kind = condition
	}
	return t
}

// wanted builds n and checks that it is of kind k. as is what needs it.
func (b *builder) wanted(n ast.Node, k kind, as string) *tree {
	t := b.build(n)
	if b.err != nil || t.kind == k {
		return t
	}
	if k == condition {
		return b.wrong(n, "%s needs a condition, and %s is a number: compare it, such as %s > 0", as, short(n), short(n))
	}
	return b.wrong(n, "%s needs a number, and %s is a condition (yes or no): to count one, write (%s ? 1 : 0)", as, short(n), short(n))
}

// short is n as text, cut.
func short(n ast.Node) string {
	const most = 60
	s := n.String()
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "..."
	}
	return s
}

func (b *builder) conditional(n *ast.ConditionalNode) *tree {
	c := b.wanted(n.Cond, condition, "what stands before ?")
	x, y := b.build(n.Exp1), b.build(n.Exp2)
	if b.err == nil && x.kind != y.kind {
		return b.wrong(n.Exp2, "the two outcomes differ in kind: %s is %s, %s is %s", short(n.Exp1), x.kind, short(n.Exp2), y.kind)
	}
	return fold(&tree{op: opIf, kind: x.kind, args: []*tree{c, x, y}})
}

func (k kind) String() string {
	if k == condition {
		return "a condition"
	}
	return "a number"
}

func (b *builder) let(n *ast.VariableDeclaratorNode) *tree {
	if _, known := b.fields[n.Name]; known {
		return b.wrong(n, "let %s: that is the name of a feature, choose another", n.Name)
	}
	if _, known := b.locals[n.Name]; known {
		return b.wrong(n, "let %s: it has a value already, choose another name", n.Name)
	}
	v := b.build(n.Value)
	if b.locals == nil {
		b.locals = map[string]kind{}
	}
	b.locals[n.Name] = v.kind
	in := b.build(n.Expr)
	delete(b.locals, n.Name)
	t := &tree{op: opLet, kind: in.kind, name: n.Name, args: []*tree{v, in}}
	t.countTwice()
	return t
}

func (b *builder) noFunction(n ast.Node, name string) *tree {
	names := make([]string, 0, len(functions))
	for f := range functions {
		names = append(names, f)
	}
	if s := nearest(name, names); s != "" && s != name {
		return b.wrong(n, "unknown function %s: did you mean %s?", name, s)
	}
	return b.wrong(n, "%s is no function of the language of rules: it has %s", name, functionNames())
}

func functionNames() string {
	return strings.Join([]string{"min", "max", "abs", "floor", "ceil", "round", "sum", "mean", "median", "count"}, ", ")
}

func (b *builder) function(n ast.Node, name string, args []ast.Node) *tree {
	f, ok := functions[name]
	if !ok {
		return b.noFunction(n, name)
	}
	for i, a := range args {
		if _, loop := a.(*ast.PredicateNode); loop {
			return b.refuse(args[i])
		}
	}
	if f.count == 0 && len(args) == 1 {
		if list, ok := args[0].(*ast.ArrayNode); ok {
			args = list.Nodes
		}
	}
	if len(args) == 0 || f.count > 0 && len(args) != f.count {
		return b.wrong(n, "%s has %d arguments: write %s(x)", name, len(args), name)
	}
	k := number
	if f.op == opCount {
		k = condition
	}
	t := &tree{op: f.op}
	for _, a := range args {
		t.args = append(t.args, b.wanted(a, k, name))
	}
	return fold(t)
}
