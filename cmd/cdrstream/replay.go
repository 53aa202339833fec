package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

const replayHelp = `Read files of call-detail records to their end and write the feature vectors of
every subscriber, with the records that were rejected or came late.

A directory stands for the files below it, - for standard input. Plain, gzip and
zstd files are told apart by content. Every file is a source of its own; the one
furthest behind in event time is read next, so the files of any number of
switches merge by time.

The output directory holds:

  features/date=YYYY-MM-DD/*.parquet   a row per subscriber and period
  rejects/*.jsonl                      records that could not be read, and why
  late/*.jsonl                         records that came too late, and by how much
  summary.json                         what was counted

Every flag that is a key of the configuration may stand in the file of --config
or in the environment (CDRSTREAM_LATENESS=5m); flags win over the environment,
the environment over the file. --print-config shows what is in force.`

const replayExample = `  cdrstream replay traffic.csv
  cdrstream replay --out features --timezone Europe/Paris --lateness 5m /var/cdr/2026-03-*.csv.gz
  zcat switch7.csv.gz | cdrstream replay --emit-every 1h --features 'calls*_1h,contacts_7d' -
  cdrstream replay --config cdr.yaml --print-config > effective.yaml`

// replayOptions are the flags of replay that are not keys of the configuration.
type replayOptions struct {
	out             string
	overwrite       bool
	rules           string
	state           string
	checkpointEvery time.Duration
	keepOpen        bool
	quiet           bool
}

// check refuses what this version cannot do, rather than leaving it undone.
func (o *replayOptions) check() error {
	switch {
	case o.rules != "none":
		return usagef("--rules %s: this version evaluates no rules: leave the flag out, or write none", o.rules)
	case o.state != "" || o.keepOpen:
		return usagef("--state: this version writes no checkpoints: leave --state and --keep-open out")
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
	fs.BoolVar(&o.overwrite, "overwrite", false, "empty the output directory first")
	cf := addConfigFlags(fs)
	fs.StringVar(&o.rules, "rules", "none", "rule `file` whose alerts are written, or none")
	fs.StringVar(&o.state, "state", "", "`directory` of checkpoints; resumes if it holds any")
	fs.DurationVar(&o.checkpointEvery, "checkpoint-every", time.Minute, "time between checkpoints into --state")
	fs.BoolVar(&o.keepOpen, "keep-open", false, "leave the open period in --state for tomorrow's files")
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
		paths, repeats, err := file.Find(args)
		if err != nil {
			return usage(err)
		}
		return replay(c, s, o, cfg, paths, repeats, warnings)
	}
	return c
}

func replay(c *cobra.Command, s streams, o replayOptions, cfg *config.Config, paths, repeats, warnings []string) error {
	return usagef("this build has no engine")
}
