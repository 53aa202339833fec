package main

import (
	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/engine/rules"
)

const rulesPrintHelp = `Write the built-in rules as a rule file, with comments, to standard output. To have
rules of your own, change a copy:

  cdrstream rules print > my.yaml
  cdrstream rules check my.yaml
  cdrstream replay --rules my.yaml traffic.csv

Thresholds are meant to be changed: what is much for one operator is a quiet day
for another. Rules may be left out; a rule that is changed keeps its id, and its
alerts carry another version.`

func newRulesPrintCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:     "print",
		Short:   "Write the built-in rules as a file, to copy and change",
		Long:    rulesPrintHelp,
		Example: `  cdrstream rules print > my.yaml`,
		Args:    noArguments(),
		RunE: func(*cobra.Command, []string) error {
			_, err := s.out.Write(rules.Builtin())
			return err
		},
	}
}
