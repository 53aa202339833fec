package engine

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/hygiene"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/source"
)

// Watch is what a job tells while it runs. Functions may be nil; none may block.
type Watch struct {
	Reading   func()                         // the job has taken up where it was, and begins to read
	Idle      func(source string, idle bool) // a source fell idle, so that the others do not wait for it, or has records again
	Committed func(Commit)                   // an epoch is committed
	Warning   func(hygiene.Warning)          // something is odd about a file of a live source, or about the source
}

func (w *Watch) reading() {
	if w.Reading != nil {
		w.Reading()
	}
}

func (w *Watch) idle(source string, idle bool) {
	if w.Idle != nil {
		w.Idle(source, idle)
	}
}

func (w *Watch) warning(warning hygiene.Warning) {
	if w.Warning != nil {
		w.Warning(warning)
	}
}

func (w *Watch) committed(c Commit) {
	if w.Committed != nil {
		w.Committed(c)
	}
}

// Commit is an epoch that was committed.
type Commit struct {
	Epoch uint64
	At    time.Time     // when it was
	Saved time.Duration // from the barrier until all of it was durable
	Took  time.Duration // from the barrier until everything was published
	Bytes int64         // of the state on disk: all files that the epoch needs
}

// Stats is what a live job stands at. Counters go on where earlier processes of the job
// ended.
type Stats struct {
	Sources      []SourceStats
	Frontier     cdr.Millis // order.Never before it is known
	Watermark    cdr.Millis // the highest mark, likewise
	Waiting      int        // records in the reorder buffer
	Subscribers  int64      // in state, as of the last epoch
	StateBytes   int64      // in memory, likewise
	Rows         int64
	Alerts       AlertCounts   // as of the last epoch
	BackPressure time.Duration // that reading has waited for the data path, of this process
	Commit       Commit        // the last one of this process
}

// SourceStats is what a source stands at.
type SourceStats struct {
	SourceSummary
	Bytes int64      // of records, read by this process
	Mark  cdr.Millis // order.Never if unknown
	Idle  bool
	Idled int64 // how often it fell idle, in this process
	Lag   source.Lag

	Notes        hygiene.Notes
	Types        map[string]int64       // records by type
	Warnings     map[hygiene.Code]int64 // about it and its files
	MissingFiles int64                  // by their sequence numbers
	Silent       bool                   // it had no record for longer than it may
}

// watched is what Stats reads while the stages go on.
type watched struct {
	Watch
	pressed atomic.Int64 // nanoseconds that reading has waited

	mu    sync.Mutex
	stats Stats
}

// Stats may be called by any goroutine while Run is running. It is kept up to date in
// live jobs only.
func (e *Engine) Stats() Stats {
	e.watch.mu.Lock()
	s := e.watch.stats
	s.Sources = append([]SourceStats(nil), s.Sources...)
	e.watch.mu.Unlock()
	s.BackPressure = time.Duration(e.watch.pressed.Load())
	s.Rows = e.before.rows + e.counts.rows.Load()
	s.Alerts = e.muster.counted()
	for i := range s.Sources {
		of, in := &s.Sources[i], e.inputs[i]
		if of.Lag = (source.Lag{Waiting: -1, Headroom: -1}); in.Live != nil { // or it is read no more
			of.Lag, of.Idled, of.Silent = in.Live.Lag(), in.live.idled.Load(), in.live.silent.Load()
		}
	}
	e.accounts.tell(s.Sources)
	return s
}

// tell adds what the accounts say to the sources.
func (a *accounts) tell(sources []SourceStats) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range sources {
		s, of := &sources[i], a.all[i]
		s.Notes, s.Types = of.Notes, maps.Clone(of.Types)
		if of.book != nil {
			s.Warnings, s.MissingFiles = maps.Clone(of.book.Warnings), of.book.Missing()
		}
	}
}

// note notes what the order stands at behind a chunk of an input, which had so many
// records and bytes.
func (e *Engine) note(in *input, records int64, bytes int) {
	e.counts.time.Store(int64(e.buffer.Frontier()))
	e.counts.records.Add(records)
	e.waitingNow.Store(int64(e.buffer.Waiting()))
	if e.live() {
		e.noteSources()
		e.watch.mu.Lock()
		e.watch.stats.Sources[in.number].Bytes += int64(bytes)
		e.watch.mu.Unlock()
	}
}

// noteSources notes what the order stands at.
func (e *Engine) noteSources() {
	ledgers := e.ledgers()
	e.watch.mu.Lock()
	defer e.watch.mu.Unlock()
	s := &e.watch.stats
	s.Frontier, s.Watermark, s.Waiting = e.buffer.Frontier(), order.Never, e.buffer.Waiting()
	for len(s.Sources) < len(ledgers) {
		s.Sources = append(s.Sources, SourceStats{})
	}
	for i, l := range ledgers {
		of := &s.Sources[i]
		of.SourceSummary, of.Mark, of.Idle = l, e.buffer.Mark(i), e.buffer.IsIdle(i)
		s.Watermark = max(s.Watermark, of.Mark)
	}
}

// noteCommitted notes an epoch, of which the state takes so many bytes on disk.
func (e *Engine) noteCommitted(b *barrier, bytes int64) {
	c := Commit{Epoch: b.epoch, At: time.Now(), Saved: b.kept, Took: time.Since(b.raised), Bytes: bytes}
	e.watch.mu.Lock()
	e.watch.stats.Commit, e.watch.stats.Subscribers, e.watch.stats.StateBytes = c, b.subscribers.Load(), b.bytes.Load()
	e.watch.mu.Unlock()
	e.watch.committed(c)
}
