package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/bus"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/progress"
	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/checkpoint"
)

const serveHelp = `Read call-detail records as they come, until stopped: from JetStream streams, core
NATS subjects, and directories into which files are dropped. Features and alerts are
written as their periods close, as replay writes them: the same records give the same
rows.

  cdrstream serve                            reads the stream CDR of a NATS server of its own
  cdrstream publish traffic.csv              feeds it, from another terminal
  curl localhost:9377/v1/subscribers/491512  what is known of a subscriber now
  curl localhost:9377/metrics                for Prometheus

Without --nats-url a NATS server runs inside the process, on loopback only, with
its store in --state. Every stream, subject and spool is a source of its own: the
others wait for the one that is furthest behind, until it has been idle for
--idle-timeout. A core NATS subject (--subject) is at most once: what is sent while
serve does not run is lost. From a stream nothing is: where messages are missing that
were not read (they expired, the stream was made anew), serve stops and says which;
--accept-gap goes on all the same.

A file in a spool is read when it is complete, and archived (or deleted) when what
came of it is safe. Names that begin with a dot or end in .tmp or .part are passed
over; what cannot be read goes to .quarantine.

SIGTERM writes a last checkpoint, publishes, and exits 0; the same command goes on
from --state. A second signal ends at once, and loses nothing either. The state
directory holds checkpoint/, nats/ and outbox/.

The HTTP server listens on loopback. Other addresses take --web-config with
passwords or certificates. It serves /metrics, /healthz, /readyz and
/v1/subscribers/NUMBER.

Every flag that is a key of the configuration may stand in the file of --config
or in the environment (CDRSTREAM_LATENESS=5m); flags win over the environment,
the environment over the file. --print-config shows what is in force.`

const serveExample = `  cdrstream serve --state /var/lib/cdrstream --out /srv/cdrstream
  cdrstream serve --spool /var/spool/cdr --timezone Europe/Paris --home-numbers 33
  cdrstream serve --nats-url nats://nats.example.net:4222 --nats-credentials cdr.creds --stream CDR/cdr.msc1 --stream CDR/cdr.msc2
  cdrstream serve --alerts-to fraud.alerts --features-to crm.features`

// serveOptions are the flags of serve that are not keys of the configuration.
type serveOptions struct {
	out       string
	overwrite bool
	quiet     bool
	acceptGap bool
	retire    []string // sources of the checkpoint that are read no more
}

func newServeCommand(s streams) *cobra.Command {
	var o serveOptions
	c := &cobra.Command{
		Use:     "serve",
		Short:   "Read records as they come, until stopped",
		Long:    serveHelp,
		Example: serveExample,
		Args:    noArguments(),
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringVarP(&o.out, "out", "o", "out", "output `directory`; refused when it holds anything that this job did not write")
	fs.BoolVar(&o.overwrite, "overwrite", false, "replace what an earlier job wrote to the output directory")
	cf := addLiveFlags(fs)
	cf.addProfile()
	fs.BoolVar(&o.acceptGap, "accept-gap", false, "go on where messages of a stream are missing that were not read")
	fs.StringArrayVar(&o.retire, "retire", nil, "`source` of --state that is read no more; what it brought counts")
	fs.BoolVarP(&o.quiet, "quiet", "q", false, "only warnings and errors")
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, warnings, err := cf.load()
		if err != nil {
			return err
		}
		if done, err := cf.printed(cfg, s.out); done {
			return err
		}
		if o.out == "" || cfg.State == "" {
			return usagef("--out and --state must not be empty: name directories")
		}
		v := &serve{streams: s, options: o, cfg: cfg}
		return v.run(c.Context(), warnings)
	}
	return c
}

// serve is one run of the command.
type serve struct {
	streams
	options serveOptions
	cfg     *config.Config
	log     *slog.Logger

	state   *state
	builder *builder
	job     *job
	bus     *bus.Bus // nil: nothing of NATS is wanted
	intakes []intake
	watch   *watch
}

func (s *serve) run(ctx context.Context, warnings []string) (err error) {
	s.log = newLogger(progress.NewOutput(s.err), s.options.quiet)
	for _, w := range warnings {
		s.log.Warn(w)
	}
	if s.state, err = openLiveState(s.cfg, s.options.out); err != nil {
		return err
	}
	defer func() { s.state.close(err) }()
	if err := s.prepare(); err != nil {
		return err
	}
	if s.bus, err = s.connect(ctx); err != nil {
		return stoppedEarly(ctx, err)
	}
	defer s.bus.Close()
	if err := s.open(); err != nil {
		return err
	}
	return s.write(ctx)
}

// prepare compiles what has to be kept and computed.
func (s *serve) prepare() (err error) {
	if s.builder, err = newBuilder(s.cfg, time.Now()); err != nil {
		return err
	}
	settings, err := s.cfg.Answer()
	if err != nil {
		return usage(err)
	}
	s.job = &job{settings: settings}
	if err := s.builder.compile(s.job); err != nil {
		return usage(err)
	}
	for _, n := range s.job.notes {
		s.log.Warn(n)
	}
	spare()
	return s.state.admit(s.job, false)
}

// spare has Go use more threads than there are cores. Where all cores are busy with
// records, Go would let who asks over HTTP wait for its own turns, some 10 ms; the
// system lets what has slept go first.
func spare() {
	const threads = 2
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + threads)
	}
}

// stoppedEarly is the outcome of a job that a signal ended before it began.
func stoppedEarly(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

// write runs the job into the output directory.
func (s *serve) write(ctx context.Context) error {
	name, err := s.state.job()
	if err != nil {
		return err
	}
	s.watch = newWatch(s)
	server, err := s.listen()
	if err != nil {
		return errors.Join(err, s.closeIntakes())
	}
	defer server.stop()
	out := &outDir{path: s.options.out, id: jobID{Configuration: s.job.hash, Job: name}}
	defer out.release()
	if err := s.start(ctx, out); err != nil {
		return errors.Join(err, s.job.close(), s.closeIntakes())
	}
	return s.fill(ctx, out, server)
}

// enter takes the output directory.
func (s *serve) enter(out *outDir) error {
	if !s.state.goesOn() {
		return out.claim(s.options.overwrite)
	}
	if s.options.overwrite {
		s.log.Warn("--overwrite has no effect: the job goes on from its state", "state", s.cfg.State)
	}
	return out.rejoin(s.cfg.State, false)
}

// fill runs the engine until a signal comes.
func (s *serve) fill(ctx context.Context, out *outDir, server *server) error {
	result, err := s.runEngine(ctx)
	server.failed(err)
	if failed := s.job.close(); err == nil || errors.Is(err, engine.ErrStopped) && failed != nil {
		err = failed
	}
	if !errors.Is(err, engine.ErrStopped) {
		return err
	}
	if result == nil {
		s.log.Info("stopped before it had taken up its state", "state", s.cfg.State)
		return nil
	}
	s.log.Info("stopped", "read", result.Ledger.Read, "rows", result.FeatureRows, "state", s.cfg.State)
	k := keeper{hash: s.job.hash}
	text, err := k.describe(result)
	if err != nil {
		return err
	}
	return out.finish(text, true)
}

// start makes the sinks and the engine, and takes the output directory.
func (s *serve) start(ctx context.Context, out *outDir) error {
	s.hear()
	if err := s.job.openSinks(out.path); err != nil {
		return err
	}
	if err := s.openOutlets(ctx, out.id.Job); err != nil {
		return err
	}
	if err := s.keep(ctx, out); err != nil {
		return err
	}
	if err := s.job.start(); err != nil {
		return err
	}
	if err := s.enter(out); err != nil {
		return err
	}
	s.tell(out)
	s.watch.begin(s.job.engine)
	return nil
}

// tell tells what begins.
func (s *serve) tell(out *outDir) {
	what := []any{"sources", len(s.intakes), "workers", s.job.config.Workers, "out", out.path, "state", s.cfg.State}
	if s.state.goesOn() {
		what = append(what, "from", s.state.describe())
	}
	s.log.Info("start", what...)
}

// hear tells of trouble with the receiver of alerts.
func (s *serve) hear() {
	if s.job.webhook != nil {
		s.job.webhook.Log = s.warn
	}
}

// runEngine runs the engine, which ends with a checkpoint when ctx does, and what goes
// along with it.
func (s *serve) runEngine(ctx context.Context) (*engine.Summary, error) {
	beside, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	if s.bus != nil && s.bus.Own() {
		s.watch.trimmer = &trimmer{serve: s, due: make(chan struct{}, 1)}
		done.Go(func() { s.watch.trimmer.run(beside) })
	}
	result, err := s.job.engine.Run(context.WithoutCancel(ctx))
	cancel()
	done.Wait()
	return result, err
}

// known reports whether the checkpoint has a source.
func (s *serve) known(name string) bool {
	return s.state.goesOn() && slices.ContainsFunc(s.state.then.Sources, func(src checkpoint.SourceState) bool { return src.Name == name })
}

// retired reports whether a source of the checkpoint is read no more.
func (s *serve) retired(name string) bool { return slices.Contains(s.options.retire, name) }
