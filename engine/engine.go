package engine

import (
	"context"
	"time"

	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/shard"
)

// Engine runs one job.
type Engine struct {
	config  Config
	inputs  []*input
	buffer  *order.Buffer
	shards  []*shard.Shard
	counts  counts
	started time.Time

	free    chan *chunk       // chunks nobody uses
	todo    []chan *chunk     // to each decoder
	decoded []chan *chunk     // from each decoder
	runs    []chan *order.Run // to each shard
}

// Run reads all inputs to their end, writes the rows of every period that they
// close, and returns what became of the records. Without an error everything is
// committed; with one, nothing is. It is called once.
func (e *Engine) Run(ctx context.Context) (*Summary, error) {
	e.started = time.Now()
	defer e.close()
	if err := e.survey(ctx); err != nil {
		return nil, err
	}
	g, ctx := newGroup(ctx)
	g.start(func() error { return e.read(ctx) })
	for i := range e.todo {
		g.start(func() error { return e.decode(ctx, i) })
	}
	g.start(func() error { return e.order(ctx) })
	for i, s := range e.shards {
		g.start(func() error { return e.fold(ctx, s, e.runs[i]) })
	}
	if err := g.wait(); err != nil {
		return nil, err
	}
	if err := e.commit(ctx); err != nil {
		return nil, err
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

// read fills free chunks with blocks of whichever source is furthest behind and
// deals them to the decoders.
func (e *Engine) read(ctx context.Context) error {
	defer closeAll(e.todo)
	for i := 0; ; i++ {
		in := e.furthestBehind()
		if in == nil {
			return nil
		}
		c, err := receive(ctx, e.free)
		if err != nil {
			return err
		}
		if err := in.read(ctx, c); err != nil {
			return err
		}
		if err := send(ctx, e.todo[i%len(e.todo)], c); err != nil {
			return err
		}
	}
}

// decode turns blocks into columns.
func (e *Engine) decode(ctx context.Context, i int) error {
	defer close(e.decoded[i])
	for c := range e.todo[i] {
		c.decode()
		if err := send(ctx, e.decoded[i], c); err != nil {
			return err
		}
	}
	return nil
}

// order takes the chunks as they were read, judges their records and hands what
// the frontier has passed to every shard.
func (e *Engine) order(ctx context.Context) error {
	defer closeAll(e.runs)
	for i := 0; ; i++ {
		c, ok := <-e.decoded[i%len(e.decoded)]
		if !ok {
			return ctx.Err()
		}
		if err := e.judge(c); err != nil {
			return err
		}
		run, err := e.buffer.Release()
		if err != nil {
			return err
		}
		run.OnDone = func() { e.free <- c }
		run.Start(len(e.runs))
		for _, shard := range e.runs {
			if err := send(ctx, shard, run); err != nil {
				return err
			}
		}
	}
}

// fold is the life of a shard.
func (e *Engine) fold(ctx context.Context, s *shard.Shard, runs <-chan *order.Run) error {
	for run := range runs {
		if err := s.Process(run); err != nil {
			return err
		}
		run.Done()
	}
	return ctx.Err()
}

// onlyEpoch is the epoch of all that a job writes.
const onlyEpoch = 1

// commit makes what was written durable, then visible.
func (e *Engine) commit(ctx context.Context) error {
	for _, aside := range []Aside{e.config.Rejects, e.config.Late} {
		if err := aside.Cut(onlyEpoch); err != nil {
			return err
		}
	}
	all := []Publisher{e.config.Features, e.config.Rejects, e.config.Late}
	for _, p := range all {
		if _, err := p.Prepare(ctx, onlyEpoch); err != nil {
			return err
		}
	}
	for _, p := range all {
		if err := p.Commit(ctx, onlyEpoch); err != nil {
			return err
		}
	}
	return nil
}
