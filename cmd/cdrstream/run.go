package main

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/progress"
	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/hygiene"
	"github.com/cdrstream/cdrstream/sinks/webhook"
)

// replay is one run of the command.
type replay struct {
	streams
	options replayOptions
	cfg     *config.Config

	copies map[string]string // what duplicates are duplicates of

	progress *progress.Output
	log      *slog.Logger
}

func (r *replay) run(ctx context.Context, args, warnings []string) (err error) {
	r.progress = progress.NewOutput(r.err)
	r.log = newLogger(r.progress, r.options.quiet)
	for _, w := range warnings {
		r.log.Warn(w)
	}
	if slices.Contains(args, "") {
		return usagef("an input has no name: name a file, a directory, a glob, or - for standard input")
	}
	state, err := openState(r.cfg, r.options.out)
	if err != nil {
		return err
	}
	defer func() { state.close(err) }()
	openings, repeats, err := r.find(args, state)
	if err != nil {
		return err
	}
	b, err := newBuilder(r.cfg, time.Now())
	if err != nil {
		return err
	}
	state.latest(b)
	b.keepOpen = r.options.keepOpen
	j, err := b.job(ctx, openings)
	if err != nil {
		return err
	}
	for _, n := range j.notes {
		r.log.Warn(n)
	}
	if err := state.admit(j, r.options.keepOpen); err != nil {
		return err
	}
	for _, p := range j.empty {
		r.log.Warn("empty file", "file", p)
	}
	return r.write(ctx, j, state, repeats)
}

// find finds the files to read, and those that hold what others hold.
func (r *replay) find(args []string, state *state) (openings []opening, repeats []string, err error) {
	if state.finished() {
		openings, err = state.openings(nil) // whatever became of the files
		return openings, nil, err
	}
	paths, repeats, err := state.find(args)
	if err != nil {
		return nil, nil, usage(err)
	}
	paths = outside(paths, r.options.out, state.path)
	if len(paths) == 0 && !state.goesOn() {
		return nil, nil, usagef("no input: all files lie in --out or --state, which are not read")
	}
	paths, copies, err := r.options.distinct(paths, state.known())
	if err != nil {
		return nil, nil, err
	}
	r.copies = map[string]string{}
	for _, c := range copies {
		repeats = append(repeats, c.Path)
		r.copies[c.Path] = c.Of
	}
	for _, p := range repeats {
		r.log.Warn("duplicate file, not read", "file", p)
	}
	if openings, err = state.openings(paths); err != nil {
		return nil, nil, err
	}
	for _, o := range openings {
		if o.from == nil && state.source(o.path) != nil && !readOnce(o.path) {
			r.log.Warn("the file is not what it was when it was read: it is read as a new one", "file", o.path)
		}
	}
	return openings, state.copies(repeats), nil
}

// write runs the job into the output directory.
func (r *replay) write(ctx context.Context, j *job, state *state, repeats []string) error {
	name, err := state.job()
	if err != nil {
		return err
	}
	out := &outDir{path: r.options.out, id: jobID{Configuration: j.hash, Inputs: j.paths(), Job: name}}
	defer out.release()
	if err := r.enter(out, state); err != nil {
		return err
	}
	var s *engine.Summary
	if state.finished() && out.lock == nil { // what it wrote was moved away; what is there now is not its own
		if s, err = r.again(out, state); err == nil {
			err = r.sendRest(ctx, j, out, state)
		}
	} else {
		s, err = r.fill(ctx, j, out, state, repeats)
	}
	if err != nil {
		if state.store == nil {
			out.abandon()
		}
		return err
	}
	r.tell(s)
	return checkLimits(s, time.Duration(r.cfg.Lateness), r.cfg.MaxRejects, r.cfg.MaxLate)
}

// enter takes the output directory.
func (r *replay) enter(out *outDir, state *state) error {
	if !state.goesOn() {
		return out.claim(r.options.overwrite)
	}
	if r.options.overwrite {
		r.log.Warn("--overwrite has no effect: the job goes on from its state", "state", state.path)
	}
	return out.rejoin(state.path, state.finished())
}

// fill writes everything into the output directory, the summary last.
func (r *replay) fill(ctx context.Context, j *job, out *outDir, state *state, repeats []string) (*engine.Summary, error) {
	k, err := r.keep(ctx, j, out, state, repeats)
	if err != nil {
		return nil, err
	}
	if state.store != nil {
		ctx = context.WithoutCancel(ctx) // a signal is for a last checkpoint
	}
	r.hear(j)
	j.unread, j.copies = unread(repeats, j.empty), r.copies
	if err := j.open(out.path); err != nil {
		return nil, err
	}
	stop := r.show(j)
	result, err := j.engine.Run(ctx)
	stop()
	if failed := j.close(); err == nil {
		err = failed // what a sink says when it closes after a failure is known
	}
	if errors.Is(err, engine.ErrFinished) {
		return r.again(out, state)
	}
	if err != nil {
		return nil, err
	}
	r.warn(result.Hygiene)
	text, err := k.described, error(nil) // what a finished job's state says too
	if text == nil {
		text, err = k.describe(result)
	}
	if err != nil {
		return nil, err
	}
	return result, out.finish(text, r.options.keepOpen)
}

// mostWarnings is how many warnings about files are logged; the summary has more.
const mostWarnings = 20

// warn tells what is odd about the files.
func (r *replay) warn(h *hygiene.Report) {
	all := int64(0)
	for _, n := range h.Counts {
		all += n
	}
	for _, w := range h.Warnings[:min(len(h.Warnings), mostWarnings)] {
		r.log.Warn(w.Text, "file", w.Source, "code", w.Code)
	}
	if left := all - mostWarnings; left > 0 {
		r.log.Warn("more warnings about files: see hygiene in summary.json, and files.parquet", "left", left)
	}
}

// hear tells of trouble with the receiver of alerts.
func (r *replay) hear(j *job) {
	if j.webhook != nil {
		j.webhook.Log = func(m string) { r.log.Warn(m) }
	}
}

// sendRest posts the alerts that still waited for it when the job was finished, if
// the output is where it was.
func (r *replay) sendRest(ctx context.Context, j *job, out *outDir, state *state) error {
	left, err := os.ReadDir(filepath.Join(out.path, webhookDir, "outbox"))
	if j.webhook == nil || err != nil || len(left) == 0 {
		return nil
	}
	_, text, err := state.summary()
	if err != nil {
		return err
	}
	mine, err := out.revisit(text)
	if err != nil || !mine {
		return err
	}
	r.hear(j)
	hook, err := webhook.New(filepath.Join(out.path, webhookDir), *j.webhook)
	if err != nil {
		return err
	}
	err = hook.Recover(ctx, state.then.Epoch, nil)
	return errors.Join(err, hook.Close(), out.leave())
}

// keeper makes the summary of a job.
type keeper struct {
	repeats   []string
	hash      string
	described []byte // as the last checkpoint has it
}

func (k *keeper) describe(s *engine.Summary) ([]byte, error) {
	all := summary{Summary: s, DuplicateFiles: k.repeats, ConfigurationHash: k.hash, Version: version()}
	return all.json()
}

// keep makes the job one with checkpoints, if it has a state directory.
func (r *replay) keep(ctx context.Context, j *job, out *outDir, state *state, repeats []string) (*keeper, error) {
	k := &keeper{repeats: repeats, hash: j.hash}
	what := []any{"files", len(j.inputs), "workers", j.config.Workers, "out", out.path}
	if state.store != nil {
		what = append(what, "state", state.path)
	}
	if state.goesOn() {
		what = append(what, "from", state.describe())
	}
	r.log.Info("start", what...)
	if state.store == nil {
		return k, nil
	}
	absolute, err := filepath.Abs(out.path)
	if err != nil {
		return nil, err
	}
	j.config.Stop, j.config.KeepOpen = ctx.Done(), r.options.keepOpen
	j.config.Checkpoints = &engine.Checkpoints{
		Store: state.store, Job: out.id.Job, Engine: version(), Due: every(time.Duration(r.cfg.CheckpointEvery)),
		Settings: checkpointSettings(j.settings), Latest: j.latest, Out: absolute, Copies: repeats,
		Describe: func(s *engine.Summary) (text []byte, err error) {
			k.described, err = k.describe(s)
			return k.described, err
		},
	}
	return k, nil
}

// every reports true each time that so long has passed.
func every(d time.Duration) func() bool {
	next := time.Now().Add(d)
	return func() bool {
		now := time.Now()
		if now.Before(next) {
			return false
		}
		next = now.Add(d)
		return true
	}
}

// again shows the summary of a job that an earlier process finished. It is
// written here too, for that process may not have come to it.
func (r *replay) again(out *outDir, state *state) (*engine.Summary, error) {
	s, text, err := state.summary()
	if err != nil {
		return nil, err
	}
	r.log.Info("finished before", "state", state.path, "out", out.path)
	if out.lock != nil {
		if err := out.finish(text, false); err != nil {
			return nil, err
		}
	}
	_, err = r.out.Write(text)
	return s, err
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
	l, alerts := s.Ledger, s.Storms
	for _, n := range s.Alerts {
		alerts += n
	}
	r.log.Info("done", "out", r.options.out, "read", l.Read, "accepted", l.Accepted, "duplicate", l.Duplicate, "late", l.Late,
		"rejected", l.Rejected, "filtered", l.Filtered, "rows", s.FeatureRows, "alerts", alerts, "subscribers", s.Subscribers,
		"seconds", math.Round(s.ElapsedSeconds*100)/100, "records_per_second", int64(s.RecordsPerSecond))
}
