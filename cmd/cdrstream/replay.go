package main

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/progress"
	"github.com/cdrstream/cdrstream/engine"
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
	out       string
	overwrite bool
	rules     string
	quiet     bool

	duplicates string // files that hold what another holds: skip or read
}

// check refuses what this version cannot do, rather than leaving it undone.
func (o *replayOptions) check() error {
	switch {
	case o.rules != "none":
		return usagef("--rules %s: this version evaluates no rules: leave the flag out, or write none", o.rules)
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
	fs.StringVar(&o.rules, "rules", "none", "`NAME` of the rules; only none for now, this version evaluates no rules")
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
		r := replay{streams: s, options: o, cfg: cfg}
		return stopped(c.Context(), r.run(c.Context(), args, warnings))
	}
	return c
}

// stopped tells a failure that a signal caused from others.
func stopped(ctx context.Context, err error) error {
	var e *exitError
	if err == nil || ctx.Err() == nil || errors.As(err, &e) && e.code == exitLimits {
		return err
	}
	return &exitError{exitSignal, errors.New("stopped by a signal, the run is not complete: the same command starts over")}
}

// replay is one run of the command.
type replay struct {
	streams
	options replayOptions
	cfg     *config.Config

	progress *progress.Output
	log      *slog.Logger
}

func (r *replay) run(ctx context.Context, args, warnings []string) error {
	r.progress = progress.NewOutput(r.err)
	r.log = newLogger(r.progress, r.options.quiet)
	for _, w := range warnings {
		r.log.Warn(w)
	}
	if slices.Contains(args, "") {
		return usagef("an input has no name: name a file, a directory, a glob, or - for standard input")
	}
	paths, repeats, err := file.Find(args)
	if err != nil {
		return usage(err)
	}
	paths, copies, err := r.options.distinct(paths, nil)
	if err != nil {
		return err
	}
	repeats = append(repeats, copies...)
	for _, p := range repeats {
		r.log.Warn("duplicate file, not read", "file", p)
	}
	b, err := newBuilder(r.cfg, time.Now())
	if err != nil {
		return err
	}
	j, err := b.job(ctx, paths)
	if err != nil {
		return err
	}
	for _, p := range j.empty {
		r.log.Warn("empty file", "file", p)
	}
	return r.write(ctx, j, paths, repeats)
}

// write runs the job into the output directory.
func (r *replay) write(ctx context.Context, j *job, paths, repeats []string) error {
	out := &outDir{path: r.options.out, id: jobID{Configuration: j.hash, Inputs: paths}}
	defer out.release()
	if err := out.claim(r.options.overwrite); err != nil {
		return err
	}
	result, err := r.fill(ctx, j, out, repeats)
	if err != nil {
		out.abandon()
		return err
	}
	r.tell(result)
	return checkLimits(result, r.cfg.MaxRejects, r.cfg.MaxLate)
}

// fill writes everything into the output directory, the summary last.
func (r *replay) fill(ctx context.Context, j *job, out *outDir, repeats []string) (*engine.Summary, error) {
	r.log.Info("start", "files", len(j.inputs), "workers", j.config.Workers, "out", out.path)
	if err := j.open(out.path); err != nil {
		return nil, err
	}
	stop := r.show(j)
	result, err := j.engine.Run(ctx)
	stop()
	if failed := j.close(); err == nil {
		err = failed // what a sink says when it closes after a failure is known
	}
	if err != nil {
		return nil, err
	}
	s := summary{Summary: result, DuplicateFiles: repeats, ConfigurationHash: j.hash, Version: version()}
	text, err := s.json()
	if err != nil {
		return nil, err
	}
	return result, out.finish(text)
}

// show starts to tell how far the job is.
func (r *replay) show(j *job) (stop func()) {
	switch {
	case r.options.quiet:
		return func() {}
	case isTerminal(r.err):
		return r.progress.Bar(j.snapshot)
	}
	return progress.Log(r.log, j.snapshot)
}

func (r *replay) tell(s *engine.Summary) {
	l := s.Ledger
	r.log.Info("done", "out", r.options.out, "read", l.Read, "accepted", l.Accepted, "duplicate", l.Duplicate, "late", l.Late,
		"rejected", l.Rejected, "filtered", l.Filtered, "rows", s.FeatureRows, "subscribers", s.Subscribers,
		"seconds", math.Round(s.ElapsedSeconds*100)/100, "records_per_second", int64(s.RecordsPerSecond))
}
