package engine

import (
	"context"
	"math"
	"time"

	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/shard"
)

// step is what a shard is given to do: fold a run, or pass a barrier.
type step struct {
	run     *order.Run
	barrier *barrier
}

// worker is the life of a shard.
type worker struct {
	shard  *shard.Shard
	steps  chan step
	lead   *lead         // of whom deals them
	passed func()        // tells that its alerts of an epoch are all there
	saves  *barrier      // whose state is being saved; nil: none
	pause  time.Duration // the longest time that saving kept the fold waiting

	prompt    bool          // what a run brought is folded at once when nothing else waits
	questions chan question // for subscribers' vectors
	postponed []question    // until the shard is through with their subscribers
	gone      chan struct{} // closed when it answers no more
}

// saveSlice is how many subscribers are saved between two runs: some milliseconds, or,
// where somebody may wait for an answer, one or two.
const (
	saveSlice       = 1024
	promptSaveSlice = 128
)

// fold folds runs until there are no more. While state is being saved, each run
// is followed by a slice of that, and so is each moment in which no run waits.
func (w *worker) fold(ctx context.Context) error {
	defer close(w.gone)
	for {
		st, ok, err := w.next()
		if err != nil {
			return err
		}
		if !ok {
			return w.end(ctx)
		}
		if err := w.take(st); err != nil {
			return err
		}
	}
}

// next returns the next step; not ok: there will be none.
func (w *worker) next() (st step, ok bool, err error) {
	for w.saves != nil {
		w.breathe()
		select {
		case st, ok = <-w.steps:
			return st, ok, nil
		default:
			if err := w.saveSome(w.slice()); err != nil {
				return step{}, false, err
			}
		}
	}
	return w.rest()
}

// rest waits for the next step. A prompt worker first folds what the last one
// brought, and answers questions meanwhile.
func (w *worker) rest() (st step, ok bool, err error) {
	w.breathe()
	select {
	case st, ok = <-w.steps:
		return st, ok, nil
	default:
	}
	if w.prompt {
		if err := w.shard.Settle(); err != nil {
			return step{}, false, err
		}
	}
	for {
		select {
		case st, ok = <-w.steps:
			return st, ok, nil
		case q := <-w.questions:
			w.answer(q)
		}
	}
}

func (w *worker) take(st step) error {
	w.lead.took(len(w.steps))
	if st.barrier != nil {
		return w.pass(st.barrier)
	}
	if w.shard.Closes(st.run) { // which would finish the save first
		if err := w.saveRest(); err != nil {
			return err
		}
	}
	if err := w.shard.Process(st.run); err != nil {
		return err
	}
	return w.saveSome(w.slice())
}

// pass begins to save the state as it is at the barrier b.
func (w *worker) pass(b *barrier) error {
	if err := w.shard.Settle(); err != nil {
		return err
	}
	w.passed()
	b.rows.Add(w.shard.Rows())
	b.subscribers.Add(int64(w.shard.Subscribers()))
	if w.prompt {
		b.bytes.Add(int64(w.shard.Stats().Bytes))
	}
	if b.state == nil || b.final {
		b.arrived()
		return nil
	}
	w.saves = b
	to := b.state.Writer(w.shard.Number)
	if err := w.shard.Save(b.full, func(x shard.Block) error { return to.Put(checkpointBlock(x)) }); err != nil {
		return err
	}
	if w.shard.Number == 0 {
		b.clock, b.oldest = w.shard.Clock(), w.shard.OldestDay()
	}
	return w.saveSome(w.slice())
}

// saveSome saves up to n subscribers, if there is anything left to save.
func (w *worker) saveSome(n int) error {
	if w.saves == nil {
		return nil
	}
	start := time.Now()
	err := w.shard.SaveSome(n)
	w.timed(start)
	if err == nil && !w.shard.Saving() {
		w.saves.arrived()
		w.saves = nil
	}
	return err
}

func (w *worker) slice() int {
	if w.prompt {
		return promptSaveSlice
	}
	return saveSlice
}

// saveRest saves what is left.
func (w *worker) saveRest() error {
	for w.saves != nil {
		if err := w.saveSome(math.MaxInt); err != nil {
			return err
		}
	}
	return nil
}

func (w *worker) timed(since time.Time) { w.pause = max(w.pause, time.Since(since)) }

// end finishes what is being saved.
func (w *worker) end(ctx context.Context) error {
	for w.saves != nil && ctx.Err() == nil {
		if err := w.saveSome(w.slice()); err != nil {
			return err
		}
	}
	return ctx.Err()
}
