package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/feed"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/natsconn"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/progress"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

const publishHelp = `Publish files of call-detail records to a subject of a NATS JetStream stream, for
cdrstream serve to read: a mediation feed for tests and demonstrations. The end of
the command means that everything is stored.

Each record is published once, whatever stops this command or the server: the same
command goes on where it stopped, and says so when nothing is left. A file is
known by its content, not by its name. A plain file that has grown is continued;
one that was replaced is published as a new one. --again publishes once more.

One subject is one source to serve, with one notion of what is late. So files of
one switch belong on one subject, in the order of time, in one command or
several. Give every switch a subject of its own: --subject cdr.switch7. Two
commands on one subject at a time notice each other; one of them fails.

A message holds a block of records. --per-message makes one of each record, for
readers that want that; it takes more of the server, more room and more time.`

const publishExample = `  cdrstream publish traffic.csv
  cdrstream publish --rate 50000/s traffic.csv
  cdrstream publish --subject cdr.switch7 '/var/cdr/switch7-*.csv.gz'
  cdrstream publish --nats-url tls://nats.example:4222 --nats-credentials feed.creds traffic.csv`

// Where records go by default: what serve makes and reads.
const (
	defaultStream  = "CDR"
	defaultSubject = "cdr.feed"
	defaultNATS    = "nats://127.0.0.1:4222"
)

// natsFlags are the flags of the keys nats.*.
var natsFlags = []string{"nats-url", "nats-credentials", "nats-nkey", "nats-token-file", "nats-tls-ca", "nats-tls-cert", "nats-tls-key"}

// publishOptions are the flags of publish that are not keys of the configuration.
type publishOptions struct {
	stream, subject string
	perMessage      bool
	block           int
	rate            rate
	again           bool
	quiet           bool
}

// rate is a number of records a second, as --rate has it.
type rate float64

func (r *rate) String() string { return strconv.FormatFloat(float64(*r), 'g', -1, 64) }
func (r *rate) Type() string   { return "N/s" }

// Set reads 50000, 50000/s, 50k/s or 1.5M.
func (r *rate) Set(s string) error {
	text, unit := strings.TrimSuffix(s, "/s"), 1.0
	for suffix, n := range map[string]float64{"k": 1e3, "K": 1e3, "M": 1e6} {
		if t, ok := strings.CutSuffix(text, suffix); ok {
			text, unit = t, n
		}
	}
	n, err := strconv.ParseFloat(text, 64)
	if n *= unit; err != nil || math.IsNaN(n) || n < 0.01 || n > 1e9 {
		return fmt.Errorf("%q is no rate: write records a second, such as 500/s, 50k/s or 1.5M/s", s)
	}
	*r = rate(n)
	return nil
}

func (o *publishOptions) check(args []string) error {
	switch {
	case len(args) == 0:
		return usagef("no input: name files, directories or globs, or - for standard input")
	case slices.Contains(args, ""):
		return usagef("an input has no name: name a file, a directory, a glob, or - for standard input")
	case o.block < 0:
		return usagef("--block %d: write how many records a message holds, or 0 for as many as fit", o.block)
	case o.perMessage && o.block > 1:
		return usagef("--per-message and --block %d contradict each other: leave one out", o.block)
	case !isSubject(o.subject):
		return usagef("--subject %q is no subject to publish to: write words with dots between them, such as cdr.switch7", o.subject)
	case o.stream == "":
		return usagef("--stream is empty: name the stream, such as %s", defaultStream)
	}
	return nil
}

// isSubject reports a subject without wildcards.
func isSubject(s string) bool {
	for _, token := range strings.Split(s, ".") {
		if token == "" || strings.ContainsAny(token, " \t\r\n*>") {
			return false
		}
	}
	return true
}

func newPublishCommand(s streams) *cobra.Command {
	var o publishOptions
	c := &cobra.Command{
		Use:     "publish FILE|DIR|GLOB|-...",
		Short:   "Publish files to NATS JetStream, for serve to read",
		Long:    publishHelp,
		Example: publishExample,
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringVar(&o.subject, "subject", defaultSubject, "`subject` to publish to: one for each switch")
	fs.StringVar(&o.stream, "stream", defaultStream, "`name` of the stream that the subject belongs to")
	fs.Var(&o.rate, "rate", "records a second, such as 50k/s; 0 = as fast as the server acknowledges")
	fs.IntVar(&o.block, "block", 0, "at most `N` records a message; 0 = as many as fit into 128 KiB")
	fs.BoolVar(&o.perMessage, "per-message", false, "one record a message")
	fs.BoolVar(&o.again, "again", false, "publish the files whatever of them was published before")
	cf := addConfigFlags(fs, append([]string{"format"}, natsFlags...)...)
	cf.addProfile()
	fs.BoolVarP(&o.quiet, "quiet", "q", false, "no progress, only warnings and errors")
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, warnings, err := cf.load()
		if err != nil {
			return err
		}
		if done, err := cf.printed(cfg, s.out); done {
			return err
		}
		if err := o.check(args); err != nil {
			return err
		}
		p := publisher{streams: s, options: o, cfg: cfg}
		return p.run(c.Context(), args, warnings)
	}
	return c
}

// publisher is one run of the command.
type publisher struct {
	streams
	options publishOptions
	cfg     *config.Config

	progress *progress.Output
	log      *slog.Logger
	builder  *builder
}

func (p *publisher) run(ctx context.Context, args, warnings []string) error {
	p.progress = progress.NewOutput(p.err)
	p.log = newLogger(p.progress, p.options.quiet)
	for _, w := range warnings {
		p.log.Warn(w)
	}
	paths, repeats, err := file.Find(args)
	if err != nil {
		return usage(err)
	}
	for _, path := range repeats {
		p.log.Warn("named twice, published once", "file", path)
	}
	if p.builder, err = newBuilder(p.cfg, time.Now()); err != nil {
		return err
	}
	for _, path := range paths {
		if readOnce(path) {
			p.log.Warn(path + " can be read only once: if this is stopped, the same command cannot go on with it")
			continue
		}
		if err := p.look(ctx, path); err != nil {
			return err
		}
	}
	o := natsOptions(p.cfg)
	if err := o.Check(); err != nil {
		return usage(err)
	}
	o.Name = "cdrstream publish"
	o.Log = func(m string) { p.log.Warn(m) }
	if o.URL == "" {
		o.URL = defaultNATS
	}
	conn, err := natsconn.Connect(ctx, o)
	if err != nil {
		return err
	}
	defer conn.Close()
	f, err := feed.New(ctx, conn, p.feedOptions())
	if err != nil {
		return streamError(err)
	}
	return p.publish(ctx, f, paths)
}

// streamError makes what is wrong with a stream a matter of configuration.
func streamError(err error) error {
	var misfit *feed.StreamError
	if errors.As(err, &misfit) {
		return usage(err)
	}
	return err
}

// natsOptions are what the keys nats.* say.
func natsOptions(c *config.Config) natsconn.Options {
	return natsconn.Options{
		URL: c.NATSURL, Credentials: c.NATSCredentials, NKey: c.NATSNKey, TokenFile: c.NATSTokenFile,
		CA: c.NATSCA, Cert: c.NATSCert, Key: c.NATSKey,
	}
}

func (p *publisher) feedOptions() feed.Options {
	return feed.Options{
		Stream: p.options.stream, Subject: p.options.subject, PerMessage: p.options.perMessage, Block: p.options.block,
		MaxRecord: int(p.cfg.MaxRecord), Rate: float64(p.options.rate), Again: p.options.again,
		Open: openFile, Layout: p.layout,
		Note: func(m string) { p.log.Info(m) }, Warn: func(m string) { p.log.Warn(m) },
	}
}

// look makes sure before anything is published that a file can be read.
func (p *publisher) look(ctx context.Context, path string) error {
	f, err := file.Open(path, file.Options{MaxRecord: int(p.cfg.MaxRecord)})
	if err != nil {
		return usage(err)
	}
	defer f.Close()
	head, err := f.Head(ctx)
	if err == nil && len(head) > 0 {
		_, err = p.layout(path, head)
	}
	return usage(err)
}

// layout finds out how a file is read, as replay does.
func (p *publisher) layout(path string, head []byte) (feed.Layout, error) {
	rules, err := p.builder.source(path)
	if err != nil {
		return feed.Layout{}, err
	}
	d, _, err := p.builder.decoder(path, head)
	if err != nil {
		return feed.Layout{}, err
	}
	layout, skip, err := d.Open(head, rules)
	if err != nil {
		return feed.Layout{}, usagef("%s: %w", path, err)
	}
	if decode.FramingOf(d, layout) != nil {
		return feed.Layout{}, usagef("%s: %s is read from files, not from messages: drop it into a spool that serve watches", path, d.Name())
	}
	return feed.NewLayout(d.Name(), head[:skip]), nil
}

func (p *publisher) publish(ctx context.Context, f *feed.Feed, paths []string) error {
	p.log.Info("start", "files", len(paths), "stream", p.options.stream, "subject", p.options.subject)
	start := time.Now()
	stop := p.show(f)
	s, err := f.Run(ctx, paths)
	stop()
	seconds := time.Since(start).Seconds()
	if errors.Is(err, feed.ErrStopped) {
		return &exitError{exitSignal, fmt.Errorf("stopped by a signal: %d records are stored, %s", s.Records, p.onward(paths))}
	}
	if err != nil {
		return err
	}
	p.log.Info("done", "files", s.Files, "published_before", s.Before, "records", s.Records, "messages", s.Messages, "bytes", s.Bytes,
		"seconds", math.Round(seconds*100)/100, "records_per_second", int64(float64(s.Records)/max(seconds, 1e-3)))
	if s.Oversize > 0 {
		return &exitError{exitLimits, fmt.Errorf("too long and not published: %d records, all others are stored: raise max_record here and in serve, or the server's max_payload", s.Oversize)}
	}
	return nil
}

// onward says how a stopped run is continued.
func (p *publisher) onward(paths []string) string {
	switch {
	case slices.ContainsFunc(paths, readOnce):
		return "what was read from a pipe beyond them is lost to this command"
	case p.options.again:
		return "the same command without --again goes on"
	}
	return "the same command goes on"
}

// show starts to tell how far the run is.
func (p *publisher) show(f *feed.Feed) (stop func()) {
	look := func() progress.Snapshot {
		s := f.Progress()
		return progress.Snapshot{Bytes: s.Bytes, Total: s.Total, Records: s.Records}
	}
	switch {
	case p.options.quiet:
		return func() {}
	case isTerminal(p.err):
		return p.progress.Bar(look)
	}
	return progress.Log(p.log, look)
}
