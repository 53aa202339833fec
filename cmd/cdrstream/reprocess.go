package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/rejects"
	"github.com/cdrstream/cdrstream/engine/disk"
)

const reprocessHelp = `Read again the records that replay or serve rejected, with the format, the
configuration or the texts corrected, and write those that can be read now to a file
of canonical JSON lines for the next replay:

  cdrstream replay --out out switch7.csv         rejects records, out/rejects/ tells why
  cdrstream reprocess --config fixed.yaml --out again.jsonl out
  cdrstream replay --config fixed.yaml --out out2 switch7.csv again.jsonl

REJECTS are files of rejects, output directories, other directories of *.jsonl files
and globs. Each record is written once, whatever is named how often and whenever
this command was stopped: FILE.register tells what FILE has got. A reject is known
by source and offset, so its raw text may be corrected by hand. One that was
corrected after it was written is reported and stays as it was written. FILE may be
moved away; the next run begins a new one, with what is new. A source whose name
comes again with other content needs an output of its own.

What cannot be read still is kept in FILE.rejects.jsonl, and counted by reason. The
next run reads that file, too, and before all others.
Records that came late are passed over: they could be read, and would be late again. Of
records longer than max_record only the beginning was kept: raise it and replay their
source again.

--format and --profile of replay hold for all of its files, FILE too: where a format has
to be named, name it under sources. A wrong time zone rejects hardly anything: correct
it, and replay the source again.

Where what precedes the records tells how they are read (a header row, say) it is taken
from the source, if that still is the file that the rejects came from, or from --head.
The settings of sources that decide what is folded (legs, attempts, event_time) belong
to FILE, too: name it among the sources. Records that belong to others of their call
(Asterisk) lose that as JSON lines: write them with --as-is, in their own format.`

const reprocessExample = `  cdrstream reprocess --dry-run --out again.jsonl out
  cdrstream reprocess --format asterisk --as-is --out again.csv out/rejects
  cdrstream reprocess --head header.csv --out again.jsonl 'out/rejects/*.jsonl'`

type reprocessOptions struct {
	out, head string
	dry, asIs bool
	quiet     bool
	fs        disk.FS
}

func newReprocessCommand(s streams) *cobra.Command {
	var o reprocessOptions
	c := &cobra.Command{
		Use:     "reprocess REJECTS...",
		Short:   "Read rejected records again, once something was corrected",
		Long:    reprocessHelp,
		Example: reprocessExample,
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVarP(&o.out, "out", "o", "", "output `file`, which only grows")
	cf := addConfigFlags(flags, "format", "timezone", "max-rejects")
	cf.addProfile()
	flags.StringVar(&o.head, "head", "", "`file` that begins as the sources did: with their header row, say")
	flags.BoolVar(&o.asIs, "as-is", false, "write the records as they are, in their own format, and not as JSON lines")
	flags.BoolVarP(&o.dry, "dry-run", "n", false, "write nothing, tell what would be written")
	flags.BoolVarP(&o.quiet, "quiet", "q", false, "only warnings and errors")
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, warnings, err := cf.load()
		if err != nil {
			return err
		}
		if done, err := cf.printed(cfg, s.out); done {
			return err
		}
		if o.out == "" {
			return usagef("where to? name a file with --out")
		}
		b, err := newBuilder(cfg, time.Now())
		if err != nil {
			return err
		}
		log := newLogger(s.err, o.quiet)
		for _, w := range warnings {
			log.Warn(w)
		}
		o.fs = disk.New(0o600, 0o700)
		r := reprocessing{builder: b, options: o, log: log, readers: map[string]*rejectReader{}, reasons: reasons{}}
		return r.run(c.Context(), args)
	}
	return c
}

// reprocessing is one run of the command.
type reprocessing struct {
	*builder
	options reprocessOptions
	log     *slog.Logger
	readers map[string]*rejectReader // by source
	head    []byte                   // of --head
	out     *rejects.Output
	still   *rejects.Replacement // of FILE.rejects.jsonl
	kept    int                  // lines of it
	seen    map[rejects.Key]fate
	lead    []byte // what precedes the records of an output as they are
	reasons
	counts struct{ read, written, before, corrected, repeated, failed int64 }
}

func (r *reprocessing) run(ctx context.Context, args []string) error {
	paths, err := r.inputs(args)
	if err != nil {
		return usage(err)
	}
	if err := r.prepare(ctx, paths); err != nil {
		return err
	}
	if err := r.openOutput(); err != nil {
		return outputError(err)
	}
	for _, name := range slices.Sorted(maps.Keys(r.readers)) {
		r.log.Info("format", "source", name, "format", r.readers[name].decoder.Name(), "why", r.readers[name].why)
	}
	r.seen = map[rejects.Key]fate{}
	err = r.each(ctx, paths, r.entry)
	if err == nil && !r.options.dry {
		err = outputError(r.finish())
	}
	if err = errors.Join(err, r.still.Close(), r.out.Close()); err != nil {
		return stoppedAgain(ctx, err)
	}
	r.report()
	return r.limits()
}

// stillPath is where the records are kept that cannot be read still.
func (r *reprocessing) stillPath() string { return r.options.out + ".rejects.jsonl" }

func (r *reprocessing) openOutput() (err error) {
	o := r.options
	r.still = rejects.NewReplacement(o.fs, r.stillPath())
	if o.dry {
		r.out, err = rejects.Look(o.fs, o.out)
		return err
	}
	if r.out, err = rejects.Open(o.fs, o.out); err != nil {
		return err
	}
	mark := []byte(`{"record_id":`)
	if o.asIs {
		mark = nil
	}
	if err = r.out.Lead(r.lead, mark); err != nil {
		return errors.Join(err, r.out.Close())
	}
	return nil
}

// outputError words what is wrong with the output.
func outputError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, rejects.ErrOther):
		return usage(err)
	}
	return fmt.Errorf("%w: %s", err, disk.Remedy(err))
}

// stoppedAgain tells what a signal ended from other failures.
func stoppedAgain(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return &exitError{exitSignal, errors.New("stopped by a signal: the same command goes on")}
	}
	return err
}

// finish makes durable what was added, and what still cannot be read.
func (r *reprocessing) finish() error {
	if err := r.out.Commit(); err != nil {
		return err
	}
	return r.still.Publish()
}

func (r *reprocessing) report() {
	for _, l := range r.sorted() {
		r.log.Warn("not readable", "records", l.count, "reason", l.reason)
	}
	c := r.counts
	if c.corrected > 0 {
		r.log.Warn("corrected after they were written: they stay as they were written", "records", c.corrected)
	}
	verb := "written"
	if r.options.dry {
		verb = "would_be_written"
	}
	r.log.Info("done", "rejects", c.read, verb, c.written, "written_before", c.before, "repeated", c.repeated, "not_readable", c.failed, "out", r.options.out)
}

// limits is exit code 3 when more cannot be read than --max-rejects allows.
func (r *reprocessing) limits() error {
	if limit := r.cfg.MaxRejects; limit.Exceeded(r.counts.failed, r.counts.read) {
		return &exitError{exitLimits, fmt.Errorf("%s cannot be read, more than --max-rejects %s allows: %s.rejects.jsonl has them",
			share(r.counts.failed, r.counts.read), limitText(limit), r.options.out)}
	}
	return nil
}
