package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/engine"
)

const replayHelp = `Read files of call-detail records to their end and write the feature vectors of
every subscriber and the alerts that rules raise over them, with the records that
were rejected or came late.

A directory stands for the files below it, - for standard input. Plain, gzip and
zstd files are told apart by content. Every file is a source of its own; the one
furthest behind in event time is read next, so the files of any number of
switches merge by time.

The output directory holds:

  features/date=YYYY-MM-DD/*.parquet   a row per subscriber and period
  alerts/*.parquet alerts.jsonl        what the rules found, see cdrstream rules --help
  rejects/*.jsonl                      records that could not be read, and why
  late/*.jsonl                         records that came too late, and by how much
  summary.json                         what was counted

With --state, checkpoints are written there while the run goes on, and periods are
published as they close. Whatever ends the run, the same command goes on from the
last checkpoint; when the job is done it shows the summary. --keep-open leaves the
last period open for tomorrow's files. See also cdrstream checkpoint --help.

Every flag that is a key of the configuration may stand in the file of --config
or in the environment (CDRSTREAM_LATENESS=5m); flags win over the environment,
the environment over the file. --print-config shows what is in force.`

const replayExample = `  cdrstream replay traffic.csv
  cdrstream replay --out features --timezone Europe/Paris --lateness 5m /var/cdr/2026-03-*.csv.gz
  zcat switch7.csv.gz | cdrstream replay --emit-every 1h --features 'calls*_1h,contacts_7d' -
  cdrstream replay --state state --keep-open --out features /var/cdr
  cdrstream replay --config cdr.yaml --print-config > effective.yaml`

// replayOptions are the flags of replay that are not keys of the configuration.
type replayOptions struct {
	out       string
	overwrite bool
	quiet     bool

	duplicates string // files that hold what another holds: skip or read
	keepOpen   bool
}

// check refuses what this version cannot do, rather than leaving it undone.
func (o *replayOptions) check() error {
	switch {
	case o.out == "":
		return usagef("--out is empty: name a directory")
	case o.duplicates != skipDuplicates && o.duplicates != readDuplicates:
		return usagef("--duplicate-files %s: write %s or %s", o.duplicates, skipDuplicates, readDuplicates)
	}
	return nil
}

func newReplayCommand(s streams) *cobra.Command {
	var o replayOptions
	c := &cobra.Command{
		Use:     "replay FILE|DIR|GLOB|-...",
		Short:   "Read files to their end and write features and a summary",
		Long:    replayHelp,
		Example: replayExample,
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringVarP(&o.out, "out", "o", "out", "output `directory`; refused when it holds anything that this job did not write")
	fs.BoolVar(&o.overwrite, "overwrite", false, "replace what an earlier run wrote to the output directory")
	fs.StringVar(&o.duplicates, "duplicate-files", skipDuplicates, "`skip|read` files that hold byte for byte what another one holds; a path named twice is read once in any case")
	cf := addConfigFlags(fs)
	cf.addProfile()
	fs.BoolVar(&o.keepOpen, "keep-open", false, "leave the last period open in --state, for tomorrow's files")
	fs.BoolVarP(&o.quiet, "quiet", "q", false, "no progress, only warnings and errors")
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := o.check(); err != nil {
			return err
		}
		cfg, warnings, err := cf.load()
		if err != nil {
			return err
		}
		if done, err := cf.printed(cfg, s.out); done {
			return err
		}
		if o.keepOpen && cfg.State == "" {
			return usagef("--keep-open leaves a period open in a state directory: name one with --state")
		}
		r := replay{streams: s, options: o, cfg: cfg}
		return stopped(c.Context(), cfg.State, r.run(c.Context(), args, warnings))
	}
	return c
}

// stopped tells a failure that a signal caused from others.
func stopped(ctx context.Context, state string, err error) error {
	var e *exitError
	switch {
	case errors.Is(err, engine.ErrStopped):
		return &exitError{exitSignal, fmt.Errorf("stopped by a signal: the same command goes on from %s", state)}
	case err == nil || ctx.Err() == nil || errors.As(err, &e) && e.code == exitLimits || state != "" && !errors.Is(err, context.Canceled):
		return err
	case state != "":
		return &exitError{exitSignal, fmt.Errorf("stopped by a signal before anything more was read: the same command goes on from %s", state)}
	}
	return &exitError{exitSignal, errors.New("stopped by a signal, the run is not complete: the same command starts over")}
}
