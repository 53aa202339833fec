package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/cdrstream/cdrstream/engine/rules"
)

const builtinTests = "../../testdata/rules/builtin_test.yaml"

func readBuiltinTests(t *testing.T) (*ruleBook, ruleTests) {
	t.Helper()
	book, _, err := loadRuleBook(addConfigFile(pflag.NewFlagSet("", pflag.ContinueOnError)))
	if err != nil {
		t.Fatal(err)
	}
	tests, err := book.readTests(builtinTests)
	if err != nil {
		t.Fatal(err)
	}
	return book, tests
}

// Every built-in rule fires in one of its unit tests and is silent in another.
func TestBuiltinRules(t *testing.T) {
	book, tests := readBuiltinTests(t)
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, r := range tests.Run(tests.set.Set, book.fields) {
		if !r.OK() {
			var text strings.Builder
			showFailure(&text, &r)
			t.Error(text.String())
		}
		fires[r.Rule] = fires[r.Rule] || r.Got != "none"
		silent[r.Rule] = silent[r.Rule] || r.Got == "none"
	}
	for _, r := range tests.set.Rules {
		if !fires[r.ID] || !silent[r.ID] {
			t.Errorf("%s: a test in which rule %s fires and one in which it does not are wanted: %v, %v", builtinTests, r.ID, fires[r.ID], silent[r.ID])
		}
	}
}

var literal = regexp.MustCompile(`(?:^|[ (])(\d+(?:\.\d+)?)\b`)

// The unit tests stand near the thresholds: whichever number of a rule is changed
// a little, up or down, one of them notices. The floor of a max is left alone: it
// stands for a count that is 0, where other conditions of the rule decide.
func TestBuiltinRulesNearThresholds(t *testing.T) {
	book, tests := readBuiltinTests(t)
	for _, r := range tests.set.Rules {
		for _, at := range literal.FindAllStringSubmatchIndex(r.Expr, -1) {
			if strings.HasSuffix(r.Expr[:at[2]], ", ") {
				continue
			}
			for _, sign := range []float64{-1, 1} {
				changed := r.Expr[:at[2]] + nearby(r.Expr[at[2]:at[3]], sign) + r.Expr[at[3]:]
				if !noticed(t, book, tests, r, changed) {
					t.Errorf("no test of %s notices\n    %s\ninstead of\n    %s", r.ID, changed, r.Expr)
				}
			}
		}
	}
}

// nearby is a number and 1 more or less, or 0.01 if it is a fraction.
func nearby(number string, sign float64) string {
	v, err := strconv.ParseFloat(number, 64)
	if err != nil {
		panic(err)
	}
	step := 1.0
	if strings.Contains(number, ".") {
		step = 0.01
	}
	return strconv.FormatFloat(v+sign*step, 'f', -1, 64)
}

// noticed reports whether a test fails when r has another expression.
func noticed(t *testing.T, book *ruleBook, tests ruleTests, r *rules.Rule, expr string) bool {
	text := fmt.Sprintf("groups: [{name: g, rules: [{id: %s, on: boundary, severity: %s, expr: %q", r.ID, severityName(r.Severity), expr)
	if r.MinSupport != "" {
		text += fmt.Sprintf(", min_support: %q", r.MinSupport)
	}
	set, _, err := rules.Parse("changed.yaml", []byte(text+"}]}]"), rules.Options{Fields: book.fields})
	if err != nil {
		t.Fatal(err)
	}
	own := *tests.File
	own.Tests = nil
	for _, c := range tests.Tests {
		if c.Rule == r.ID {
			own.Tests = append(own.Tests, c)
		}
	}
	for _, result := range own.Run(set, book.fields) {
		if !result.OK() {
			return true
		}
	}
	return false
}

// What the tests are for: a copy of the rules that says something else fails them.
func TestBuiltinTestsFail(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	own := strings.Replace(string(rules.Builtin()), "premium_seconds_1h >= 3600", "premium_seconds_1h >= 36000", 1)
	text := "rules: my.yaml\ndefault: 0\ntests:\n- {rule: irsf_premium_burst, features: {premium_seconds_1h: 3600}, expect: critical}\n"
	for name, content := range map[string]string{"my.yaml": own, "my_test.yaml": text} {
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr strings.Builder
	code := run([]string{"rules", "test", "my_test.yaml"}, streams{strings.NewReader(""), &stdout, &stderr})
	if code != exitRun || !strings.Contains(stdout.String(), "my_test.yaml:4:3: FAILED: irsf_premium_burst") {
		t.Errorf("exit code %d: %s%s", code, stdout.String(), stderr.String())
	}
}
