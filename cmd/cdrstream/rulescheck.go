package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

const rulesCheckHelp = `Check rule files: that they are valid, and that every feature they name exists in
the configured windows.

A problem is told with its place, file:line:column, on standard error; warnings,
about what works but is hardly meant, are on standard output. Exit status: 0 all
files are right, 2 one is not.`

func newRulesCheckCommand(s streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "check FILE...",
		Short: "Check rule files",
		Long:  rulesCheckHelp,
		Example: `  cdrstream rules check my.yaml
  cdrstream rules check --config cdr.yaml rules/*.yaml`,
		Args: arguments(cobra.MinimumNArgs(1), "one FILE or more"),
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
		return flush(out, checkRules(book, args, out, s.err))
	}
	return c
}

// asWarning marks a warning, file:line:column: text, as one.
func asWarning(file, text string) string {
	place := strings.SplitN(strings.TrimPrefix(text, file+":"), ": ", 2)
	if len(place) < 2 {
		return text
	}
	return file + ":" + place[0] + ": warning: " + place[1]
}

// checkRules checks files. The last problem is returned, those before it are
// written to errs as it will be.
func checkRules(book *ruleBook, files []string, out, errs io.Writer) (last error) {
	for _, name := range files {
		set, err := book.read(name)
		if set != nil {
			for _, w := range set.warnings {
				fmt.Fprintln(out, asWarning(name, w))
			}
		}
		if err == nil {
			fmt.Fprintf(out, "%s: %s, ok\n", name, plural(len(set.Rules), "rule"))
			continue
		}
		for _, p := range problems(err) {
			if last != nil {
				fmt.Fprintf(errs, "cdrstream: %s\n", oneLine(last.Error()))
			}
			last = usage(p)
		}
	}
	return last
}
