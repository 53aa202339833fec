package oracle

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// expression is evaluated over the values of features. Values are float64, bool
// or nil, which is null.
type expression func(value func(name string) any) any

// parser reads an expression of
//
//	or:       and { "or" and }
//	and:      equals { "and" equals }
//	compare:  sum [ ("<" "<=" ">" ">=" "==" "!=") sum ]
//	sum:      product { ("+" "-") product }
//	product:  sign { ("*" "/" "%") sign }
//	sign:     "-" sign | "not" sign | atom
//	atom:     number | "true" | "false" | name | ("min" "max") "(" or { "," or } ")" | "(" or ")"
//
// It panics with a text where it cannot go on.
type parser struct {
	left  []string
	names []string
}

// parseExpression also returns the features that are named, in order, each as
// often as it is.
func parseExpression(text string) (x expression, names []string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%q: %v", text, p)
		}
	}()
	p := &parser{left: tokens(text)}
	x = p.or()
	if len(p.left) > 0 {
		panic("what is " + p.left[0])
	}
	return x, p.names, nil
}

// tokens cuts an expression into numbers, words and signs.
func tokens(text string) (all []string) {
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		n := len(text) - len(strings.TrimLeftFunc(text, func(r rune) bool {
			return r == '_' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r)
		}))
		if n == 0 {
			n = 1
			for _, two := range []string{"<=", ">=", "==", "!=", "&&", "||"} {
				if strings.HasPrefix(text, two) {
					n = 2
				}
			}
		}
		all, text = append(all, text[:n]), text[n:]
	}
	return all
}

// next takes the next token if it is one of those wanted, and returns "" else.
func (p *parser) next(wanted ...string) string {
	if len(p.left) == 0 || !contains(wanted, p.left[0]) {
		return ""
	}
	token := p.left[0]
	p.left = p.left[1:]
	return token
}

func (p *parser) or() expression {
	x := p.and()
	for p.next("or", "||") != "" {
		a, b := x, p.and()
		x = func(v func(string) any) any { return either(a(v), b(v)) }
	}
	return x
}

func (p *parser) and() expression {
	x := p.compare()
	for p.next("and", "&&") != "" {
		a, b := x, p.compare()
		x = func(v func(string) any) any { return negate(either(negate(a(v)), negate(b(v)))) }
	}
	return x
}

func (p *parser) compare() expression {
	a := p.sum()
	op := p.next("<", "<=", ">", ">=", "==", "!=")
	if op == "" {
		return a
	}
	b := p.sum()
	return func(v func(string) any) any { return compare(op, a(v), b(v)) }
}

func (p *parser) sum() expression {
	x := p.product()
	for {
		op := p.next("+", "-")
		if op == "" {
			return x
		}
		a, b := x, p.product()
		x = func(v func(string) any) any { return calculate(op, a(v), b(v)) }
	}
}

func (p *parser) product() expression {
	x := p.sign()
	for {
		op := p.next("*", "/", "%")
		if op == "" {
			return x
		}
		a, b := x, p.sign()
		x = func(v func(string) any) any { return calculate(op, a(v), b(v)) }
	}
}

func (p *parser) sign() expression {
	switch p.next("-", "not", "!") {
	case "-":
		a := p.sign()
		return func(v func(string) any) any { return calculate("-", 0.0, a(v)) }
	case "not", "!":
		a := p.sign()
		return func(v func(string) any) any { return negate(a(v)) }
	}
	return p.atom()
}

func (p *parser) atom() expression {
	if len(p.left) == 0 {
		panic("it ends too soon")
	}
	if p.next("(") != "" {
		x := p.or()
		p.must(")")
		return x
	}
	token := p.left[0]
	p.left = p.left[1:]
	switch {
	case token == "true" || token == "false":
		return func(func(string) any) any { return token == "true" }
	case (token == "min" || token == "max") && p.next("(") != "":
		return p.extreme(token)
	case token[0] >= '0' && token[0] <= '9':
		n, err := strconv.ParseFloat(strings.ReplaceAll(token, "_", ""), 64)
		if err != nil {
			panic(err)
		}
		return func(func(string) any) any { return n }
	case token[0] >= 'a' && token[0] <= 'z':
		p.names = append(p.names, token)
		return func(v func(string) any) any { return v(token) }
	}
	panic("what is " + token)
}

// extreme reads the arguments of min or max.
func (p *parser) extreme(of string) expression {
	args := []expression{p.or()}
	for p.next(",") != "" {
		args = append(args, p.or())
	}
	p.must(")")
	return func(v func(string) any) any {
		best := args[0](v)
		for _, a := range args[1:] {
			best = calculate(of, best, a(v))
		}
		return best
	}
}

func (p *parser) must(token string) {
	if p.next(token) == "" {
		panic("no " + token)
	}
}

// either is SQL's or: true wins over null, null over false.
func either(a, b any) any {
	switch {
	case a == true || b == true:
		return true
	case a == nil || b == nil:
		return nil
	}
	return false
}

// negate is SQL's not.
func negate(a any) any {
	if a == nil {
		return nil
	}
	return !a.(bool)
}

// compare is null if either side is.
func compare(op string, a, b any) any {
	if a == nil || b == nil {
		return nil
	}
	if x, ok := a.(bool); ok {
		return (x == b.(bool)) == (op == "==") // of these there are == and != only
	}
	x, y := a.(float64), b.(float64)
	switch op {
	case "<":
		return x < y
	case "<=":
		return x <= y
	case ">":
		return x > y
	case ">=":
		return x >= y
	case "==":
		return x == y
	}
	return x != y
}

// calculate is null if either side is, and when it would divide by 0.
func calculate(op string, a, b any) any {
	if a == nil || b == nil || (op == "/" || op == "%") && b == 0.0 {
		return nil
	}
	x, y := a.(float64), b.(float64)
	switch op {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	case "/":
		return x / y
	case "%":
		return math.Mod(x, y)
	case "min":
		return min(x, y)
	}
	return max(x, y)
}
