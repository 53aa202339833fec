package rules

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// maxExpr is the longest expression, in bytes.
const maxExpr = 8 << 10

// language is what expressions are read with. It serves one goroutine.
type language struct {
	fields map[string]feature.Field
	names  *vocabulary
	config *conf.Config
}

func newLanguage(fields []feature.Field) *language {
	l := &language{fields: make(map[string]feature.Field, len(fields)), names: newVocabulary(fields), config: conf.CreateNew()}
	env := types.Map{}
	for _, f := range fields {
		l.fields[f.Name] = f
		env[f.Name] = [...]types.Type{feature.Int64: types.Int64, feature.Float64: types.Float64, feature.Bool: types.Bool}[f.Type]
	}
	l.config.WithEnv(env)
	l.config.Expect = reflect.Bool
	return l
}

// parse reads a condition.
func (l *language) parse(text string) (*tree, *exprError) {
	if len(text) > maxExpr {
		return nil, &exprError{text: fmt.Sprintf("the expression is longer than %d bytes: write several rules, or use a list", maxExpr)}
	}
	if strings.TrimSpace(text) == "" {
		return nil, &exprError{text: "the expression is empty: write a condition, such as calls_24h >= 100"}
	}
	if at := tooDeep(text); at >= 0 {
		return nil, &exprError{at: at, text: fmt.Sprintf("is nested more than %d deep: write it flatter, or as several rules", maxDepth)}
	}
	p, err := parser.ParseWithConfig(text, l.config)
	if err != nil {
		return nil, foreign(err)
	}
	if tooLarge(p.Node) {
		return nil, &exprError{text: fmt.Sprintf("the expression has more than %d parts: write several rules", maxParts)}
	}
	b := builder{fields: l.fields, unknown: l.names.explain}
	t := b.build(p.Node)
	if b.err == nil && t.kind != condition {
		b.wrong(p.Node, "%s is a number, not a condition: compare it, such as %s > 0", short(p.Node), short(p.Node))
	}
	if b.err == nil && len(t.features(nil)) == 0 {
		b.wrong(p.Node, "the expression depends on no feature: it always has the same outcome")
	}
	if b.err != nil {
		return nil, b.err
	}
	if _, err := checker.Check(p, l.config); err != nil {
		return nil, foreign(err)
	}
	return t, nil
}

// tooDeep is where parentheses and the like are nested too deep for the parser,
// which calls itself for each of them; -1 if they are not.
func tooDeep(text string) int {
	depth, at, unary := 0, 0, 0
	for _, r := range text {
		switch r {
		case '(', '[', '{', '?':
			depth++
			unary = 0
		case ')', ']', '}', ':':
			depth--
			unary = 0
		case '-', '+', '!':
			unary++
		case ' ', '\t', '\n':
		default:
			unary = 0
		}
		if depth > maxDepth || unary > maxDepth {
			return at
		}
		at++
	}
	return -1
}

// maxParts is how many operators, names and numbers an expression may have.
const maxParts = 10_000

// tooLarge counts the parts of an expression. The parser stops at maxParts as well,
// but it puts the b of a < b < c into the tree twice, which within each other is
// more than can be counted to. A walk cannot be stopped other than by a panic.
func tooLarge(n ast.Node) (large bool) {
	defer func() {
		if r := recover(); r == any(errParts) {
			large = true
		} else if r != nil {
			panic(r)
		}
	}()
	c := counter(0)
	ast.Walk(&n, &c)
	return false
}

var errParts = errors.New("too many parts")

type counter int

func (c *counter) Visit(*ast.Node) {
	if *c++; *c > maxParts {
		panic(errParts)
	}
}
