package engine

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/cdrstream/cdrstream/engine/order"
)

// Engine runs one job.
type Engine struct {
	config   Config
	inputs   []*input
	buffer   *order.Buffer
	workers  []*worker
	counts   counts
	accounts accounts // of the inputs
	muster   *muster  // of the alerts
	poll     *poll    // of the shards, at boundaries
	lead     *lead    // of decoding before the shards
	started  time.Time
	before   before // what earlier processes did

	epoch   uint64   // the last one that was ended or committed
	barrier *barrier // the last one that was raised; nil: it is done with
	pace    pace     // when the next one comes
	unsaved bool     // something was dealt since; of live jobs
	waiting []byte   // memory for the state of the buffer

	called     chan struct{} // a live input has something again
	waitingNow atomic.Int64  // records in the buffer
	watch      watched

	free     chan *chunk   // chunks nobody uses
	judged   *chunk        // the last one that was, of which the buffer may look at the block
	todo     []chan *chunk // to each decoder
	decoded  []chan *chunk // from each decoder
	barriers chan *barrier // to the committer
}

// What Run returns when nothing is wrong and yet it did not read to the end.
var (
	ErrStopped  = errors.New("stopped")  // it was told to; another process can go on
	ErrFinished = errors.New("finished") // an earlier process read to the end; what it wrote is published
)

// Run reads all inputs to their end, writes the rows of every period that they
// close, and returns what became of the records. Without an error everything is
// committed; with one, what the last checkpoint tells, and the summary is nil, but for
// ErrStopped once it has begun to read. It is called once.
func (e *Engine) Run(ctx context.Context) (*Summary, error) {
	e.started = time.Now()
	defer e.close()
	if err := e.begin(ctx); err != nil {
		for _, w := range e.workers {
			close(w.gone)
		}
		return nil, err
	}
	g, ctx := newGroup(ctx)
	e.poll.done = ctx.Done()
	e.watch.reading()
	g.start(func() error { return e.read(ctx) })
	for i := range e.todo {
		g.start(func() error { return e.decode(ctx, i) })
	}
	g.start(func() error { return e.order(ctx) })
	for _, w := range e.workers {
		g.start(func() error { return w.fold(ctx) })
	}
	g.start(func() error { return e.commit(ctx) })
	if err := g.wait(); err != nil {
		return nil, err
	}
	if e.furthestBehind() != nil {
		return e.summary(), ErrStopped
	}
	return e.summary(), nil
}

// close closes what a job that failed left open; what it could tell of that
// matters no more.
func (e *Engine) close() {
	for _, in := range e.inputs {
		_ = in.close()
	}
}

// read deals blocks of whichever source is furthest behind, and barriers, to the
// decoders.
func (e *Engine) read(ctx context.Context) error {
	defer closeAll(e.todo)
	defer close(e.barriers)
	e.lead.started = time.Now()
	for i := 0; ; i++ {
		c, err := e.spare(ctx)
		if err != nil {
			return err
		}
		start := time.Now()
		last, err := e.fill(ctx, c)
		e.lead.reading.Add(int64(time.Since(start)))
		if err != nil {
			return err
		}
		if err := send(ctx, e.todo[i%len(e.todo)], c); err != nil || last {
			return err
		}
	}
}

// spare returns a chunk that nobody uses. While there is none, reading waits.
func (e *Engine) spare(ctx context.Context) (*chunk, error) {
	select {
	case c := <-e.free:
		return c, nil
	default:
	}
	start := time.Now()
	c, err := receive(ctx, e.free)
	e.watch.pressed.Add(int64(time.Since(start)))
	return c, err
}

// decode turns blocks into batches of records.
func (e *Engine) decode(ctx context.Context, i int) error {
	defer close(e.decoded[i])
	for c := range e.todo[i] {
		if c.barrier == nil && !c.idle {
			c.batch = e.buffer.Batch()
			c.decode()
		}
		if err := send(ctx, e.decoded[i], c); err != nil {
			return err
		}
	}
	return nil
}

// order takes the chunks as they were read, judges their records and hands what
// the frontier has passed to every shard.
func (e *Engine) order(ctx context.Context) error {
	defer e.closeSteps()
	for i := 0; ; i++ {
		c, ok := <-e.decoded[i%len(e.decoded)]
		if !ok {
			return ctx.Err()
		}
		pass := e.sort
		switch {
		case c.barrier != nil:
			pass = e.pass
		case c.idle:
			pass = e.rest
		}
		if err := pass(ctx, c); err != nil {
			return err
		}
	}
}

// sort hands out what the frontier has passed with the records of c.
func (e *Engine) sort(ctx context.Context, c *chunk) error {
	if err := e.judge(c); err != nil {
		return err
	}
	in, records, bytes := c.input, c.tally.Read, len(c.block.Data)
	run, err := e.buffer.Release() // it may look at the block, and so may the next one
	if e.judged != nil {
		e.free <- e.judged
	}
	e.judged = c
	if err == nil {
		err = e.hand(ctx, run)
	}
	e.note(in, records, bytes)
	return err
}

// release hands out what the frontier has passed.
func (e *Engine) release(ctx context.Context) error {
	run, err := e.buffer.Release()
	if err != nil {
		return err
	}
	return e.hand(ctx, run)
}

// hand gives every shard the run.
func (e *Engine) hand(ctx context.Context, run *order.Run) error {
	run.Start(len(e.workers))
	return e.deal(ctx, step{run: run})
}

// deal gives every shard the next step.
func (e *Engine) deal(ctx context.Context, st step) error {
	if err := e.keepLead(ctx); err != nil {
		return err
	}
	for _, w := range e.workers {
		if err := send(ctx, w.steps, st); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) closeSteps() {
	for _, w := range e.workers {
		close(w.steps)
	}
}
