package engine

import (
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/window"
)

// A barrier waits when its save would not be over before the day is.
func TestPace(t *testing.T) {
	const hour = cdr.Millis(3_600_000)
	start := time.Unix(1_000_000, 0)
	for name, c := range map[string]struct {
		took    time.Duration
		at      cdr.Millis // the frontier, an hour of event time and a second after the last barrier
		waiting time.Duration
		want    bool
	}{
		"far from the edge":           {took: time.Second, at: 12 * hour},
		"two hours before":            {took: time.Second, at: 22*hour - 1},
		"an hour before":              {took: time.Second, at: 23 * hour, want: true},
		"just before":                 {took: time.Second, at: 24*hour - 1, want: true},
		"just after":                  {took: time.Second, at: 24 * hour},
		"a short save":                {took: 50 * time.Millisecond, at: 24*hour - 1},
		"not for ever":                {took: time.Second, at: 24*hour - 1, waiting: 11 * time.Second},
		"before anything was read":    {took: time.Second, at: order.Never},
		"after everything was folded": {took: time.Second, at: order.End},
	} {
		p := pace{days: window.NewCalendar(time.UTC), wait: longestWait}
		p.raised(c.at-hour, start)
		p.took = c.took
		now := start.Add(time.Second)
		if c.waiting > 0 {
			p.waited = now.Add(-c.waiting)
		}
		if got := p.waits(c.at, now); got != c.want {
			t.Errorf("%s: waits %v", name, got)
		}
	}
}
