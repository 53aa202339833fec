package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// reader reads one rule file. It notes mistakes and goes on, so that all of them
// are told at once.
type reader struct {
	name     string
	dir      string
	lines    []string
	language *language

	problems  []*Problem
	warnings  []*Problem
	storm     Storm
	coldStart cdr.Millis
	lists     map[string]*list
	rules     []*draft
	ids       map[string]place
	lenient   bool // leave out rules that name unknown features
	skipped   []string
	bare      bool // leave out min_support
}

// maxProblems is how many mistakes are told.
const maxProblems = 20

func (r *reader) wrong(p place, format string, args ...any) {
	r.problems = append(r.problems, r.problem(p, format, args...))
}

func (r *reader) warn(p place, format string, args ...any) {
	r.warnings = append(r.warnings, r.problem(p, format, args...))
}

func (r *reader) problem(p place, format string, args ...any) *Problem {
	p = inside(r.lines, p)
	return &Problem{File: r.name, Line: p.line, Column: p.column, Text: fmt.Sprintf(format, args...)}
}

// aimed is the place of a character of the value of n. Beyond the mistakes that are
// told it is not looked for.
func (r *reader) aimed(n ast.Node, value string, at int) place {
	if len(r.problems) >= maxProblems {
		return placeOf(n)
	}
	return aim(r.lines, placeOf(n), value, at)
}

// err is the mistakes in the order of the file.
func (r *reader) err() error {
	slices.SortStableFunc(r.problems, byPlace)
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
type entry map[string]func(key, value ast.Node)

// mapping walks a mapping whose keys are those of e; ok is false if n is none.
// what is what it is, for messages.
func (r *reader) mapping(n ast.Node, what string, e entry) (ok bool) {
	m, ok := n.(ast.MapNode)
	if !ok {
		r.wrong(placeOf(n), "%s must be a mapping of keys to values", what)
		return false
	}
	for it := m.MapRange(); it.Next(); {
		k := it.Key()
		name := keyText(k)
		set, known := e[name]
		if !known {
			names := make([]string, 0, len(e))
			for n := range e {
				names = append(names, n)
			}
			r.wrong(placeOf(k), "%s: %s", what, unknownKey(name, names))
			continue
		}
		set(k, it.Value())
	}
	return true
}

func keyText(k ast.MapKeyNode) string {
	if s, ok := k.(*ast.StringNode); ok {
		return s.Value
	}
	return k.GetToken().Value
}

// sequence calls f for the items of a list.
func (r *reader) sequence(n ast.Node, what string, f func(ast.Node)) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		r.wrong(placeOf(n), "%s must be a list", what)
		return
	}
	for _, v := range s.Values {
		f(v)
	}
}

// text is a single value that is not empty; ok is false, and it is noted, if it is not.
func (r *reader) text(n ast.Node, key string) (string, bool) {
	s, err := scalar(n)
	if err == nil && strings.TrimSpace(s) == "" {
		err = errors.New("is empty: write a value, or leave the key out")
	}
	if err != nil {
		r.wrong(placeOf(n), "%s %s", key, err)
		return "", false
	}
	return s, true
}

// top reads the whole file.
func (r *reader) top(n ast.Node) {
	var groups, lists ast.Node
	r.mapping(n, "the file", entry{
		"groups":     func(_, v ast.Node) { groups = v },
		"lists":      func(_, v ast.Node) { lists = v },
		"storm":      func(_, v ast.Node) { r.storm = r.stormOf(v, r.storm) },
		"cold_start": func(_, v ast.Node) { r.coldStart = r.duration(v, "cold_start") },
	})
	if lists != nil {
		r.readLists(lists)
	}
	if groups == nil {
		if len(r.problems) == 0 {
			r.wrong(placeOf(n), "the file has no rules: begin with groups:")
		}
		return
	}
	names := map[string]bool{}
	r.sequence(groups, "groups", func(g ast.Node) { r.group(g, names) })
}

func (r *reader) group(n ast.Node, names map[string]bool) {
	var name string
	var rules, named ast.Node = nil, n
	if !r.mapping(n, "a group", entry{
		"name":  func(_, v ast.Node) { name, _ = r.text(v, "name"); named = v },
		"rules": func(_, v ast.Node) { rules = v },
	}) {
		return
	}
	switch {
	case name == "" && named == n:
		r.wrong(placeOf(n), "the group has no name: write name: followed by a word")
	case names[name] && name != "":
		r.wrong(placeOf(named), "there is a group %s already: write its rules there, or choose another name", name)
	}
	names[name] = true
	if rules == nil {
		r.wrong(placeOf(n), "the group has no rules: write rules: followed by a list")
		return
	}
	r.sequence(rules, "rules", func(v ast.Node) { r.rule(v, name) })
}

// stormOf reads 2%, off, or {share: 2%, least: 50}; what it does not say is as in s.
func (r *reader) stormOf(n ast.Node, s Storm) Storm {
	share := func(_, v ast.Node) {
		if text, ok := r.text(v, "storm"); ok {
			x, err := parseShare(text)
			if err != nil {
				r.wrong(placeOf(v), "storm: %s", err)
			}
			s.Share = x
		}
	}
	if _, ok := n.(ast.MapNode); !ok {
		share(nil, n)
		return s
	}
	r.mapping(n, "storm", entry{"share": share, "least": func(_, v ast.Node) {
		if text, ok := r.text(v, "least"); ok {
			x, err := parseCount(text)
			if err != nil {
				r.wrong(placeOf(v), "least: %s", err)
			}
			s.Least = x
		}
	}})
	return s
}
