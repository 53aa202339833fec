package main

import (
	"math"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/cdrstream/cdrstream/engine/rules"
)

// A rule is silent if what it needs at least cannot be: with the default
// configuration there is no hotlist, there are no care numbers, and a silent
// subscriber is forgotten after 100 days.
func TestSilentRules(t *testing.T) {
	book, _, err := loadRuleBook(addConfigFile(pflag.NewFlagSet("", pflag.ContinueOnError)))
	if err != nil {
		t.Fatal(err)
	}
	for expr, want := range map[string]string{
		"calls_24h >= 5":                                      "",
		"hotlist_calls_24h >= 1":                              "hotlist_calls_24h is always 0: configure hotlist",
		"hotlist_calls_24h > 0":                               "hotlist_calls_24h is always 0: configure hotlist",
		"hotlist_calls_24h >= 0":                              "",
		"hotlist_calls_24h < 1":                               "",
		"hotlist_calls_24h == 0":                              "",
		"hotlist_calls_24h == 2":                              "hotlist_calls_24h is always 0: configure hotlist",
		"hotlist_calls_24h >= 1 and calls_24h >= 5":           "hotlist_calls_24h is always 0: configure hotlist",
		"hotlist_calls_24h >= 1 or calls_24h >= 5":            "",
		"calls_24h >= 5 or hotlist_calls_24h >= 1":            "",
		"hotlist_calls_24h >= 1 or care_calls_7d >= 1":        "hotlist_calls_24h is always 0: configure hotlist; care_calls_7d is always 0: configure care_numbers",
		"calls_7d >= 1 and not (hotlist_calls_24h < 1)":       "hotlist_calls_24h is always 0: configure hotlist",
		"onnet_ratio_7d <= 1":                                 "onnet_ratio_7d is always null: configure home_numbers",
		"days_since_activity >= 99":                           "",
		"days_since_activity >= 100":                          "days_since_activity is 99 at most: make retain longer",
		"days_since_activity > 99 and calls_30d >= 0":         "days_since_activity is 99 at most: make retain longer",
		"days_since_outgoing >= 1000":                         "",
		"no_answer_ratio_24h >= 0.5 and roaming_calls_7d > 3": "",
	} {
		text := "groups: [{name: g, rules: [{id: a, on: boundary, expr: \"" + expr + "\"}]}]"
		set, _, err := rules.Parse("a.yaml", []byte(text), rules.Options{Fields: book.fields})
		if err != nil {
			t.Fatal(err)
		}
		got := book.silent(&ruleSet{Set: set}, set.Rules[0])
		if parts := strings.Split(got, "; "); got != want && strings.Join([]string{parts[len(parts)-1], parts[0]}, "; ") != want {
			t.Errorf("%s: got %q, want %q", expr, got, want)
		}
	}
}

// What a bound allows, at its ends.
func TestBoundAllows(t *testing.T) {
	b := bound{low: 0, high: 9}
	for _, c := range []struct {
		op    rules.Op
		value float64
		want  bool
	}{
		{rules.GE, 9, true}, {rules.GE, 9.5, false}, {rules.GT, 8.5, true}, {rules.GT, 9, false},
		{rules.LE, 0, true}, {rules.LE, -0.5, false}, {rules.LT, 0.5, true}, {rules.LT, 0, false},
		{rules.EQ, 0, true}, {rules.EQ, 9, true}, {rules.EQ, 10, false}, {rules.EQ, -1, false}, {rules.GE, math.Inf(-1), true},
	} {
		if got := b.allows(rules.Atom{Op: c.op, Value: c.value}); got != c.want {
			t.Errorf("op %d %v: %v", c.op, c.value, got)
		}
		if (bound{null: true, high: 9}).allows(rules.Atom{Op: c.op, Value: c.value}) {
			t.Errorf("op %d %v holds for null", c.op, c.value)
		}
	}
}
