package engine

import (
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/window"
)

// pace tells whether a barrier had better wait. The close of a day changes nearly
// all subscribers, so those of them that a save has not reached by then are saved
// at once, and the fold waits for that. A barrier that would come so shortly before
// the end of a day that its save is not over by then waits until the day is closed.
// It belongs to the reader.
type pace struct {
	days   *window.Calendar
	wait   time.Duration // the longest
	took   time.Duration // that the last save was going on
	since  time.Time     // the last barrier
	at     cdr.Millis    // the frontier then
	waited time.Time     // since when a barrier is due; zero: none is
}

const (
	shortSave   = 50 * time.Millisecond // one that takes no longer may come at any time
	longestWait = 10 * time.Second      // days may pass faster than a save takes
	shortWait   = time.Second           // of a live job: event time may stand still before the end of a day
)

// waits reports whether a barrier that is due at the frontier t should wait.
func (p *pace) waits(t cdr.Millis, now time.Time) bool {
	if p.waited.IsZero() {
		p.waited = now
	}
	if p.took <= shortSave || t == order.Never || t == order.End || now.Sub(p.waited) > p.wait {
		return false
	}
	speed := float64(t-p.at) / float64(now.Sub(p.since).Milliseconds()+1) // of event time
	left := p.days.Start(p.days.Day(t)+1) - t
	return float64(left) < 2*speed*float64(p.took.Milliseconds())
}

// raised notes a barrier at the frontier t.
func (p *pace) raised(t cdr.Millis, now time.Time) {
	p.since, p.at, p.waited = now, t, time.Time{}
}
