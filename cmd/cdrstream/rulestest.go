package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/ruletest"
	"github.com/cdrstream/cdrstream/engine/rules"
)

const rulesTestHelp = `Run unit tests of rules: given these features, does the rule hold, and how severely?

  rules: my.yaml                      # relative to this file; or builtin
  default: 0                          # of features that a test does not give; else null
  tests:
  - name: forty fresh numbers in an hour
    rule: wangiri_origin_fast
    features: {contacts_out_1h: 40, no_answer_ratio_out_1h: 0.95, ring_seconds_mean_1h: 2}
    expect: critical                  # critical, warning or none
  - name: a test number
    rule: wangiri_origin_fast
    subscriber: "1555010"             # for the lists of except; home and default
    home: true                        # may stand in a test or for the whole file
    features: {contacts_out_1h: 400, no_answer_ratio_out_1h: 1, ring_seconds_mean_1h: 2}
    expect: none

A test is about one instant: for, cooldown and the storm guard play no part. The
failed ones are shown with the evidence. Exit status: 0 all pass, 1 one fails, 2 a
file is not valid.`

func newRulesTestCommand(s streams) *cobra.Command {
	c := &cobra.Command{
		Use:     "test FILE...",
		Short:   "Run unit tests of rules",
		Long:    rulesTestHelp,
		Example: `  cdrstream rules test my_test.yaml`,
		Args:    arguments(cobra.MinimumNArgs(1), "one FILE or more"),
	}
	cf := addConfigFile(c.Flags())
	c.RunE = func(_ *cobra.Command, args []string) error {
		book, warnings, err := loadRuleBook(cf)
		if err != nil {
			return err
		}
		log := newLogger(s.err, false)
		for _, w := range warnings {
			log.Warn(w)
		}
		out := bufio.NewWriter(s.out)
		return flush(out, testRules(book, args, out))
	}
	return c
}

// ruleTests is a file of tests and the rules that it is about.
type ruleTests struct {
	*ruletest.File
	set *ruleSet
}

// testRules runs the tests of files, none before all of them are known to be valid.
func testRules(book *ruleBook, files []string, out io.Writer) error {
	var all []ruleTests
	for _, name := range files {
		t, err := book.readTests(name)
		if err != nil {
			return usage(err)
		}
		all = append(all, t)
	}
	ran, failed := 0, 0
	for _, t := range all {
		n := 0
		for _, r := range t.Run(t.set.Set, book.fields) {
			if !r.OK() {
				n++
				showFailure(out, &r)
			}
		}
		if n == 0 {
			fmt.Fprintf(out, "%s: %s, ok\n", t.Name, plural(len(t.Tests), "test"))
		}
		ran, failed = ran+len(t.Tests), failed+n
	}
	if failed > 0 {
		return fmt.Errorf("%d of %s failed", failed, plural(ran, "test"))
	}
	return nil
}

func (b *ruleBook) readTests(name string) (t ruleTests, err error) {
	text, err := readRuleFile(name)
	if err != nil {
		return t, err
	}
	if len(text) > rules.MaxFile {
		return t, fmt.Errorf("%s: the file has more than %d bytes: write several files", name, rules.MaxFile)
	}
	if t.File, err = ruletest.Parse(name, text); err != nil {
		return t, err
	}
	if t.set, err = b.read(t.Rules); err != nil {
		return t, err
	}
	return t, t.Check(t.set.Set, b.fields, t.set.skipped)
}

// showFailure says what a rule did and on which evidence.
func showFailure(w io.Writer, r *ruletest.Result) {
	fmt.Fprintf(w, "%s: FAILED: %s: rule %s: expected %s, got %s", r.Place, r.Name, r.Rule, r.Expect, r.Got)
	if r.Exempt {
		fmt.Fprintf(w, ", for except spares %s", r.Subscriber)
	}
	var evidence []string
	for _, e := range r.Evidence {
		evidence = append(evidence, ruletest.Text(e))
	}
	fmt.Fprintf(w, "\n    %s\n    expr: %s\n", strings.Join(evidence, ", "), oneSpace(r.Tested.Expr))
	for _, more := range []struct{ key, expr string }{{"min_support", r.Tested.MinSupport}, {"warn", r.Tested.Warn}} {
		if more.expr != "" {
			fmt.Fprintf(w, "    %s: %s\n", more.key, oneSpace(more.expr))
		}
	}
}
