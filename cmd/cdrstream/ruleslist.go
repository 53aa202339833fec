package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/rules"
)

const rulesListHelp = `List rules: id, type, when they are evaluated, severity, condition and the features
that they name. Below the table are the rules that can never speak under the
configuration, and why, then what rules need in the feed.

cdrstream rules print writes the built-in rules as a file to copy and change.`

func newRulesListCommand(s streams) *cobra.Command {
	var file, format string
	c := &cobra.Command{
		Use:   "list",
		Short: "List rules, and which of them can never speak",
		Long:  rulesListHelp,
		Example: `  cdrstream rules list
  cdrstream rules list --rules my.yaml --config cdr.yaml
  cdrstream rules list --output-format json | jq -r '.[] | select(.silent) | .id'`,
		Args: noArguments(),
	}
	fs := c.Flags()
	fs.SortFlags = false
	addRulesFlag(fs, &file)
	cf := addConfigFile(fs)
	addOutputFormat(fs, &format)
	c.RunE = func(*cobra.Command, []string) error {
		if err := checkOutputFormat(format); err != nil {
			return err
		}
		book, warnings, err := loadRuleBook(cf)
		if err != nil {
			return err
		}
		set, err := book.read(file)
		if err != nil {
			return err
		}
		log := newLogger(s.err, false)
		for _, w := range slices.Concat(warnings, set.warnings) {
			log.Warn(w)
		}
		all, err := book.list(set)
		if err != nil {
			return err
		}
		if format == formatJSON {
			return writeJSON(s.out, all)
		}
		return showRules(s.out, all)
	}
	return c
}

// The output formats.
const (
	formatTable = "table"
	formatJSON  = "json"
)

func addOutputFormat(fs *pflag.FlagSet, to *string) {
	fs.StringVar(to, "output-format", formatTable, "`table|json`")
}

func checkOutputFormat(format string) error {
	if format != formatTable && format != formatJSON {
		return usagef("--output-format %s: write %s or %s", format, formatTable, formatJSON)
	}
	return nil
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// listedRule is a rule as it is listed.
type listedRule struct {
	ID         string   `json:"id"`
	Type       string   `json:"type"`
	On         string   `json:"on"`
	Severity   string   `json:"severity"`
	Expr       string   `json:"expr"`
	MinSupport string   `json:"min_support,omitempty"`
	Warn       string   `json:"warn,omitempty"`
	Features   []string `json:"features"`
	Except     []string `json:"except,omitempty"`
	Version    string   `json:"version,omitempty"`
	Silent     string   `json:"silent,omitempty"` // why it can never speak
	Needs      []string `json:"needs,omitempty"`
}

// list describes the rules of a set, with the built-in ones that were skipped.
func (b *ruleBook) list(set *ruleSet) (all []listedRule, err error) {
	for _, r := range set.Rules {
		l := listed(set.Set, r)
		l.Silent, l.Needs = b.silent(set, r), b.needs(set, r)
		all = append(all, l)
	}
	if len(set.skipped) == 0 {
		return all, nil
	}
	whole, _, err := rules.ParseBuiltin(rules.Options{Fields: b.all})
	if err != nil {
		return nil, err
	}
	for _, r := range whole.Rules {
		if slices.Contains(set.skipped, r.ID) {
			l := listed(whole, r)
			l.Silent = b.unconfigured(whole, r)
			all = append(all, l)
		}
	}
	slices.SortFunc(all, func(x, y listedRule) int { return strings.Compare(x.ID, y.ID) })
	return all, nil
}

func listed(set *rules.Set, r *rules.Rule) listedRule {
	return listedRule{
		ID: r.ID, Type: r.Type, On: pointName(r.On), Severity: severityName(r.Severity), Expr: oneSpace(r.Expr),
		MinSupport: oneSpace(r.MinSupport), Warn: oneSpace(r.Warn), Except: r.Except, Version: r.Version,
		Features: r.Features(set),
	}
}

// oneSpace puts a text on one line.
func oneSpace(s string) string { return strings.Join(strings.Fields(s), " ") }

func pointName(p rules.Point) string {
	if p == rules.Boundary {
		return "boundary"
	}
	return "activity"
}

func severityName(s alert.Severity) string {
	if s == alert.Critical {
		return "critical"
	}
	return "warning"
}

// showRules writes the table and the remarks.
func showRules(out io.Writer, all []listedRule) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tTYPE\tON\tSEVERITY\tFEATURES\tEXPR")
	for _, r := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Type, r.On, r.Severity, strings.Join(r.Features, ","), r.condition())
	}
	remarks(w, "Can never speak with this configuration:", all, func(r listedRule) []string { return one(r.Silent) })
	remarks(w, "To know:", all, func(r listedRule) []string { return r.Needs })
	return w.Flush()
}

// condition is the expression with what else decides.
func (r *listedRule) condition() string {
	text := r.Expr
	if r.MinSupport != "" {
		text += " [" + r.MinSupport + "]"
	}
	if r.Warn != "" {
		text += " (warn: " + r.Warn + ")"
	}
	return text
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func remarks(w io.Writer, title string, all []listedRule, of func(listedRule) []string) {
	for _, r := range all {
		if texts := of(r); len(texts) > 0 {
			if title != "" {
				fmt.Fprintf(w, "\n%s\n", title)
				title = ""
			}
			fmt.Fprintf(w, "  %s\t%s\n", r.ID, strings.Join(texts, "; "))
		}
	}
}
