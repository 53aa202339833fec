package engine

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/source"
)

// attention is what is known of a live input. A record that is rejected or filtered
// does not count: nobody can wait for the event time of an input that has no others.
type attention struct {
	empty  atomic.Bool  // the last read found nothing, and it has not called since
	flying atomic.Int64 // its blocks that were read and not judged
	heard  atomic.Int64 // when the last block with a record was read, or it was attached, in ns since the start
	idle   atomic.Bool  // the others do not wait for it
	idled  atomic.Int64
	silent atomic.Bool // it had no record for so long that this was warned of
	saved  string      // the evidence of its bookmark at the last barrier; the reader's
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
		in.live.heard.Store(int64(time.Since(e.started)))
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
		e.hush(time.Since(e.started))
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
	if in := e.falls(time.Since(e.started)); in != nil {
		in.live.idle.Store(true)
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
		c.read = time.Since(e.started)
		in.live.flying.Add(1)
		if l := e.config.Latest; l != nil {
			l.Set(cdr.Millis(time.Now().Add(e.config.MaxFuture).UnixMilli()))
		}
		return true, nil
	}
}

// landed notes that a block of a live input was judged.
func (e *Engine) landed(c *chunk) {
	in := c.input
	if c.batch.Len() > 0 {
		in.live.heard.Store(int64(c.read))
		in.live.silent.Store(false)
		if in.live.idle.Swap(false) {
			e.watch.idle(in.Name, false)
		}
	}
	if in.live.flying.Add(-1) == 0 && in.live.empty.Load() {
		e.wake() // it may be idle from some time on, which the reader did not know
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
	if behind := e.earliest(func(in *input) bool { return !in.ended && !in.live.idle.Load() }); behind != nil && behind != in {
		return nil
	}
	return in
}

// falls returns an input that has become idle by now. One of which it is not known that
// nothing waits there, since it cannot be reached for instance, has not.
func (e *Engine) falls(now time.Duration) *input {
	for _, in := range e.inputs {
		if at, ok := in.idleAt(); ok && now >= at && in.Live.Lag().Waiting == 0 {
			return in
		}
	}
	return nil
}

// idleAt is when, since the start, the input becomes idle if nothing comes.
func (in *input) idleAt() (at time.Duration, ok bool) {
	if in.ended || in.Idle == 0 || in.live.idle.Load() || !in.live.empty.Load() || in.live.flying.Load() > 0 {
		return 0, false
	}
	return time.Duration(in.live.heard.Load()) + in.Idle, true
}

const (
	saveTick  = 20 * time.Millisecond // how often it is asked whether a checkpoint is due
	aheadTick = 5 * time.Millisecond  // how soon an input that is ahead is tried again
	awayTick  = time.Second           // how soon it is asked again whether nothing waits
)

// await waits until there may be something to do.
func (e *Engine) await(ctx context.Context) error {
	wait := time.Hour
	now := time.Since(e.started)
	for _, in := range e.inputs {
		if at, ok := in.idleAt(); ok {
			if at <= now {
				at = now + awayTick
			}
			wait = min(wait, at-now)
		}
		if at, ok := e.silentAt(in); ok {
			wait = min(wait, max(0, at-now))
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
	e.free <- c
	err := e.release(ctx)
	e.note(in, 0, 0)
	return err
}
