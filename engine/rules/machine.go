package rules

import (
	"fmt"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// machine evaluates a tree in expr's virtual machine. Its operators are replaced by
// functions that know null, which is nil there; a value is a float64, a condition
// as well. It serves any number of goroutines.
type machine struct {
	program *vm.Program
	inputs  []*tree // the features
	pool    sync.Pool
}

// bench is what one evaluation needs.
type bench struct {
	vm  vm.VM
	env map[string]any
}

func newMachine(t *tree) *machine {
	m := &machine{}
	c := conf.CreateNew()
	w := translator{config: c, env: types.Map{}, machine: m}
	root := w.node(t)
	c.WithEnv(w.env)
	p := &parser.Tree{Node: root}
	if _, err := checker.Check(p, c); err != nil {
		panic(fmt.Sprintf("rules: a checked expression does not compile: %v", err)) // a tree is made by builder only
	}
	program, err := compiler.Compile(p, c)
	if err != nil {
		panic(fmt.Sprintf("rules: a checked expression does not compile: %v", err))
	}
	m.program = program
	m.pool.New = func() any { return &bench{env: make(map[string]any, len(m.inputs))} }
	return m
}

// eval evaluates the tree; false is null.
func (m *machine) eval(v *Vector) (float64, bool) {
	b := m.pool.Get().(*bench)
	defer m.pool.Put(b)
	for _, t := range m.inputs {
		if v.Null[t.column] {
			b.env[t.name] = nil
		} else {
			b.env[t.name] = v.Values[t.column]
		}
	}
	out, err := b.vm.Run(m.program, b.env)
	x, known := out.(float64)
	return x, known && err == nil
}

// translator writes a tree as a program of expr.
type translator struct {
	config  *conf.Config
	env     types.Map
	machine *machine
	calls   int
}

func (w *translator) node(t *tree) ast.Node {
	switch t.op {
	case opConst:
		return &ast.FloatNode{Value: t.value}
	case opNull:
		return &ast.NilNode{}
	case opLocal:
		return &ast.IdentifierNode{Value: t.name}
	case opFeature:
		if _, seen := w.env[t.name]; !seen {
			w.env[t.name] = types.Any
			w.machine.inputs = append(w.machine.inputs, t)
		}
		return &ast.IdentifierNode{Value: t.name}
	case opLet:
		return &ast.VariableDeclaratorNode{Name: t.name, Value: w.node(t.args[0]), Expr: w.node(t.args[1])}
	}
	return w.call(t)
}

// call makes t a function of its own, whose arguments are those of t.
func (w *translator) call(t *tree) ast.Node {
	name := fmt.Sprintf("op%d", w.calls)
	w.calls++
	expr.Function(name, func(params ...any) (any, error) {
		v := make([]maybe, len(params))
		for i, p := range params {
			v[i].value, v[i].known = p.(float64)
		}
		if x, known := compute(t, v); known {
			return x, nil
		}
		return nil, nil
	})(w.config)
	n := &ast.CallNode{Callee: &ast.IdentifierNode{Value: name}}
	for _, a := range t.args {
		n.Arguments = append(n.Arguments, w.node(a))
	}
	return n
}
