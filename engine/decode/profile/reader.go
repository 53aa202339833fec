package profile

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// reader reads one profile. It notes mistakes and goes on, so that all of them are
// told at once.
type reader struct {
	name     string // of the file
	problems []*Problem
	shape    shape
	sources  map[string]int // names of sources: their cells
	cells    int            // how many there are
	null     []string       // texts that mean nothing
}

// maxProblems is how many mistakes are told.
const maxProblems = 20

func (r *reader) wrong(p place, format string, args ...any) {
	mistake := Problem{File: r.name, Line: p.line, Column: p.column, Text: fmt.Sprintf(format, args...)}
	for _, q := range r.problems {
		if *q == mistake { // of fields that several types of records share
			return
		}
	}
	r.problems = append(r.problems, &mistake)
}

// err is the mistakes in the order of the file.
func (r *reader) err() error {
	slices.SortStableFunc(r.problems, func(a, b *Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	var all []error
	for i, p := range r.problems {
		if i == maxProblems {
			all = append(all, fmt.Errorf("%s: and %d more", r.name, len(r.problems)-i))
			break
		}
		all = append(all, p)
	}
	return errors.Join(all...)
}

// entry is what is done with the value of a key.
type entry map[string]func(value ast.Node)

// mapping walks a mapping whose keys are those of e; ok is false if n is none. what
// is what it is, for messages.
func (r *reader) mapping(n ast.Node, what string, e entry) (ok bool) {
	names := make([]string, 0, len(e))
	for name := range e {
		names = append(names, name)
	}
	return r.pairs(n, what, func(k ast.MapKeyNode, v ast.Node) {
		if set, known := e[keyText(k)]; known {
			set(v)
			return
		}
		r.wrong(placeOf(k), "%s: %s", what, unknown("key", keyText(k), names))
	})
}

// pairs calls f for the keys and values of a mapping whose keys may be any.
func (r *reader) pairs(n ast.Node, what string, f func(k ast.MapKeyNode, v ast.Node)) (ok bool) {
	m, ok := n.(ast.MapNode)
	if !ok {
		r.wrong(placeOf(n), "%s must be a mapping of keys to values", what)
		return false
	}
	for it := m.MapRange(); it.Next(); {
		f(it.Key(), it.Value())
	}
	return true
}

// isMapping reports whether n is a mapping.
func isMapping(n ast.Node) bool {
	_, ok := n.(ast.MapNode)
	return ok
}

// isList reports whether n is a list.
func isList(n ast.Node) bool {
	_, ok := n.(*ast.SequenceNode)
	return ok
}

func keyText(k ast.MapKeyNode) string {
	if s, ok := k.(*ast.StringNode); ok {
		return s.Value
	}
	return k.GetToken().Value
}

// list calls f for the items of a list, or for n itself where it is none.
func (r *reader) list(n ast.Node, f func(ast.Node)) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		f(n)
		return
	}
	for _, v := range s.Values {
		f(v)
	}
}

// texts are the texts of a list, or of a single value.
func (r *reader) texts(n ast.Node, what string) (all []string) {
	r.list(n, func(v ast.Node) {
		if s, ok := r.any(v, what); ok {
			all = append(all, s)
		}
	})
	return all
}

// any is the text of a single value, which may be empty.
func (r *reader) any(n ast.Node, what string) (string, bool) {
	s, err := scalar(n)
	if err != nil {
		r.wrong(placeOf(n), "%s %s", what, err)
	}
	return s, err == nil
}

// text is a single value that is not empty; ok is false, and it is noted, if it is not.
func (r *reader) text(n ast.Node, what string) (s string, ok bool) {
	if s, ok = r.any(n, what); ok && s == "" {
		r.wrong(placeOf(n), "%s is empty: write a value, or leave the key out", what)
		return "", false
	}
	return s, ok
}

// number is a whole number from low to high.
func (r *reader) number(n ast.Node, what string, low, high int) int {
	s, ok := r.text(n, what)
	if !ok {
		return low
	}
	v, err := strconv.Atoi(s)
	if err != nil || v < low || v > high {
		r.wrong(placeOf(n), "%s %q: write a number from %d to %d", what, cut(s), low, high)
		return low
	}
	return v
}

// truth is true or false.
func (r *reader) truth(n ast.Node, what string) bool {
	return r.choice(n, what, "false", "true") == 1
}

// choice reads one of a few words; it is an index of words.
func (r *reader) choice(n ast.Node, what string, words ...string) int {
	s, ok := r.text(n, what)
	if !ok {
		return 0
	}
	if i := slices.Index(words, s); i >= 0 {
		return i
	}
	r.wrong(placeOf(n), "%s: %s", what, unknown("word", s, words))
	return 0
}

// scalar is the text of a single value.
func scalar(n ast.Node) (string, error) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.NullNode:
		return "", errors.New("has no value: write one, or leave the key out")
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, nil
	case *ast.SequenceNode:
		return "", errors.New("must be a single value, not a list")
	case *ast.MappingNode, *ast.MappingValueNode:
		return "", errors.New("must be a single value, not a mapping")
	}
	return "", errors.New("must be a single value")
}

// unknown says which name may have been meant.
func unknown(what, name string, names []string) string {
	if s := nearest(name, names); s != "" {
		return fmt.Sprintf("unknown %s %s: did you mean %s?", what, cut(name), s)
	}
	all := slices.DeleteFunc(slices.Sorted(slices.Values(names)), func(s string) bool { return s == "" })
	if len(all) == 1 {
		return fmt.Sprintf("unknown %s %s: write %s", what, cut(name), all[0])
	}
	return fmt.Sprintf("unknown %s %s: write one of %s", what, cut(name), strings.Join(all, ", "))
}

// cut is s, not too long for a message.
func cut(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}
