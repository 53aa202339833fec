package engine

import (
	"context"
	"errors"
	"runtime"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
)

// maxQuestions is how many questions wait for a shard before those who ask wait.
const maxQuestions = 64

// ErrUnknown is that nothing is known of a subscriber.
var ErrUnknown = errors.New("engine: no such subscriber in state")

// ErrEnded is that the job has ended, and nobody is left to ask.
var ErrEnded = errors.New("engine: the job has ended")

// question asks a shard for the vector of a subscriber.
type question struct {
	who    cdr.Number
	answer chan<- answer // has room for it
}

type answer struct {
	frame *feature.Frame
	err   error
}

// Look returns the features of a subscriber as of now: a frame of one row, its own,
// whose WindowEnd is the event time up to which everything is in it. It may be called
// by any goroutine while Run of a live job is running, and waits for a moment in which the shard can
// answer, some milliseconds. The error is ErrUnknown for somebody who is not in state,
// ErrEnded when there is no state any more.
func (e *Engine) Look(ctx context.Context, who cdr.Number) (*feature.Frame, error) {
	for _, w := range e.workers {
		if w.shard.Owns(who) {
			return w.ask(ctx, who)
		}
	}
	return nil, ErrUnknown
}

func (w *worker) ask(ctx context.Context, who cdr.Number) (*feature.Frame, error) {
	reply := make(chan answer, 1)
	select {
	case w.questions <- question{who, reply}:
	case <-w.gone:
		return nil, ErrEnded
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case a := <-reply:
		return a.frame, a.err
	case <-w.gone:
		return nil, ErrEnded
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// answer answers a question.
func (w *worker) answer(q question) {
	f := new(feature.Frame)
	found, err := w.shard.Look(q.who, f)
	if err == nil && !found {
		err = ErrUnknown
	}
	q.answer <- answer{f, err}
}

// breathe answers the questions that wait, but for those about subscribers that the
// shard is at work on. The shard calls it between two pieces of its work.
func (w *worker) breathe() {
	for range w.postponed {
		q := w.postponed[0]
		w.postponed = w.postponed[1:]
		w.consider(q)
	}
	for {
		select {
		case q := <-w.questions:
			w.consider(q)
		default:
			runtime.Gosched()
			return
		}
	}
}

// consider answers a question now or puts it off.
func (w *worker) consider(q question) {
	if w.shard.Busy(q.who) {
		w.postponed = append(w.postponed, q)
		return
	}
	w.answer(q)
}
