package rules

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// maxExpr is the longest expression, in bytes.
const maxExpr = 8 << 10

// language is what expressions are read with.
type language struct {
	fields map[string]feature.Field
	names  *vocabulary
	env    types.Map
}

func newLanguage(fields []feature.Field) *language {
	l := &language{fields: make(map[string]feature.Field, len(fields)), env: types.Map{}, names: newVocabulary(fields)}
	for _, f := range fields {
		l.fields[f.Name] = f
		l.env[f.Name] = [...]types.Type{feature.Int64: types.Int64, feature.Float64: types.Float64, feature.Bool: types.Bool}[f.Type]
	}
	return l
}

// parse reads a condition. canonical is the expression as the parser understood
// it, without its spacing.
func (l *language) parse(text string) (t *tree, canonical string, e *exprError) {
	if len(text) > maxExpr {
		return nil, "", &exprError{text: fmt.Sprintf("the expression is longer than %d bytes: write several rules, or use a list", maxExpr)}
	}
	if strings.TrimSpace(text) == "" {
		return nil, "", &exprError{text: "the expression is empty: write a condition, such as calls_24h >= 100"}
	}
	if at := tooDeep(text); at >= 0 {
		return nil, "", &exprError{at: at, text: fmt.Sprintf("is nested more than %d deep: write it flatter, or as several rules", maxDepth)}
	}
	c := conf.CreateNew()
	c.WithEnv(l.env)
	c.Expect = reflect.Bool
	p, err := parser.ParseWithConfig(text, c)
	if err != nil {
		return nil, "", foreign(err)
	}
	if tooLarge(p.Node) {
		return nil, "", &exprError{text: fmt.Sprintf("the expression has more than %d parts: write several rules", maxParts)}
	}
	b := builder{fields: l.fields, unknown: l.names.explain}
	t = b.build(p.Node)
	if b.err == nil && t.kind != condition {
		b.wrong(p.Node, "%s is a number, not a condition: compare it, such as %s > 0", short(p.Node), short(p.Node))
	}
	if b.err == nil && len(t.features(nil)) == 0 {
		b.wrong(p.Node, "the expression depends on no feature: it always has the same outcome")
	}
	if b.err != nil {
		return nil, "", b.err
	}
	canonical = p.Node.String()
	if _, err := checker.Check(p, c); err != nil {
		return nil, "", foreign(err)
	}
	return t, canonical, nil
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

// foreign is an error of expr in our words.
func foreign(err error) *exprError {
	var e *file.Error
	if !errors.As(err, &e) {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return &exprError{text: first}
	}
	text := e.Message
	switch {
	case strings.HasPrefix(text, "invalid operation: %"):
		text = "% needs whole numbers: " + strings.TrimPrefix(text, "invalid operation: % ")
	case strings.HasPrefix(text, "unexpected token EOF"):
		text = "the expression ends too early: something is missing after the last word"
	case strings.HasPrefix(text, "unexpected token Operator(\"=\")"):
		text = "= compares nothing: write =="
	case strings.Contains(text, "cannot be mixed"):
		text += ": put the ?? and what belongs to it into parentheses"
	}
	return &exprError{at: e.From, text: text}
}
