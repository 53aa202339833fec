package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/cdrstream/cdrstream/engine/checkpoint"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/shard"
)

// begin puts the job where an earlier process left it, or at its beginning. A stop
// ends that too: what it does may be done again.
func (e *Engine) begin(ctx context.Context) error {
	until, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-e.config.Stop:
			cancel()
		case <-until.Done():
		}
	}()
	err := e.takeUp(until)
	if errors.Is(err, context.Canceled) && ctx.Err() == nil {
		return ErrStopped
	}
	return err
}

// takeUp loads the last checkpoint, if there is one, has the sinks publish what
// belongs to it, and looks at the inputs that are new.
func (e *Engine) takeUp(ctx context.Context) error {
	var m *checkpoint.Manifest
	if k := e.config.Checkpoints; k != nil {
		m = k.Store.Manifest()
	}
	switch {
	case m == nil:
		m = &checkpoint.Manifest{}
	case m.State == checkpoint.StateFinished:
	default:
		if err := e.load(ctx, m); err != nil {
			return err
		}
	}
	if e.config.Checkpoints != nil {
		for _, o := range e.outputs() {
			if err := o.Recover(ctx, m.Epoch, m.Staged[o.name]); err != nil {
				return err
			}
		}
	}
	if m.State == checkpoint.StateFinished {
		return ErrFinished
	}
	if err := e.survey(ctx, len(m.Sources)); err != nil || !e.live() {
		return err
	}
	return e.attach(ctx)
}

// follow counts on from an earlier process.
func (e *Engine) follow(m *checkpoint.Manifest) {
	e.epoch, e.before = m.Epoch, before{rows: m.Rows, seconds: m.ElapsedSeconds}
	e.muster.resume(m.Epoch, AlertCounts{Firing: m.Alerts, Storms: m.Storms})
	e.watch.stats.Subscribers = m.Subscribers
}

// load takes over the state of an earlier process.
func (e *Engine) load(ctx context.Context, m *checkpoint.Manifest) error {
	if len(m.Sources) > len(e.inputs) {
		return fmt.Errorf("engine: the checkpoint has %d sources, the job %d inputs", len(m.Sources), len(e.inputs))
	}
	waiting, err := e.config.Checkpoints.Store.Order()
	if err != nil {
		return err
	}
	if err := e.buffer.LoadState(waiting); err != nil {
		return fmt.Errorf("the reorder buffer of epoch %d: %w", m.Epoch, err)
	}
	for i := range m.Sources {
		if err := e.inputs[i].restore(&m.Sources[i], e.buffer); err != nil {
			return err
		}
		e.accounts.all[i].restore(&m.Sources[i])
		e.accounts.all[i].Ledger.Filtered -= e.buffer.Counts(i).Open // which counts them itself
	}
	return e.loadShards(ctx, m)
}

// loadShards loads the state of all shards at the same time.
func (e *Engine) loadShards(ctx context.Context, m *checkpoint.Manifest) error {
	g, ctx := newGroup(ctx)
	for _, w := range e.workers {
		g.start(func() error { return e.loadShard(ctx, w.shard, m) })
	}
	return g.wait()
}

func (e *Engine) loadShard(ctx context.Context, s *shard.Shard, m *checkpoint.Manifest) error {
	s.Restore(shardClock(m), m.Epoch)
	mine := func(_ checkpoint.Kind, partition uint8) bool { return s.OwnsPartition(partition) }
	err := e.config.Checkpoints.Store.Blocks(mine, func(b checkpoint.Block) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return s.Load(shardBlock(b))
	})
	if err != nil {
		return err
	}
	return s.Loaded()
}

// restore puts the input where it was.
func (in *input) restore(s *checkpoint.SourceState, b *order.Buffer) error {
	if sources := b.Sources(); in.number >= len(sources) || sources[in.number].Name != s.Name {
		return fmt.Errorf("engine: source %d of the checkpoint, %s, is not in its reorder buffer", in.number, s.Name)
	}
	b.Rename(in.number, in.Name)
	in.judged.Store(int64(b.Mark(in.number)))
	in.bookmark = s.Bookmark
	switch {
	case in.Retired:
		in.ended = true
		b.Finish(in.number)
	case in.Done && !s.Done:
		return fmt.Errorf("engine: source %s of the checkpoint was not read to its end, and the job does not read it", s.Name)
	case in.Done:
		in.ended = true
	case s.Done:
		b.Reopen(in.number)
		in.resume = true
	default:
		in.resume = s.Bookmark.Evidence != ""
	}
	return nil
}

// before is what earlier processes did for the job.
type before struct {
	rows    int64
	seconds float64
}
