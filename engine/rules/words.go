package rules

import (
	"errors"
	"regexp"
	"strings"

	"github.com/expr-lang/expr/file"
)

// rewording is what a message of a library becomes in the words of this package.
type rewording struct {
	pattern *regexp.Regexp
	text    string
}

func reword(table []rewording, text string) string {
	for _, w := range table {
		if at := w.pattern.FindStringSubmatchIndex(text); at != nil {
			return string(w.pattern.ExpandString(nil, w.text, text, at))
		}
	}
	return text
}

// exprWords are for messages of expr.
func exprWords() []rewording {
	return []rewording{
		{regexp.MustCompile(`^unexpected token EOF`), "the expression ends too early: something is missing after this"},
		{regexp.MustCompile(`^unexpected token Operator\("="\)`), "= compares nothing: write =="},
		{regexp.MustCompile(`^unexpected token Operator\("let"\)`), "let cannot stand here: put it and what follows into parentheses"},
		{regexp.MustCompile(`^unexpected token \w+\("(.*)"\)`), "$1 cannot stand here: join conditions with and, or, and check the parentheses"},
		{regexp.MustCompile(`^Operator \((.*)\) and coalesce expressions \(\?\?\) cannot be mixed`), "$1 cannot stand beside ??: write (a ?? b) $1 c"},
		{regexp.MustCompile(`^invalid operation: % \(mismatched types`), "% needs whole numbers: features that count calls, contacts, days or bytes"},
		{regexp.MustCompile(`^literal not terminated`), "the quote is not closed, and a rule needs none: features are numbers and conditions"},
		{regexp.MustCompile(`^unrecognized character: (.*)`), "$1 cannot stand here: write names, numbers and operators"},
		{regexp.MustCompile(`^invalid (?:float|integer) literal.* parsing "(.*)": value out of range`), "the number $1 is too large"},
		{regexp.MustCompile(`^invalid (?:float|integer) literal.* parsing "(.*)"`), "$1 is no number"},
		{regexp.MustCompile(`^bad number syntax: (.*)`), "$1 is no number"},
		{regexp.MustCompile(`^compilation failed: expression exceeds maximum allowed nodes`), "the expression has more than 10,000 parts: write several rules"},
	}
}

// yamlWords are for messages of go-yaml.
func yamlWords() []rewording {
	return []rewording{
		{regexp.MustCompile(`^mapping key (".*") already defined at \[(\d+):\d+\]`), "key $1 is there already, in line $2: remove one of them"},
		{regexp.MustCompile(`^mapping value is not allowed in this context`), "a colon cannot stand here: a value with a colon and a space in it needs quotes, a key a line of its own"},
		{regexp.MustCompile(`^value is not allowed in this context`), "a value cannot stand here: check the indentation, which tells what belongs together"},
		{regexp.MustCompile(`^found character '\t' that cannot start any token`), "a tab: indent with spaces"},
		{regexp.MustCompile(`^could not find end character of (.*)-quoted text`), "the $1 quote is not closed: close it, or write the value without quotes"},
		{regexp.MustCompile(`^sequence end token '\]' not found`), "the list is not closed: write ] after its last item"},
		{regexp.MustCompile(`^could not find flow map content`), "the mapping is not closed: write } after its last value"},
	}
}

// foreign is an error of expr in our words.
func foreign(err error) *exprError {
	var e *file.Error
	if !errors.As(err, &e) {
		return &exprError{text: reword(exprWords(), firstLine(err.Error()))}
	}
	return &exprError{at: e.From, text: strings.TrimSuffix(reword(exprWords(), e.Message), ".")}
}
