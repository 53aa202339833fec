package ruletest

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
)

// Result is what came of a test.
type Result struct {
	*Test
	Tested   *rules.Rule
	Got      string // critical, warning, none
	Exempt   bool   // the subscriber is on a list of except
	Evidence []alert.Evidence
}

// OK reports whether the rule did as expected.
func (r *Result) OK() bool { return r.Got == r.Expect }

// Check finds what a test names and does not exist. skipped are built-in rules
// whose windows are not configured.
func (f *File) Check(set *rules.Set, fields []feature.Field, skipped []string) error {
	known := map[string]bool{}
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = field.Name
		known[field.Name] = true
	}
	for i := range f.Tests {
		t := &f.Tests[i]
		if set.Rule(t.Rule) == nil {
			return t.noRule(f, set, skipped)
		}
		for _, g := range t.given {
			if !known[g.name] {
				return g.key.Errorf("unknown feature %s%s", g.name, meantFeature(g.name, names))
			}
		}
	}
	return nil
}

func (t *Test) noRule(f *File, set *rules.Set, skipped []string) error {
	if slices.Contains(skipped, t.Rule) {
		return t.rule.Errorf("rule %s names a window that is not configured: give a --config with it", t.Rule)
	}
	var ids []string
	for _, r := range set.Rules {
		ids = append(ids, r.ID)
	}
	if near := config.Nearest(t.Rule, ids); near != "" {
		return t.rule.Errorf("unknown rule %s: did you mean %s?", t.Rule, near)
	}
	return t.rule.Errorf("unknown rule %s: the rules of %s are %s", t.Rule, f.Rules, list(ids))
}

func meantFeature(name string, names []string) string {
	if near := config.Nearest(name, names); near != "" {
		return ": did you mean " + near + "?"
	}
	return ": cdrstream features list shows them, and most have a window: contacts_out_30d"
}

// Run runs all tests. The file must have been checked with the same set.
func (f *File) Run(set *rules.Set, fields []feature.Field) (all []Result) {
	types := map[string]feature.Type{}
	for _, field := range fields {
		types[field.Name] = field.Type
	}
	for i := range f.Tests {
		t := &f.Tests[i]
		r := set.Rule(t.Rule)
		v := t.vector(set)
		res := Result{Test: t, Tested: r, Got: "none", Evidence: evidence(r, v, set, types)}
		if res.Exempt = t.Subscriber != "" && r.Exempt([]byte(t.Subscriber)); !res.Exempt {
			res.Got = severity(r, r.Level(v))
		}
		all = append(all, res)
	}
	return all
}

// vector is the features of the test.
func (t *Test) vector(set *rules.Set) *rules.Vector {
	v := rules.NewVector(set)
	for i, name := range set.Columns {
		x, ok := t.features[name]
		switch {
		case ok:
		case name == "home" && t.home.is:
			x = t.home
		default:
			x = t.otherwise
		}
		if !x.null {
			v.Set(i, x.v)
		}
	}
	return v
}

func severity(r *rules.Rule, l alert.Level) string {
	switch {
	case l == alert.Quiet:
		return "none"
	case l == alert.Full && r.Severity == alert.Critical:
		return "critical"
	}
	return "warning"
}

func evidence(r *rules.Rule, v *rules.Vector, set *rules.Set, types map[string]feature.Type) (all []alert.Evidence) {
	for _, c := range r.Named {
		e := alert.Evidence{Name: set.Columns[c], Value: v.Values[c]}
		switch {
		case v.Null[c]:
			e.Kind = alert.Null
		case types[e.Name] == feature.Bool:
			e.Kind = alert.Bool
		case types[e.Name] == feature.Int64 && e.Value == math.Trunc(e.Value):
			e.Kind = alert.Int
		default:
			e.Kind = alert.Float
		}
		all = append(all, e)
	}
	return all
}

// Text is a piece of evidence: name = value.
func Text(e alert.Evidence) string {
	switch e.Kind {
	case alert.Null:
		return e.Name + " = null"
	case alert.Bool:
		return e.Name + " = " + strconv.FormatBool(e.Value != 0)
	}
	return e.Name + " = " + strconv.FormatFloat(e.Value, 'f', -1, 64)
}

func sorted[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

func list(names []string) string { return strings.Join(names, ", ") }
