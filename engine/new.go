package engine

import (
	"context"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/shard"
	"github.com/cdrstream/cdrstream/engine/window"
)

// New prepares a job. It opens nothing.
func New(c Config) (*Engine, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	e := &Engine{
		config:   c,
		buffer:   order.NewBuffer(order.Options{Lateness: millis(c.Lateness), MaxRecords: c.MaxBuffer, KeepOpen: c.KeepOpen}),
		accounts: accounts{all: newAccounts(c.Inputs)},
		pace:     pace{days: window.NewCalendar(c.Zone), wait: longestWait},
		muster:   newMuster(c.Workers, c.Alerts),
		poll:     &poll{shards: c.Workers},
		watch:    watched{Watch: c.Watch, stats: Stats{Frontier: order.Never, Watermark: order.Never}},
		called:   make(chan struct{}, 1),
	}
	for i := range c.Inputs {
		in := &input{Input: c.Inputs[i], number: i}
		if in.Live != nil {
			in.live, in.source = new(attention), in.Live
		}
		e.inputs = append(e.inputs, in)
	}
	if e.live() {
		e.pace.wait = shortWait
	}
	for i := range c.Workers {
		w := &worker{passed: e.muster.pass, prompt: e.live(), questions: make(chan question, maxQuestions), gone: make(chan struct{})}
		if err := e.giveShard(w, i); err != nil {
			return nil, err
		}
		e.workers = append(e.workers, w)
	}
	if k := c.Checkpoints; k != nil && k.Store.Manifest() != nil {
		e.follow(k.Store.Manifest())
	}
	e.connect()
	return e, nil
}

// A worker that folds does not keep the others from going on with as much as they take
// until it is done: so many steps for each worker, unless blocks are large. With fewer of
// them they stop and wait, where rules make a fold long.
const (
	stepsAhead = 60
	bytesAhead = 15 << 20
)

// connect makes the channels, and chunks enough for decoding to go on while
// shards write rows.
func (e *Engine) connect() {
	n := e.config.Workers
	chunks := 8*n + 4
	e.free = make(chan *chunk, chunks)
	for range chunks {
		e.free <- &chunk{buf: make([]byte, 0, e.config.BlockSize)}
	}
	for range n {
		e.todo = append(e.todo, make(chan *chunk, 1))
		e.decoded = append(e.decoded, make(chan *chunk, 1))
	}
	steps := max(chunks, n*min(stepsAhead, bytesAhead/e.config.BlockSize))
	e.lead = newLead(n, steps)
	e.poll.lead = e.lead
	for _, w := range e.workers {
		w.steps, w.lead = make(chan step, steps), e.lead
	}
	e.barriers = make(chan *barrier, 1)
}

// giveShard gives a worker its shard. Nobody asks about the subscribers of a replay,
// which has no need to take breath.
func (e *Engine) giveShard(w *worker, i int) (err error) {
	breathe := w.breathe
	if !w.prompt {
		breathe = nil
	}
	w.shard, err = e.newShard(i, breathe)
	return err
}

func (e *Engine) newShard(i int, breathe func()) (*shard.Shard, error) {
	c := &e.config
	boundaries, err := shard.ParseBoundaries(c.EmitEvery, c.Zone)
	if err != nil {
		return nil, err
	}
	var grids []*window.Grid
	for _, g := range c.Plan.Grids {
		grids = append(grids, window.NewGrid(g.Spec, c.Zone))
	}
	return shard.New(shard.Config{
		Number: i, Of: c.Workers,
		Plan: c.Plan, Families: c.Families(),
		Days: window.NewCalendar(c.Zone), Grids: grids, Boundaries: boundaries,
		EmitAll: c.EmitAll, Retain: millis(c.Retain), MaxContacts: c.MaxContacts,
		Outsiders: c.Outsiders, HomeKnown: c.HomeKnown,
		Emit: e.emit, Breathe: breathe,
		Rules: c.Rules, Alert: e.muster.take, Tally: e.poll.add,
	}), nil
}

// emit takes a frame from a shard.
func (e *Engine) emit(f *feature.Frame) error {
	e.counts.rows.Add(int64(f.Rows))
	for _, more := range e.config.MoreFeatures {
		if err := more.Write(context.Background(), f); err != nil {
			return err
		}
	}
	return e.config.Features.Write(context.Background(), f)
}
