package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

const rulesHelp = `Rules say which subscribers are worth an alert: conditions over the features that
replay writes, in a YAML file.

  cdrstream rules list                     the built-in rules
  cdrstream rules print > my.yaml          a copy of them, to change
  cdrstream rules check my.yaml            is the file right?
  cdrstream rules test my_test.yaml        do the rules say what they should?
  cdrstream rules backtest out --rules my.yaml --labels known.csv
                                           how good are they?

All of them take --config: its windows decide which features there are.`

func newRulesCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "rules", Short: "Rules of alerts: check, list, copy, test and back-test them", Long: rulesHelp}
	group(c)
	c.AddCommand(
		newRulesCheckCommand(s),
		newRulesListCommand(s),
		newRulesPrintCommand(s),
		newRulesTestCommand(s),
		newRulesBacktestCommand(s),
	)
	return c
}

// builtinRules is what stands for the built-in rules where a file is asked for.
const builtinRules = "builtin"

func addRulesFlag(fs *pflag.FlagSet, to *string) {
	fs.StringVarP(to, "rules", "r", builtinRules, "rule `file`; builtin for the built-in rules")
}

// ruleBook is what rules may name, and what the configuration makes of it.
type ruleBook struct {
	cfg     *config.Config
	windows []window.Spec
	fields  []feature.Field // by the configured windows
	all     []feature.Field // the same by the default windows
}

// loadRuleBook reads the configuration.
func loadRuleBook(cf *configFlags) (*ruleBook, []string, error) {
	cfg, warnings, err := cf.load()
	if err != nil {
		return nil, nil, err
	}
	b, err := newBuilder(cfg, time.Now())
	if err != nil {
		return nil, nil, err
	}
	book := &ruleBook{cfg: cfg}
	if book.windows, err = b.windows(); err != nil {
		return nil, nil, usage(err)
	}
	book.fields = feature.Fields(b.families(), book.windows)
	b.cfg = config.Defaults()
	usual, err := b.windows()
	if err != nil {
		return nil, nil, err
	}
	book.all = feature.Fields(b.families(), usual)
	return book, warnings, nil
}

// featureNames are the names of the features.
func (b *ruleBook) featureNames() (names []string) {
	for _, f := range b.fields {
		names = append(names, f.Name)
	}
	return names
}

// ruleSet is the rules of a file.
type ruleSet struct {
	*rules.Set
	name     string   // of the file
	skipped  []string // built-in rules whose window is not configured
	warnings []string
}

// read reads a rule file, or the built-in rules.
func (b *ruleBook) read(name string) (*ruleSet, error) { return b.readBare(name, false) }

// readBare is read, without min_support if bare.
func (b *ruleBook) readBare(name string, bare bool) (*ruleSet, error) {
	s, err := readRules(name, rules.Options{Fields: b.fields, NoSupport: bare})
	return s, usage(err)
}

// problems are the errors that err joins.
func problems(err error) []error {
	var many interface{ Unwrap() []error }
	if errors.As(err, &many) {
		return many.Unwrap()
	}
	return []error{err}
}
