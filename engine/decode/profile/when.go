package profile

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// condition is what a record has to be for something: all tests of one of its
// alternatives hold. Without alternatives it always holds.
type condition [][]test

// test is something about the text of a source.
type test struct {
	cell  int
	op    op
	not   bool
	texts []string
	re    *regexp.Regexp
}

type op uint8

const (
	isOp      op = iota // one of texts
	beginsOp            // with one of texts
	matchesOp           // re
	presentOp           // not empty, no null token (texts)
	nonzeroOp           // present, and some other byte than those of zeros, dates and times
)

func (c condition) holds(r *record) bool {
	for _, all := range c {
		if allHold(all, r) {
			return true
		}
	}
	return len(c) == 0
}

func allHold(all []test, r *record) bool {
	for i := range all {
		if t := &all[i]; t.holds(decode.Trim(r.text(t.cell))) == t.not {
			return false
		}
	}
	return true
}

func (t *test) holds(text []byte) bool {
	switch t.op {
	case isOp:
		return among(text, t.texts)
	case beginsOp:
		return prefixOf(text, t.texts) > 0
	case matchesOp:
		return t.re.Match(text)
	case presentOp:
		return len(text) > 0 && !among(text, t.texts)
	}
	return len(text) > 0 && !among(text, t.texts) && len(bytes.Trim(text, "0.:-/ ")) > 0
}

func among(text []byte, texts []string) bool {
	for _, s := range texts {
		if string(text) == s {
			return true
		}
	}
	return false
}

// prefixOf is how long the first of texts is that text begins with, 0 if with none.
func prefixOf(text []byte, texts []string) int {
	for _, s := range texts {
		if len(text) >= len(s) && string(text[:len(s)]) == s {
			return len(s)
		}
	}
	return 0
}

// condition reads {source: test, ...}, or a list of such mappings of which one has to
// hold.
func (r *reader) condition(n ast.Node, what string) (c condition) {
	r.list(n, func(v ast.Node) {
		var all []test
		r.pairs(v, what, func(k ast.MapKeyNode, v ast.Node) { all = append(all, r.tests(k, v, what)...) })
		if len(all) == 0 && isMapping(v) {
			r.wrong(placeOf(v), "%s is empty: write a source and what it has to be", what)
		}
		c = append(c, all)
	})
	return c
}

// tests reads what the text of a source has to be: a text, one of a list, or a mapping
// of tests that all have to hold.
func (r *reader) tests(key, n ast.Node, what string) (all []test) {
	cell := r.source(key)
	add := func(t test) { t.cell = cell; all = append(all, t) }
	types := func(n ast.Node) {
		name, err := scalar(key)
		if s, ok := r.shape.(*berShape); ok && err == nil && name == typeSource {
			s.checkTypes(r, n, what)
		}
	}
	if !isMapping(n) {
		types(n)
		add(test{op: isOp, texts: r.texts(n, what)})
		return all
	}
	truth := func(o op, what string) func(ast.Node) {
		return func(v ast.Node) { add(test{op: o, texts: r.null, not: !r.truth(v, what)}) }
	}
	r.mapping(n, what, entry{
		"is":      func(v ast.Node) { types(v); add(test{op: isOp, texts: r.texts(v, "is")}) },
		"not":     func(v ast.Node) { add(test{op: isOp, texts: r.texts(v, "not"), not: true}) },
		"begins":  func(v ast.Node) { add(test{op: beginsOp, texts: r.fullTexts(v, "begins")}) },
		"matches": func(v ast.Node) { add(test{op: matchesOp, re: r.pattern(v, "matches")}) },
		"present": truth(presentOp, "present"),
		"nonzero": truth(nonzeroOp, "nonzero"),
	})
	slices.SortStableFunc(all, func(a, b test) int { return int(a.op) - int(b.op) })
	return all
}

// fullTexts are texts of which none is empty.
func (r *reader) fullTexts(n ast.Node, what string) (all []string) {
	r.list(n, func(v ast.Node) {
		if s, ok := r.text(v, what); ok {
			all = append(all, s)
		}
	})
	return all
}

// pattern is a regular expression; it is never nil.
func (r *reader) pattern(n ast.Node, what string) *regexp.Regexp {
	s, _ := r.text(n, what)
	re, err := regexp.Compile(s)
	if err != nil {
		r.wrong(placeOf(n), "%s: %s", what, err)
		return regexp.MustCompile("")
	}
	return re
}
