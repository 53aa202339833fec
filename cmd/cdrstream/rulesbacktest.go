package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/backtest"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/vectors"
	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/rules"
)

const rulesBacktestHelp = `Evaluate rules over stored feature vectors, and tell how good they are.

Vectors are Parquet, what replay wrote or any other, or CSV with a header (plain,
gzip or zstd): a row per subscriber and instant, the column subscriber, a column
per feature. An empty CSV cell is null. A directory stands for the files below it,
that of a replay for its features. --map tells for features that are called
otherwise, or are missing, a column or a value, in YAML:

  subscriber: number                  # a column, here that of the subscribers
  contacts_out_30d: opposite_unique   # a column
  observed_days: 60                   # the same for every row; null is a value too

A feature that a rule names and that is found nowhere is an error: replay writes all
of them with --features '*'. --only and --skip choose the rules.

--labels is a CSV file with the header subscriber,kind (or scenario, as generate
calls it). Kinds that are empty, 0, honest or none are honest, every other kind is
fraud. All figures are about
subscribers, not rows: a rule has flagged a subscriber if it holds for any of his
rows. Those who have a label and a row count:

  TP   fraud, flagged             FN   fraud, not flagged
  FP   honest, flagged            TN   honest, not flagged
  precision           = TP / (TP + FP)
  recall              = TP / (TP + FN)
  false-positive rate = FP / (FP + TN)
  precision at p      = recall p / (recall p + rate (1 - p))

The last is what the rates mean where the share p of all subscribers is fraud: a
labelled sample has seldom as much fraud as a network. Who has a label and no row,
or a row and no label, is in none of these and told in a number of his own;
--unlabelled honest takes those without a label for honest. With --kind only the
named kinds are fraud, and subscribers of other kinds are left out; --honest names
kinds that are honest too, such as the look-alikes of a test.

A rule holds where its expression does; --warn counts its lower level as well.
Lists of except spare whom they spare. What needs more than one row plays no part:
for, resolve_after, cooldown, the storm guard.

Daily rows show each window at midnight only. For features of 1h and 24h that misses
what began and ended in between: replay --rules is the exact back-test.`

// backtestOptions are the flags of rules backtest.
type backtestOptions struct {
	rules, labels, mapFile, format, unlabelled string
	noSupport, warn                            bool
	only, skip, kinds, honest                  []string
}

func newRulesBacktestCommand(s streams) *cobra.Command {
	var o backtestOptions
	c := &cobra.Command{
		Use:   "backtest PARQUET|CSV|DIR|GLOB...",
		Short: "Evaluate rules over stored vectors; with labels, tell how good they are",
		Long:  rulesBacktestHelp,
		Example: `  cdrstream rules backtest out --rules my.yaml
  cdrstream rules backtest out --only fanout_low_repeat,sim_hopping --labels known.csv
  cdrstream rules backtest people.csv.gz --map map.yaml --labels known.csv --no-support --kind robocall`,
		Args: arguments(cobra.MinimumNArgs(1), "files of vectors"),
	}
	fs := c.Flags()
	fs.SortFlags = false
	addRulesFlag(fs, &o.rules)
	cf := addConfigFile(fs)
	fs.StringVarP(&o.labels, "labels", "l", "", "CSV `file` subscriber,kind: what is known of subscribers")
	fs.StringVarP(&o.mapFile, "map", "m", "", "YAML `file`: a column or a value for features")
	fs.StringSliceVar(&o.only, "only", nil, "`IDs` of the rules to evaluate")
	fs.StringSliceVar(&o.skip, "skip", nil, "`IDs` of rules to leave out")
	fs.BoolVar(&o.noSupport, "no-support", false, "evaluate rules as if they had no min_support")
	fs.BoolVar(&o.warn, "warn", false, "count the warn level of rules too")
	fs.StringSliceVar(&o.kinds, "kind", nil, "`kinds` that are fraud; subscribers of other kinds are left out")
	fs.StringSliceVar(&o.honest, "honest", nil, "`kinds` that are honest, besides \"\", 0, honest and none")
	fs.StringVar(&o.unlabelled, "unlabelled", "skip", "`skip|honest`: what subscribers without a label are")
	addOutputFormat(fs, &o.format)
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := o.check(); err != nil {
			return err
		}
		book, warnings, err := loadRuleBook(cf)
		if err != nil {
			return err
		}
		log := newLogger(s.err, false)
		for _, w := range warnings {
			log.Warn(w)
		}
		t := &backtesting{options: o, book: book, log: log}
		if err := t.run(c.Context(), args); err != nil {
			return stoppedReading(c, err)
		}
		out := bufio.NewWriter(s.out)
		if o.format == formatJSON {
			return flush(out, writeJSON(out, t.describe()))
		}
		return flush(out, t.show(out))
	}
	return c
}

func (o *backtestOptions) check() error {
	if err := checkOutputFormat(o.format); err != nil {
		return err
	}
	switch {
	case o.unlabelled != "skip" && o.unlabelled != "honest":
		return usagef("--unlabelled %s: write skip or honest", o.unlabelled)
	case o.labels == "" && (len(o.kinds) > 0 || len(o.honest) > 0 || o.unlabelled != "skip"):
		return usagef("--kind, --honest and --unlabelled are about labels: name the file with --labels")
	}
	for _, k := range o.kinds {
		if slices.Contains(o.honest, k) {
			return usagef("%s is in --kind and in --honest: leave it out of one", k)
		}
	}
	return nil
}

// backtesting is one run of rules backtest.
type backtesting struct {
	options backtestOptions
	book    *ruleBook
	log     *slog.Logger

	set      *ruleSet
	rules    []*rules.Rule // that are evaluated
	features []string      // that they need
	columns  []int         // the same in set.Columns
	where    vectors.Map
	files    []string
	labels   *backtest.Labels // nil: none
	tally    *backtest.Tally
	report   backtest.Report
}

func (t *backtesting) run(ctx context.Context, args []string) (err error) {
	if err := t.prepare(ctx, args); err != nil {
		return usage(err)
	}
	t.tally = backtest.NewTally(len(t.rules))
	for _, path := range t.files {
		if err := t.file(ctx, path, t.read); err != nil {
			return err
		}
	}
	t.report = t.tally.Score(t.labels)
	return nil
}

// prepare reads everything but the rows.
func (t *backtesting) prepare(ctx context.Context, args []string) (err error) {
	if t.set, err = t.book.readBare(t.options.rules, t.options.noSupport); err != nil {
		return err
	}
	for _, w := range t.set.warnings {
		if !t.options.noSupport { // they are about other rules than the file has
			t.log.Warn(w)
		}
	}
	if err := t.choose(); err != nil {
		return err
	}
	if t.options.mapFile != "" {
		if t.where, err = vectors.ReadMap(t.options.mapFile, t.book.featureNames()); err != nil {
			return err
		}
	}
	if t.files, err = vectors.Find(args); err != nil {
		return err
	}
	for _, path := range t.files {
		if readOnce(path) {
			continue // opening it would take something out of it
		}
		if err := t.file(ctx, path, func(context.Context, *vectors.Binding) error { return nil }); err != nil {
			return err
		}
	}
	return t.readLabels(ctx)
}

func (t *backtesting) readLabels(ctx context.Context) error {
	if t.options.labels == "" {
		return nil
	}
	o := t.options
	t.labels = backtest.NewLabels(backtest.Options{Fraud: o.kinds, Honest: o.honest, UnlabelledHonest: o.unlabelled == "honest"})
	err := vectors.ReadLabels(ctx, o.labels, func(_, subscriber, kind string) error { return t.labels.Add(subscriber, kind) })
	if err != nil {
		return err
	}
	if kind := t.labels.Unused(); kind != "" {
		return fmt.Errorf("no subscriber in %s is of the kind %s: %s", o.labels, kind, choice(kind, t.labels.Kinds()))
	}
	return nil
}

// file opens a file of vectors, finds its columns and gives it to use.
func (t *backtesting) file(ctx context.Context, path string, use func(context.Context, *vectors.Binding) error) error {
	f, err := vectors.Open(path)
	if err != nil {
		return usage(err)
	}
	defer f.Close()
	b, missing, err := f.Bind(t.where, t.features)
	if err != nil {
		return usage(err)
	}
	if len(missing) > 0 {
		return usage(t.lacks(path, missing))
	}
	return use(ctx, b)
}

// read evaluates the rules for each row of a file.
func (t *backtesting) read(ctx context.Context, b *vectors.Binding) error {
	v := rules.NewVector(t.set.Set)
	holds := make([]bool, len(t.rules))
	var who []byte
	return b.Read(ctx, func(subscriber string, values []float64, null []bool) error {
		for i, c := range t.columns {
			v.Values[c], v.Null[c] = values[i], null[i]
		}
		who = append(who[:0], subscriber...)
		for i, r := range t.rules {
			holds[i] = t.counts(r.Level(v)) && !r.Exempt(who)
		}
		t.tally.Row(subscriber, holds)
		return nil
	})
}

// counts reports whether a rule at a level has flagged the subscriber.
func (t *backtesting) counts(l alert.Level) bool {
	return l == alert.Full || l == alert.Warn && t.options.warn
}

// lacks names a rule that cannot be evaluated over a file, and what to do.
func (t *backtesting) lacks(path string, missing []string) error {
	var first *rules.Rule
	var without, lame, whole []string // features of the first; rules
	for _, r := range t.rules {
		lack := slices.DeleteFunc(r.Features(t.set.Set), func(name string) bool { return !slices.Contains(missing, name) })
		switch {
		case len(lack) == 0:
			whole = append(whole, r.ID)
			continue
		case first == nil:
			first, without = r, lack
		}
		lame = append(lame, r.ID)
	}
	text := fmt.Sprintf("rule %s names %s, of which %s has no column: have replay write it (--features), or give a column or a value for it in --map", first.ID, strings.Join(without, ", "), path)
	switch {
	case len(lame) == 1:
		return fmt.Errorf("%s, or leave the rule out: --skip %s", text, first.ID)
	case len(whole) == 0:
		return fmt.Errorf("%s (no rule has all its features there)", text)
	}
	return fmt.Errorf("%s (%d more rules lack features); those that do not are --only %s", text, len(lame)-1, strings.Join(whole, ","))
}
