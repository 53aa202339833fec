package engine

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"
)

// lead is how far decoding keeps ahead of the shards. Some steps are enough for none of them to
// run out of work; more would only take the processors from those who fold. But when a shard
// waits for the others to count, see poll, nobody needs its processor: then decoding goes on as
// far as the queues of steps have room. So it does where reading takes much of the time, as what
// is packed is unpacked by one goroutine alone: if that had paused, the shards would wait for it
// later.
type lead struct {
	enough  int           // steps for each worker
	started time.Time     // of reading
	reading atomic.Int64  // for so long so far, nanoseconds
	waiting atomic.Int32  // shards that wait for others
	wanted  chan struct{} // holds one if there may be a reason to go on
}

// newLead returns the lead before so many workers, whose queues have room for so many steps. With
// more processors than workers nothing is taken from those who fold.
func newLead(workers, steps int) *lead {
	l := &lead{enough: steps, wanted: make(chan struct{}, 1)}
	if runtime.GOMAXPROCS(0) <= workers {
		l.enough = max(steps/leadPart, 1)
	}
	return l
}

// leadPart is what part of the room for steps is enough.
const leadPart = 20

// want wakes who waits for a step to be wanted.
func (l *lead) want() {
	select {
	case l.wanted <- struct{}{}:
	default:
	}
}

// took notes that a worker took a step and has so many left.
func (l *lead) took(left int) {
	if left < l.enough {
		l.want()
	}
}

// wait notes that a shard begins to wait for others; it calls what is returned when it goes on.
func (l *lead) wait() (done func()) {
	l.waiting.Add(1)
	l.want()
	return func() { l.waiting.Add(-1) }
}

// readSlowly reports whether reading has taken more than half of the time.
func (l *lead) readSlowly() bool {
	return 2*time.Duration(l.reading.Load()) > time.Since(l.started)
}

// keepLead returns when the next step is wanted: at once unless all workers have enough of them.
func (e *Engine) keepLead(ctx context.Context) error {
	l := e.lead
	for l.waiting.Load() == 0 && e.allHaveEnough() && !l.readSlowly() {
		if _, err := receive(ctx, l.wanted); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) allHaveEnough() bool {
	for _, w := range e.workers {
		if len(w.steps) < e.lead.enough {
			return false
		}
	}
	return true
}
