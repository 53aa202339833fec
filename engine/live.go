package engine

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/source"
)

// attention is what the reader knows of a live input.
type attention struct {
	empty atomic.Bool // the last read found nothing, and it has not called since
	idle  bool        // the others do not wait for it
	heard time.Time   // when it last had a record, or was attached
	idled atomic.Int64
	saved string // the evidence of its bookmark at the last barrier
}

// live reports whether the inputs have no end.
func (e *Engine) live() bool { return e.inputs[0].Live != nil || e.inputs[0].Retired }

// attach attaches all live inputs, each where it was left, and lets them know that
// what was before is safe.
func (e *Engine) attach(ctx context.Context) error {
	e.noteSources()
	for _, in := range e.inputs {
		if in.ended {
			continue
		}
		in.source = in.Live
		in.Live.Notify(func() {
			in.live.empty.Store(false)
			e.wake()
		})
		in.live.saved = in.bookmark.Evidence
		if in.resume {
			in.resume = false
			if err := in.source.Resume(ctx, in.bookmark); err != nil {
				return err
			}
			if err := in.source.Ack(ctx, in.bookmark); err != nil {
				return err
			}
		}
		in.live.heard = time.Now()
	}
	return nil
}

// wake tells the reader to look again.
func (e *Engine) wake() {
	select {
	case e.called <- struct{}{}:
	default:
	}
}

// fillLive is fill for live inputs: it waits until one of them has a block, or there
// is something else to pass on.
func (e *Engine) fillLive(ctx context.Context, c *chunk) (last bool, err error) {
	for {
		c.reset()
		switch {
		case e.stopped():
			return true, e.raise(ctx, c, true, false)
		case e.unsaved && e.due():
			e.unsaved = false
			return false, e.raise(ctx, c, false, false)
		}
		got, err := e.listen(ctx, c)
		if err != nil || got {
			e.unsaved = true
			return false, err
		}
		if err := e.await(ctx); err != nil {
			return false, err
		}
	}
}

// listen makes c the next block of whichever input has one and is furthest behind, or
// the news that an input is idle.
func (e *Engine) listen(ctx context.Context, c *chunk) (got bool, err error) {
	if in := e.falls(time.Now()); in != nil {
		in.live.idle = true
		in.live.idled.Add(1)
		e.watch.idle(in.Name, true)
		c.input, c.idle = in, true
		return true, nil
	}
	for {
		in := e.speaker()
		if in == nil {
			return false, nil
		}
		in.live.empty.Store(true) // before the read: a call that comes after it counts
		err := in.read(ctx, c)
		if errors.Is(err, source.ErrNone) {
			if err := e.moved(in); err != nil {
				return false, err
			}
			continue
		}
		in.live.empty.Store(false)
		if err != nil {
			return false, err
		}
		in.live.heard = time.Now()
		if in.live.idle {
			in.live.idle = false
			e.watch.idle(in.Name, false)
		}
		if l := e.config.Latest; l != nil {
			l.Set(cdr.Millis(in.live.heard.Add(e.config.MaxFuture).UnixMilli()))
		}
		return true, nil
	}
}

// moved looks whether an input without records has come further all the same: past a
// file that is empty, for instance, which it can let go of once that is saved.
func (e *Engine) moved(in *input) error {
	if err := in.mark(); err != nil {
		return err
	}
	e.unsaved = e.unsaved || in.bookmark.Evidence != in.live.saved
	return nil
}

// speaker returns the input to be read next, nil if none has anything. One that is
// ahead of another waits for that once the buffer is half full of what it brought.
func (e *Engine) speaker() *input {
	in := e.earliest(func(in *input) bool { return !in.ended && !in.live.empty.Load() })
	if in == nil || e.waitingNow.Load() < int64(e.config.MaxBuffer/2) {
		return in
	}
	if behind := e.earliest(func(in *input) bool { return !in.ended && !in.live.idle }); behind != nil && behind != in {
		return nil
	}
	return in
}

// falls returns an input that has become idle by now.
func (e *Engine) falls(now time.Time) *input {
	for _, in := range e.inputs {
		if at, ok := in.idleAt(); ok && !now.Before(at) {
			return in
		}
	}
	return nil
}

// idleAt is when the input becomes idle if nothing comes.
func (in *input) idleAt() (at time.Time, ok bool) {
	if in.ended || in.Idle == 0 || in.live.idle || !in.live.empty.Load() {
		return time.Time{}, false
	}
	return in.live.heard.Add(in.Idle), true
}

const (
	saveTick  = 20 * time.Millisecond // how often it is asked whether a checkpoint is due
	aheadTick = 5 * time.Millisecond  // how soon an input that is ahead is tried again
)

// await waits until there may be something to do.
func (e *Engine) await(ctx context.Context) error {
	wait := time.Hour
	now := time.Now()
	for _, in := range e.inputs {
		if at, ok := in.idleAt(); ok {
			wait = min(wait, at.Sub(now))
		}
		if !in.ended && !in.live.empty.Load() {
			wait = min(wait, aheadTick)
		}
	}
	if e.unsaved {
		wait = min(wait, saveTick)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-e.called:
	case <-timer.C:
	case <-e.config.Stop:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// rest passes on that an input is idle.
func (e *Engine) rest(ctx context.Context, c *chunk) error {
	in := c.input
	e.buffer.Idle(in.number)
	err := e.release(ctx, func() { e.free <- c })
	e.note(in, 0, 0)
	return err
}
