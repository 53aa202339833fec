package main

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/web"
	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/checkpoint"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/hygiene"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/source/spool"
	"github.com/cdrstream/cdrstream/sinks/metrics"
)

// watch is what the HTTP server knows of a job.
type watch struct {
	serve   *serve
	metrics *metrics.Metrics
	started time.Time
	outlets []outlet // set before the job begins
	trimmer *trimmer // nil: there is nothing to trim

	job     atomic.Pointer[engine.Engine] // nil before it is there
	reading atomic.Bool
	failure atomic.Pointer[error]
	dead    atomic.Int64 // checkpoints that failed

	numbers *numbering.Normalizer
	rows    *feature.JSON
}

func newWatch(s *serve) *watch {
	w := &watch{serve: s, started: time.Now()}
	w.metrics = metrics.New(w.snapshot)
	return w
}

// begin tells that the job is there.
func (w *watch) begin(e *engine.Engine) {
	w.rows = feature.NewJSON(w.serve.job.config.Plan.Schema)
	w.job.Store(e)
}

// engine is what the engine tells it.
func (w *watch) engine() engine.Watch {
	return engine.Watch{
		Reading: func() { w.reading.Store(true) },
		Idle: func(source string, idle bool) {
			if idle {
				w.serve.log.Info("the source is idle, the others do not wait for it", "source", source)
				return
			}
			w.serve.log.Info("the source has records again", "source", source)
		},
		Warning: func(warning hygiene.Warning) {
			w.serve.log.Warn(warning.Text, "source", warning.Source, "code", warning.Code)
		},
		Committed: func(c engine.Commit) {
			w.metrics.ObserveCheckpoint(c.Saved)
			w.metrics.ObservePublish(c.Took - c.Saved)
			w.trimmer.wake()
		},
	}
}

// failed takes how the job ended.
func (w *watch) failed(err error) {
	w.reading.Store(false)
	if err != nil && !errors.Is(err, engine.ErrStopped) {
		w.dead.Add(1)
		w.failure.Store(&err)
	}
}

// condition is why the job has failed, nil if it has not.
func (w *watch) condition() error {
	if err := w.failure.Load(); err != nil {
		return *err
	}
	return nil
}

// unready is why the job does not read, nil if it does.
func (w *watch) unready() error {
	switch {
	case w.reading.Load():
		return nil
	case w.condition() != nil:
		return w.condition()
	}
	return errors.New("the job is taking up its state, or stopping")
}

// look returns what is known of a subscriber, as JSON.
func (w *watch) look(ctx context.Context, number string) ([]byte, error) {
	e := w.job.Load()
	if e == nil {
		return nil, web.ErrNotReady
	}
	answer := web.ErrMalformed
	for _, who := range w.keys(number) {
		f, err := e.Look(ctx, who)
		switch {
		case err == nil:
			return append(w.rows.AppendRow(nil, f, 0), '\n'), nil
		case errors.Is(err, engine.ErrEnded):
			return nil, web.ErrNotReady
		case !errors.Is(err, engine.ErrUnknown):
			return nil, err
		}
		answer = web.ErrNotFound
	}
	return nil, answer
}

// keys are those that a number which somebody asks for may have: as it stands in the
// output, or else as a switch may write it.
func (w *watch) keys(number string) (all []cdr.Number) {
	text := []byte(number)
	written := cdr.Digits(text)
	if digits, ok := strings.CutPrefix(number, "imsi:"); ok {
		written = cdr.IMSI([]byte(digits))
	}
	if written != 0 {
		all = append(all, written)
	}
	if key, _, _ := w.numbers.Party(nil, text, false); key != 0 && key != written {
		all = append(all, key)
	}
	return all
}

// snapshot is what metrics tell.
func (w *watch) snapshot() metrics.Snapshot {
	c := &w.serve.job.config
	m := metrics.Snapshot{
		Version: version(), Started: w.started, Workers: c.Workers, WaitingLimit: int64(c.MaxBuffer),
		Frontier: metrics.Unknown, Watermark: metrics.Unknown, Alerts: map[string]int64{},
	}
	if c.Rules != nil {
		for _, r := range c.Rules.Rules {
			m.Alerts[r.ID] = 0
		}
	}
	if t := w.serve.state.then; t != nil {
		w.before(&m, t)
	}
	if e := w.job.Load(); e != nil {
		w.stats(&m, e.Stats())
		for _, o := range w.outlets {
			m.Outboxes = append(m.Outboxes, o())
		}
	}
	m.Checkpoint.Failures = w.dead.Load()
	return m
}

// before adds what an earlier process left: what counts may not begin again at 0 while
// the job takes up its state.
func (w *watch) before(m *metrics.Snapshot, t *checkpoint.Manifest) {
	m.Checkpoint.Epoch, m.Checkpoint.Committed = t.Epoch, t.Written
	m.Rows, m.Subscribers, m.Storms = t.Rows, t.Subscribers, t.Storms
	for rule, n := range t.Alerts {
		m.Alerts[rule] = n
	}
}

// stats adds what the engine tells.
func (w *watch) stats(m *metrics.Snapshot, s engine.Stats) {
	m.Frontier, m.Watermark, m.Waiting = s.Frontier, s.Watermark, int64(s.Waiting)
	m.Subscribers, m.StateBytes, m.Rows = s.Subscribers, s.StateBytes, s.Rows
	m.Storms, m.BackPressure = s.Alerts.Storms, s.BackPressure
	for rule, n := range s.Alerts.Firing {
		m.Alerts[rule] = n
	}
	if s.Commit.Epoch > 0 {
		m.Checkpoint = metrics.Checkpoint{Epoch: s.Commit.Epoch, Committed: s.Commit.At, Took: s.Commit.Saved, Bytes: s.Commit.Bytes}
	}
	for i := range s.Sources {
		x := &s.Sources[i]
		l := x.Ledger
		m.Sources = append(m.Sources, metrics.Source{
			Notes: x.Notes.ByName(true), Types: x.Types, Warnings: warnings(x.Warnings), MissingFiles: x.MissingFiles, Silent: x.Silent,
			Name: x.Name, Kind: w.kind(x.Name),
			Read: l.Read, Accepted: l.Accepted, Duplicate: l.Duplicate, Late: l.Late, Rejected: l.Rejected, Filtered: l.Filtered, Buffered: l.Buffered,
			Bytes: x.Bytes, Lag: x.Lag.Waiting, Headroom: x.Lag.Headroom, Mark: x.Mark, Idle: x.Idle, Idled: x.Idled, Quarantined: w.quarantined(x.Name),
		})
	}
}

// warnings are counts by code, of every code.
func warnings(made map[hygiene.Code]int64) map[string]int64 {
	all := map[string]int64{}
	for _, c := range hygiene.Codes() {
		all[string(c)] = made[c]
	}
	return all
}

// quarantined is how many files of a source could not be read, -1 if it has none.
func (w *watch) quarantined(name string) int64 {
	for _, f := range w.serve.intakes {
		if s, ok := f.live.(*spool.Spool); ok && s.Name() == name {
			return s.Stats().Quarantined
		}
	}
	return -1
}

// kind is what a source is.
func (w *watch) kind(name string) string {
	for _, f := range w.serve.intakes {
		if f.live.Name() == name {
			return f.kind
		}
	}
	return "retired"
}
