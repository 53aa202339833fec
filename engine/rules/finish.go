package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cdrstream/cdrstream/engine/alert"
)

// What is at stake for a subscriber is read from these, see Set.AtRisk.
const (
	chargeAtRisk        = "charge_24h"
	premiumAtRisk       = "premium_seconds_24h"
	internationalAtRisk = "international_seconds_24h"
)

// finish makes a set of the drafts, which are without mistakes.
func (r *reader) finish() *Set {
	slices.SortFunc(r.rules, func(a, b *draft) int { return strings.Compare(a.rule.ID, b.rule.ID) })
	s := &Set{}
	columns := map[string]int{}
	add := func(name string) {
		if _, seen := columns[name]; !seen {
			columns[name] = len(s.Columns)
			s.Columns = append(s.Columns, name)
		}
	}
	for _, d := range r.rules {
		for _, name := range append(d.named(), d.summary.features()...) {
			add(name)
		}
	}
	for _, name := range []string{chargeAtRisk, premiumAtRisk, internationalAtRisk} {
		if _, ok := r.language.fields[name]; ok {
			add(name)
		}
	}
	for _, d := range r.rules {
		r.complete(d, s, columns)
		s.Rules = append(s.Rules, d.rule)
	}
	s.charge, s.premium, s.international = s.Column(chargeAtRisk), s.Column(premiumAtRisk), s.Column(internationalAtRisk)
	s.Hash = s.hash()
	return s
}

// named are the features in the expressions of d.
func (d *draft) named() (names []string) {
	for _, t := range []*tree{d.expr, d.support, d.warn} {
		if t != nil {
			names = t.features(names)
		}
	}
	return names
}

func (t template) features() (names []string) {
	for _, p := range t {
		if p.feature != "" {
			names = append(names, p.feature)
		}
	}
	return names
}

// complete makes the closures of a rule and what follows from its features.
func (r *reader) complete(d *draft, s *Set, columns map[string]int) {
	q := d.rule
	for _, name := range d.named() {
		q.Named = append(q.Named, columns[name])
		if w := r.language.fields[name].Window; !d.resolve {
			q.ResolveAfter = max(q.ResolveAfter, r.language.names.lengths[w], day)
		}
	}
	for _, t := range []*tree{d.expr, d.support, d.warn} {
		if t != nil {
			t.bind(columns)
		}
	}
	q.full = test(d.expr, true)
	if d.support != nil {
		q.support = test(d.support, true)
	}
	if d.warn != nil {
		q.warn = test(d.warn, true)
	}
	q.surely = surely(d.expr, true)
	if d.support != nil && q.surely != nil {
		q.surely = surelyChain([]*tree{d.support, d.expr}, true, true)
	}
	for i := range d.summary {
		d.summary[i].column = columns[d.summary[i].feature]
	}
	q.summary = d.summary
	q.Version = d.version()
	g := gater{func(a Atom) selectivity {
		return rankAtom(a, r.language.fields[s.Columns[a.Column]], r.language.names.lengths)
	}}
	q.Gate = g.order(g.of(d.whole(), true))
	q.Pairs = pairsOf(d.whole())
}

// whole is what makes a rule speak: its support, and its expression or its warning.
func (d *draft) whole() *tree {
	t := d.expr
	if d.warn != nil {
		t = &tree{op: opOr, kind: condition, args: []*tree{t, d.warn}}
	}
	if d.support != nil {
		t = &tree{op: opAnd, kind: condition, args: []*tree{d.support, t}}
	}
	return t
}

// advise warns of what works but is hardly meant.
func (r *reader) advise() {
	for _, d := range r.rules {
		q := d.rule
		if q.On == Activity {
			r.adviseSlow(d)
		}
		if d.warn != nil && q.Severity == alert.Warning {
			r.warn(d.warnAt, "rule %s: its warn says no less than its expr, for its severity is warning: write severity: critical, or join the two with or", q.ID)
		}
		if q.On == Activity && d.stormAt != (place{}) && q.Storm.Share < 1 {
			r.warn(d.stormAt, "rule %s: storm has no effect on an activity rule: remove it, or write on: boundary", q.ID)
		}
		if len(q.Gate) == 0 {
			often := "every record"
			if q.On == Boundary {
				often = "everybody at every boundary"
			}
			r.warn(d.at, "rule %s is evaluated in full for %s: add a comparison of a feature with a number that must hold, such as min_support: calls_24h >= 10", q.ID, often)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.lists)) {
		if l := r.lists[name]; !l.used {
			r.warn(l.at, "list %s is not used: name it in the except of a rule, or remove it", name)
		}
	}
}

// adviseSlow warns of features that are no matter of the moment.
func (r *reader) adviseSlow(d *draft) {
	for _, name := range d.named() {
		f := r.language.fields[name]
		switch {
		case strings.HasSuffix(name, "_trend"):
			r.warn(d.at, "rule %s: %s moves slowly, and changes at midnight for those who do nothing: write on: boundary", d.rule.ID, name)
		case strings.HasSuffix(strings.TrimSuffix(name, "_"+f.Window), "_per_day"):
			r.warn(d.at, "rule %s: %s compares whole days, and today is not over: write on: boundary", d.rule.ID, name)
		}
	}
}

func byPlace(a, b *Problem) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

func (r *reader) texts() (out []string) {
	slices.SortStableFunc(r.warnings, byPlace)
	for _, w := range r.warnings {
		out = append(out, fmt.Sprint(w))
	}
	return out
}
