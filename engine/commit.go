package engine

import (
	"context"
	"time"

	"github.com/cdrstream/cdrstream/engine/checkpoint"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/shard"
	"github.com/cdrstream/cdrstream/engine/window"
)

// output is a sink by the name that checkpoints know it by.
type output struct {
	name string
	Publisher
}

func (e *Engine) outputs() []output {
	all := []output{{"features", e.config.Features}, {"rejects", e.config.Rejects}, {"late", e.config.Late}}
	for _, f := range e.config.MoreFeatures {
		all = append(all, output{f.Name, f})
	}
	for _, a := range e.config.Alerts {
		all = append(all, output{a.Name, a})
	}
	if r := e.config.Register; r != nil {
		all = append(all, output{"files", r})
	}
	return all
}

// commit commits the epochs as their barriers have passed through.
func (e *Engine) commit(ctx context.Context) error {
	for b := range e.barriers {
		if _, err := receive(ctx, b.saved); err != nil {
			return err
		}
		b.took = time.Since(b.raised)
		if err := e.commitEpoch(ctx, b); err != nil {
			return err
		}
		close(b.committed)
	}
	return ctx.Err()
}

// commitEpoch is the protocol of engine/checkpoint: everything durable, then the
// manifest, then everything visible.
func (e *Engine) commitEpoch(ctx context.Context, b *barrier) error {
	if err := e.register(ctx, b); err != nil {
		return err
	}
	staged := map[string][]disk.Staged{}
	for _, o := range e.outputs() {
		files, err := o.Prepare(ctx, b.epoch)
		if err != nil {
			return err
		}
		if len(files) > 0 {
			staged[o.name] = files
		}
	}
	if err := e.checkpoint(b, staged); err != nil {
		return err
	}
	b.kept = time.Since(b.raised)
	for _, o := range e.outputs() {
		if err := o.Commit(ctx, b.epoch); err != nil {
			return err
		}
	}
	k := e.config.Checkpoints
	if k == nil {
		return nil
	}
	if err := e.acknowledge(ctx, b); err != nil {
		return err
	}
	if err := k.Store.Collect(); err != nil {
		return err
	}
	e.noteCommitted(b, k.Store.Manifest().Bytes())
	return nil
}

// acknowledge tells the live inputs what is safe.
func (e *Engine) acknowledge(ctx context.Context, b *barrier) error {
	for i, in := range e.inputs {
		if in.Live == nil {
			continue
		}
		if err := in.Live.Ack(ctx, b.at[i]); err != nil {
			return err
		}
	}
	return nil
}

// checkpoint makes the epoch the one that a later process goes on from.
func (e *Engine) checkpoint(b *barrier, staged map[string][]disk.Staged) error {
	if b.state == nil {
		return nil
	}
	m, err := e.manifest(b)
	if err != nil {
		return err
	}
	m.Staged = staged
	if !b.final {
		if err := b.write(len(e.workers)); err != nil {
			return err
		}
	}
	return b.state.Commit(m)
}

// write makes durable what the stages left.
func (b *barrier) write(workers int) error {
	for i := range workers {
		if err := b.state.Writer(i).Close(); err != nil {
			return err
		}
	}
	return b.state.WriteOrder(b.order)
}

// manifest says what a later process needs to know.
func (e *Engine) manifest(b *barrier) (*checkpoint.Manifest, error) {
	k := e.config.Checkpoints
	m := &checkpoint.Manifest{
		Job: k.Job, Engine: k.Engine, Written: time.Now().UTC(), Settings: k.Settings, Latest: k.Latest, Out: k.Out, Copies: k.Copies,
		State: b.becomes(), Frontier: b.frontier, Clock: checkpointClock(b.clock), OldestDay: int32(b.oldest),
		Rows: e.before.rows + b.rows.Load(), Subscribers: b.subscribers.Load(), ElapsedSeconds: e.elapsed(),
	}
	n := e.muster.counted()
	m.Alerts, m.Storms = n.Firing, n.Storms
	for i, l := range b.ledgers {
		s := b.accounts[i]
		s.Name, s.Bookmark, s.Done, s.Ledger = l.Name, b.at[i], b.done[i], l.Ledger
		m.Sources = append(m.Sources, s)
		m.Ledger.Add(l.Ledger)
	}
	if !b.final || k.Describe == nil {
		return m, nil
	}
	var err error
	m.Summary, err = k.Describe(e.summary())
	return m, err
}

// becomes is what becomes of the job with b.
func (b *barrier) becomes() checkpoint.State {
	switch {
	case b.final:
		return checkpoint.StateFinished
	case b.over:
		return checkpoint.StateOpen
	}
	return checkpoint.StateRunning
}

func checkpointClock(c shard.Clock) checkpoint.Clock {
	return checkpoint.Clock{First: c.First, Before: c.Before, Boundary: c.Boundary, Today: int32(c.Today)}
}

func shardClock(m *checkpoint.Manifest) shard.Clock {
	c := m.Clock
	return shard.Clock{First: c.First, Before: c.Before, Boundary: c.Boundary, Today: window.Day(c.Today), Frontier: m.Frontier}
}

func checkpointBlock(b shard.Block) checkpoint.Block {
	kind := checkpoint.Subscribers
	if b.Kind == shard.Day {
		kind = checkpoint.Day
	}
	return checkpoint.Block{Kind: kind, Partition: b.Partition, Day: int32(b.Day), Data: b.Data}
}

func shardBlock(b checkpoint.Block) shard.Block {
	kind := shard.Subscribers
	if b.Kind == checkpoint.Day {
		kind = shard.Day
	}
	return shard.Block{Kind: kind, Partition: b.Partition, Day: window.Day(b.Day), Data: b.Data}
}
