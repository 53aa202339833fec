package ruletest

import (
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
)

var fields = []feature.Field{
	{Name: "calls_7d", Type: feature.Int64, Window: "7d"},
	{Name: "ratio_7d", Type: feature.Float64, Window: "7d"},
	{Name: "home", Type: feature.Bool},
}

const ruleFile = `
groups:
- name: g
  rules:
  - id: many
    severity: critical
    expr: calls_7d >= 10
    warn: calls_7d >= 5
    except: [spared]
  - id: share
    expr: home and ratio_7d <= 0.5
lists:
  spared: ["4915*"]
`

func set(t *testing.T) *rules.Set {
	t.Helper()
	s, _, err := rules.Parse("r.yaml", []byte(ruleFile), rules.Options{Fields: fields})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A test is one line of YAML after the head of the file; got is what the rule says.
func TestRun(t *testing.T) {
	for _, c := range []struct{ head, test, got, evidence string }{
		{"", "rule: many, features: {calls_7d: 10}", "critical", "calls_7d = 10"},
		{"", "rule: many, features: {calls_7d: 9}", "warning", "calls_7d = 9"},
		{"", "rule: many, features: {calls_7d: 4}", "none", "calls_7d = 4"},
		{"", "rule: many", "none", "calls_7d = null"},
		{"default: 20", "rule: many", "critical", "calls_7d = 20"},
		{"default: 20", "rule: many, default: null", "none", "calls_7d = null"},
		{"default: 20", "rule: many, features: {calls_7d: null}", "none", "calls_7d = null"},
		{"", "rule: many, features: {calls_7d: 10}, subscriber: \"49151\"", "none", "calls_7d = 10"},
		{"", "rule: many, features: {calls_7d: 10}, subscriber: +49151", "none", "calls_7d = 10"},
		{"", "rule: many, features: {calls_7d: 10}, subscriber: \"4916\"", "critical", "calls_7d = 10"},
		{"", "rule: share, features: {ratio_7d: 0.5}", "none", "home = null, ratio_7d = 0.5"},
		{"home: true", "rule: share, features: {ratio_7d: 0.5}", "warning", "home = true, ratio_7d = 0.5"},
		{"home: true", "rule: share, home: false, features: {ratio_7d: 0.5}", "none", "home = false, ratio_7d = 0.5"},
		{"default: 0\nhome: true", "rule: share", "warning", "home = true, ratio_7d = 0"},
		{"default: 1", "rule: share, features: {home: true, ratio_7d: 0.25}", "warning", "home = true, ratio_7d = 0.25"},
		{"default: 0", "rule: share", "none", "home = false, ratio_7d = 0"},
	} {
		f, err := Parse("d/t.yaml", []byte("rules: r.yaml\n"+c.head+"\ntests:\n- {expect: none, "+c.test+"}\n"))
		if err == nil {
			err = f.Check(set(t), fields, nil)
		}
		if err != nil || f.Rules != "d/r.yaml" {
			t.Errorf("%s: %v, rules of %s", c.test, err, f.Rules)
			continue
		}
		r := f.Run(set(t), fields)[0]
		var evidence []string
		for _, e := range r.Evidence {
			evidence = append(evidence, Text(e))
		}
		if got := strings.Join(evidence, ", "); r.Got != c.got || got != c.evidence || r.OK() != (c.got == "none") {
			t.Errorf("%s; %s: got %s on %s", c.head, c.test, r.Got, got)
		}
	}
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "t.yaml: no rules are named",
		"rules: r.yaml\n":                "t.yaml:1:1: no tests",
		"rules: r.yaml\ntests: []\n":     "t.yaml:1:1: no tests",
		"rules: r.yaml\ntests: {a: 1}\n": "t.yaml:2:8: must be a list",
		"rules: [r]\n":                   "t.yaml:1:8: must be a single value",
		"rule: r.yaml\n":                 "t.yaml:1:1: unknown key rule: did you mean rules?",
		"rules: r.yaml\ndefault: x\n":    "t.yaml:2:10: \"x\" is no value of a feature",
		"rules: r.yaml\ntests:\n- expect: none\n":                                              "t.yaml:3:3: the test names no rule",
		"rules: r.yaml\ntests:\n- rule: many\n":                                                "t.yaml:3:3: the test expects nothing",
		"rules: r.yaml\ntests:\n- rule: many\n  expect: fires\n":                               "t.yaml:4:11: expect: fires: write critical, warning or none",
		"rules: r.yaml\ntests:\n- rule: many\n  expected: none\n":                              "t.yaml:4:3: unknown key expected: did you mean expect?",
		"rules: r.yaml\ntests:\n- rule: many\n  expect: none\n  features: {calls_7d: \"1\"}\n": "t.yaml:5:24: \"1\" is no value",
		"rules: r.yaml\ntests:\n- rule: many\n  expect: none\n  features: [calls_7d]\n":        "t.yaml:5:13: must be a mapping",
		"rules: r.yaml\ntests:\n- rule: zzz\n  expect: none\n":                                 "t.yaml:3:9: unknown rule zzz: the rules of r.yaml are many, share",
		"rules: r.yaml\ntests:\n- rule: mny\n  expect: none\n":                                 "t.yaml:3:9: unknown rule mny: did you mean many?",
		"rules: r.yaml\ntests:\n- rule: left\n  expect: none\n":                                "t.yaml:3:9: rule left names a window that is not configured",
		"rules: r.yaml\ntests:\n- rule: many\n  expect: none\n  features: {cals_7d: 1}\n":      "t.yaml:5:14: unknown feature cals_7d: did you mean calls_7d?",
	} {
		f, err := Parse("t.yaml", []byte(text))
		if err == nil {
			err = f.Check(set(t), fields, []string{"left"})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
