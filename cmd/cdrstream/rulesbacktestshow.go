package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/backtest"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// prevalences are those that precision is given for: shares of all subscribers.
var prevalences = []float64{0.001, 0.01}

// choose finds the rules to evaluate and the features that they need.
func (t *backtesting) choose() error {
	if err := t.checkIDs(); err != nil {
		return err
	}
	needed := map[string]bool{}
	for _, r := range t.set.Rules {
		if len(t.options.only) > 0 && !slices.Contains(t.options.only, r.ID) || slices.Contains(t.options.skip, r.ID) {
			continue
		}
		t.rules = append(t.rules, r)
		for _, name := range r.Features(t.set.Set) {
			needed[name] = true
		}
	}
	if len(t.rules) == 0 {
		return fmt.Errorf("%s: no rule is left to evaluate: name fewer with --skip", t.set.name)
	}
	for i, name := range t.set.Columns {
		if needed[name] {
			t.features, t.columns = append(t.features, name), append(t.columns, i)
		}
	}
	return nil
}

// checkIDs wants the rules of --only and --skip to exist.
func (t *backtesting) checkIDs() error {
	var ids []string
	for _, r := range t.set.Rules {
		ids = append(ids, r.ID)
	}
	for flag, given := range map[string][]string{"--only": t.options.only, "--skip": t.options.skip} {
		for _, id := range given {
			switch {
			case slices.Contains(t.set.skipped, id) && flag == "--only":
				return fmt.Errorf("--only %s: no window is configured for the features it names: give a --config with it", id)
			case !slices.Contains(ids, id) && !slices.Contains(t.set.skipped, id):
				return fmt.Errorf("%s %s: there is no such rule in %s: %s", flag, id, t.set.name, choice(id, ids))
			}
		}
	}
	return nil
}

// notes is what to know of the figures.
func (t *backtesting) notes() (all []string) {
	var short []string
	for _, r := range t.rules {
		if slices.ContainsFunc(r.Features(t.set.Set), t.withinDays) {
			short = append(short, r.ID)
		}
	}
	if len(short) > 0 {
		all = append(all, "daily rows show windows of hours at midnight only, and miss what began and ended in between: the exact back-test is cdrstream replay --rules. It concerns "+strings.Join(short, ", "))
	}
	if len(t.set.skipped) > 0 {
		all = append(all, "left out, as no window is configured for them: "+strings.Join(t.set.skipped, ", "))
	}
	if c := t.report.Coverage; c != nil && c.Honest == 0 && t.options.unlabelled == "skip" {
		all = append(all, "nobody with a row is labelled honest, so there is no false-positive rate: --unlabelled honest takes those without a label for honest")
	}
	return append(all, t.doubt()...)
}

// doubt says how little it may mean that nobody honest was flagged. If each of n
// is flagged with the probability p, none is with (1 - p)^n; the p for which that
// is 5 % is the end of a confidence interval of 95 %.
func (t *backtesting) doubt() []string {
	none := func(s backtest.Score) bool { return s.TP > 0 && s.FP == 0 && s.TN > 0 }
	i := slices.IndexFunc(t.report.Rules, none)
	if i < 0 {
		return nil
	}
	n := t.report.Rules[i].TN
	most := 1 - math.Pow(0.05, 1/float64(n))
	return []string{fmt.Sprintf("a false-positive rate of 0 among %s may be as much as %.5f (95 %% confidence), and precision lower than shown", plural64(n, "honest subscriber"), most)}
}

// withinDays reports whether a feature is over a window of hours or minutes.
func (t *backtesting) withinDays(name string) bool {
	i := slices.IndexFunc(t.book.fields, func(f feature.Field) bool { return f.Name == name })
	return slices.ContainsFunc(t.book.windows, func(w window.Spec) bool { return w.Name == t.book.fields[i].Window && !w.Days })
}

// show writes the tables.
func (t *backtesting) show(out io.Writer) error {
	r := &t.report
	fmt.Fprintf(out, "rules: %s, %s\n", t.set.name, plural(len(t.rules), "rule"))
	fmt.Fprintf(out, "rows: %d of %s in %s\n", r.Rows, plural64(r.Subscribers, "subscriber"), plural(len(t.files), "file"))
	if c := r.Coverage; c != nil {
		t.showCoverage(out, c)
	}
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := t.showFlagged
	if r.Coverage != nil {
		line = t.showScore
		fmt.Fprintln(w, "RULE\tFLAGGED\tTP\tFP\tFN\tPRECISION\tRECALL\tFP RATE\tPRECISION AT 0.1 %\tAT 1 %")
	} else {
		fmt.Fprintln(w, "RULE\tROWS\tFLAGGED\tSHARE")
	}
	for i, rule := range t.rules {
		line(w, rule.ID, &r.Rules[i])
	}
	line(w, anyRule, &r.Any)
	if err := w.Flush(); err != nil {
		return err
	}
	if err := t.showKinds(out); err != nil {
		return err
	}
	for i, n := range t.notes() {
		if i == 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintln(out, "note: "+n)
	}
	return nil
}

func plural64(n int64, what string) string { return plural(int(n), what) }

// anyRule stands for the union of all rules.
const anyRule = "any of them"

// showCoverage says whom the figures are about.
func (t *backtesting) showCoverage(out io.Writer, c *backtest.Coverage) {
	fmt.Fprintf(out, "labels: %d fraud and %d honest with a row\n", c.Fraud, c.Honest)
	if c.Other+c.OtherNoRow > 0 {
		fmt.Fprintf(out, "left out: %s of another kind than %s\n", plural64(c.Other, "labelled subscriber"), strings.Join(t.options.kinds, ", "))
	}
	if n := c.FraudNoRow + c.HonestNoRow + c.OtherNoRow; n > 0 {
		fmt.Fprintf(out, "left out: %s without a row (%d fraud, %d honest)\n", plural64(n, "labelled subscriber"), c.FraudNoRow, c.HonestNoRow)
	}
	switch {
	case c.Unlabelled > 0 && t.options.unlabelled == "honest":
		fmt.Fprintf(out, "taken for honest: %s without a label\n", plural64(c.Unlabelled, "subscriber"))
	case c.Unlabelled > 0:
		fmt.Fprintf(out, "left out: %s without a label (%d flagged)\n", plural64(c.Unlabelled, "subscriber"), t.report.Any.Unlabelled)
	}
}

func (t *backtesting) showFlagged(w io.Writer, name string, s *backtest.Score) {
	share := 0.0
	if t.report.Subscribers > 0 {
		share = float64(s.Flagged) / float64(t.report.Subscribers)
	}
	fmt.Fprintf(w, "%s\t%d\t%d\t%.5f\n", name, s.Rows, s.Flagged, share)
}

func (t *backtesting) showScore(w io.Writer, name string, s *backtest.Score) {
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%s\t%s\t%s", name, s.Flagged, s.TP, s.FP, s.FN,
		decimals(s.Precision(), 4), decimals(s.Recall(), 4), decimals(s.FalsePositiveRate(), 5))
	for _, p := range prevalences {
		fmt.Fprint(w, "\t", decimals(s.PrecisionAt(p), 4))
	}
	fmt.Fprintln(w)
}

// decimals is a rate with so many decimals, - for none.
func decimals(r backtest.Rate, n int) string {
	if r == nil {
		return "-"
	}
	return strconv.FormatFloat(*r, 'f', n, 64)
}

// showKinds tells for each kind which rules find it.
func (t *backtesting) showKinds(out io.Writer) error {
	if len(t.report.Any.Kinds) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nKIND\tSUBSCRIBERS\tRULE\tFLAGGED\tRECALL")
	for k, kind := range t.report.Any.Kinds {
		for i, rule := range t.rules {
			if s := t.report.Rules[i].Kinds[k]; s.Flagged > 0 {
				fmt.Fprintf(w, "%s\t%d\t%s\t%d\t%s\n", s.Kind, s.Subscribers, rule.ID, s.Flagged, decimals(s.Recall(), 4))
			}
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%d\t%s\n", kind.Kind, kind.Subscribers, anyRule, kind.Flagged, decimals(kind.Recall(), 4))
	}
	return w.Flush()
}
