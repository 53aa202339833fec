package engine

import (
	"context"
	"math"
	"sync/atomic"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/checkpoint"
	"github.com/cdrstream/cdrstream/engine/hygiene"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/shard"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/window"
)

// barrier ends an epoch. The reader raises it between two blocks; it passes
// through the data path in place of a block, and each stage leaves in it what its
// state was then. The one after it is raised when its epoch is committed.
type barrier struct {
	epoch uint64
	last  bool // nothing comes after it
	over  bool // because all inputs have ended
	final bool // and none will come: there is no state to keep

	state *checkpoint.Epoch // where state is written; nil without checkpoints
	full  bool              // of all subscribers, not only of those that changed

	// From the reader.
	at    []source.Bookmark // of each input
	done  []bool
	ended [][]source.Part // of each live input

	// From the order.
	ledgers  []SourceSummary
	accounts []checkpoint.SourceState // nothing but the accounts
	files    []hygiene.File           // for the register
	frontier cdr.Millis
	order    []byte

	// From the shards.
	clock       shard.Clock // the same in all
	oldest      window.Day  // likewise: days before it are no longer needed
	rows        atomic.Int64
	subscribers atomic.Int64
	bytes       atomic.Int64  // of state in memory, of live jobs
	waiting     atomic.Int32  // shards that have not saved everything
	saved       chan struct{} // closed when all have

	raised time.Time
	took   time.Duration // until all had saved; known when committed
	kept   time.Duration // until the manifest was durable

	committed chan struct{} // closed when the epoch is
}

// arrived tells that one shard has saved everything.
func (b *barrier) arrived() {
	if b.waiting.Add(-1) == 0 {
		close(b.saved)
	}
}

// fill makes c the next block, or a barrier where one is due; last tells that
// nothing comes after it.
func (e *Engine) fill(ctx context.Context, c *chunk) (last bool, err error) {
	if e.live() {
		return e.fillLive(ctx, c)
	}
	c.reset()
	in := e.furthestBehind()
	switch {
	case in == nil || e.stopped():
		return true, e.raise(ctx, c, true, in == nil)
	case e.due():
		return false, e.raise(ctx, c, false, false)
	}
	return false, in.read(ctx, c)
}

// stopped reports whether the job has been told to stop.
func (e *Engine) stopped() bool {
	select {
	case <-e.config.Stop:
		return true
	default:
		return false
	}
}

// due reports whether it is time for a barrier, and the one before is done with.
func (e *Engine) due() bool {
	k := e.config.Checkpoints
	if k == nil {
		return false
	}
	if e.barrier != nil {
		select {
		case <-e.barrier.committed:
			e.pace.took, e.barrier = e.barrier.took, nil
		default:
			return false
		}
	}
	if !e.pace.waited.IsZero() || k.Due() {
		return !e.pace.waits(cdr.Millis(e.counts.time.Load()), time.Now())
	}
	return false
}

// raise makes c a barrier.
func (e *Engine) raise(ctx context.Context, c *chunk, last, ended bool) error {
	if e.barrier != nil {
		if _, err := receive(ctx, e.barrier.committed); err != nil {
			return err
		}
	}
	e.epoch++
	b := &barrier{
		epoch: e.epoch, last: last, over: ended, final: ended && !e.config.KeepOpen,
		raised: time.Now(), saved: make(chan struct{}), committed: make(chan struct{}),
	}
	b.waiting.Store(int32(len(e.workers)))
	if err := e.locate(b); err != nil {
		return err
	}
	e.end(b)
	if err := e.beginState(b); err != nil {
		return err
	}
	e.barrier, c.barrier = b, b
	e.pace.raised(cdr.Millis(e.counts.time.Load()), b.raised)
	return send(ctx, e.barriers, b)
}

// beginState makes b keep state, if the job does.
func (e *Engine) beginState(b *barrier) (err error) {
	k, writers := e.config.Checkpoints, len(e.workers)
	if k == nil {
		return nil
	}
	if b.final {
		writers = 0
	}
	b.full = b.final || k.Store.WantBase()
	b.oldest = math.MaxInt32 // of a final one nothing is needed
	b.state, err = k.Store.Begin(b.epoch, b.full, writers)
	return err
}

// locate notes where each input stands.
func (e *Engine) locate(b *barrier) error {
	b.at, b.done = make([]source.Bookmark, len(e.inputs)), make([]bool, len(e.inputs))
	for i, in := range e.inputs {
		b.done[i] = in.ended
		if e.config.Checkpoints == nil {
			continue
		}
		if err := in.mark(); err != nil {
			return err
		}
		b.at[i] = in.bookmark
		if in.live != nil {
			in.live.saved = in.bookmark.Evidence
		}
	}
	return nil
}

// pass leaves in the barrier where the order stands and hands it on.
func (e *Engine) pass(ctx context.Context, c *chunk) error {
	b := c.barrier
	e.free <- c
	if b.final && e.buffer.Frontier() != order.End { // what an earlier process left open
		if err := e.release(ctx); err != nil {
			return err
		}
		if e.buffer.Frontier() != order.End {
			panic("engine: the job is to be finished, but a source is not")
		}
	}
	b.ledgers, b.frontier = e.ledgers(), e.buffer.Frontier()
	e.list(b)
	b.accounts = e.accounts.states()
	if b.state != nil && !b.final {
		e.waiting = e.buffer.AppendState(e.waiting[:0]) // the barrier before is done with it
		b.order = e.waiting
	}
	for _, a := range []Aside{e.config.Rejects, e.config.Late} {
		if err := a.Cut(b.epoch); err != nil {
			return err
		}
	}
	return e.deal(ctx, step{barrier: b})
}
