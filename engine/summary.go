package engine

import (
	"sync/atomic"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/checkpoint"
	"github.com/cdrstream/cdrstream/engine/hygiene"
	"github.com/cdrstream/cdrstream/engine/order"
)

// Ledger accounts for every record. It is what a checkpoint keeps.
type Ledger = checkpoint.Ledger

// SourceSummary is the ledger of one source.
type SourceSummary struct {
	Name string `json:"name"`
	Ledger
	MaxDisorderSeconds float64 `json:"max_disorder_seconds"` // the lateness that would have been enough
	OpenCalls          int64   `json:"open_calls,omitempty"` // answers without an end, ends without an answer: filtered
}

// EventTime is the span of the records that were not late; null without any.
type EventTime struct {
	First *time.Time `json:"first"`
	Last  *time.Time `json:"last"`
}

// Summary is what became of a job.
type Summary struct {
	Ledger           Ledger           `json:"ledger"`
	Sources          []SourceSummary  `json:"sources"`
	ElapsedSeconds   float64          `json:"elapsed_seconds"`
	RecordsPerSecond float64          `json:"records_per_second"`
	FeatureRows      int64            `json:"feature_rows"`
	Subscribers      int              `json:"subscribers"` // in state at the end
	StateBytes       int              `json:"state_bytes"`
	Alerts           map[string]int64 `json:"alerts"` // that began to fire or rose, by rule
	Storms           int64            `json:"storms"` // rules that would have fired for too many at one boundary
	EventTime        EventTime        `json:"event_time"`
	OpenCalls        int64            `json:"open_calls"` // of all sources
	Hygiene          *hygiene.Report  `json:"hygiene"`
	// LongestPauseSeconds is the longest time for which a checkpoint kept a shard
	// from folding; 0 without checkpoints.
	LongestPauseSeconds float64 `json:"longest_pause_seconds"`
}

// counts is what the engine itself counts; the buffer counts the rest.
type counts struct {
	rows    atomic.Int64
	records atomic.Int64
	time    atomic.Int64
}

// Progress is how far a running job has come.
type Progress struct {
	Records   int64
	Rows      int64
	EventTime time.Time // the frontier; zero before it is known
}

// Progress may be called by any goroutine while Run is running.
func (e *Engine) Progress() Progress {
	p := Progress{Records: e.counts.records.Load(), Rows: e.counts.rows.Load()}
	if t := cdr.Millis(e.counts.time.Load()); t != 0 && t != order.Never && t != order.End {
		p.EventTime = time.UnixMilli(int64(t)).UTC()
	}
	return p
}

func (e *Engine) summary() *Summary {
	s := &Summary{FeatureRows: e.before.rows + e.counts.rows.Load(), ElapsedSeconds: e.elapsed(), Sources: e.ledgers()}
	n := e.muster.counted()
	s.Alerts, s.Storms = n.Firing, n.Storms
	first, last := order.Never, order.Never
	for i := range s.Sources {
		s.Ledger.Add(s.Sources[i].Ledger)
		b := e.buffer.Counts(i)
		if b.First != order.Never && (first == order.Never || b.First < first) {
			first = b.First
		}
		last = max(last, b.Last)
		s.OpenCalls += b.Open
	}
	s.EventTime = EventTime{instant(first), instant(last)}
	s.Hygiene = e.report(s.Sources)
	for _, w := range e.workers {
		st := w.shard.Stats()
		s.Subscribers += st.Subscribers
		s.StateBytes += st.Bytes
		s.LongestPauseSeconds = max(s.LongestPauseSeconds, w.pause.Seconds())
	}
	if s.ElapsedSeconds > 0 {
		s.RecordsPerSecond = float64(s.Ledger.Read) / s.ElapsedSeconds
	}
	return s
}

// ledgers accounts for the records of each source.
func (e *Engine) ledgers() (all []SourceSummary) {
	for i, in := range e.inputs {
		n, b := &e.accounts.all[i].Ledger, e.buffer.Counts(i)
		all = append(all, SourceSummary{
			Name: in.Name, MaxDisorderSeconds: float64(b.MaxDisorder) / 1000,
			Ledger: Ledger{
				Read: n.Read, Rejected: n.Rejected, Filtered: n.Filtered + b.Open,
				Accepted: b.Accepted, Duplicate: b.Duplicate, Late: b.Late, Buffered: b.Buffered,
			},
			OpenCalls: b.Open,
		})
	}
	return all
}

// elapsed is how long the job has been at work, in seconds, earlier processes
// included.
func (e *Engine) elapsed() float64 { return e.before.seconds + time.Since(e.started).Seconds() }

func instant(t cdr.Millis) *time.Time {
	if t == order.Never {
		return nil
	}
	at := time.UnixMilli(int64(t)).UTC()
	return &at
}
