package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/aggregators"
	"github.com/cdrstream/cdrstream/aggregators/rhythm"
	"github.com/cdrstream/cdrstream/engine/feature"
)

func newFeaturesCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "features", Short: "The catalogue of features, and rows of them"}
	group(c)
	c.AddCommand(newFeaturesListCommand(s), newFeaturesShowCommand(s))
	return c
}

func newFeaturesListCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List every feature: name, unit, formula, windows, core or extended",
		Long: `List every feature: name, unit, formula, windows, core or extended.

A column of the output is the name and a window: calls_out_7d. Core features are
written by default, for the windows of days; --features of replay chooses others.`,
		Args: noArguments(),
		RunE: func(*cobra.Command, []string) error {
			w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "NAME\tUNIT\tWINDOWS\tSET\tFORMULA")
			for _, f := range catalogue() {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", f.Name, f.Unit, scopeName(f.Scope), setName(f), f.Formula)
			}
			return w.Flush()
		},
	}
}

// catalogue is every feature there is, family by family.
func catalogue() []feature.Feature {
	var all []feature.Feature
	for _, fam := range aggregators.All(aggregators.Options{Rhythm: rhythm.Options{Zone: time.UTC}}) {
		all = append(all, fam.Features()...)
	}
	return all
}

func scopeName(s feature.Scope) string {
	switch s {
	case feature.EachWindow:
		return "all"
	case feature.DayWindows:
		return "days"
	case feature.LongWindows:
		return "several days"
	}
	return "none"
}

func setName(f feature.Feature) string {
	if f.Core || f.Scope == feature.Fixed {
		return "core"
	}
	return "extended"
}

// catalogueTable is the catalogue as the README shows it.
func catalogueTable() string {
	var b strings.Builder
	b.WriteString("| feature | unit | windows | formula |\n|---|---|---|---|\n")
	for _, f := range catalogue() {
		name := "`" + f.Name + "`"
		if setName(f) == "core" {
			name += " \\*"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, f.Unit, scopeName(f.Scope), strings.ReplaceAll(f.Formula, "|", "\\|"))
	}
	return b.String()
}
