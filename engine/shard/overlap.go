package shard

import (
	"math"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// overlaps is what tells whether a call overlaps an earlier one: the latest two
// releases of a subscriber's answered calls, one after the other.
type overlaps struct{ release, earlier cdr.Millis }

// calls are when the calls of a batch were answered and released. What is no answered call is
// released before all others, and answered after all of them are.
type calls struct{ answer, release [window.MaxLegs]cdr.Millis }

const (
	unanswered = cdr.Millis(math.MaxInt64)
	answered   = window.Call | window.Answered
)

// findEach is find on any machine. Which calls are answered is not to be guessed.
func (c *calls) findEach(l *window.Legs) {
	for i := range l.N {
		answer, ring := l.Start[i], l.RingMS[i]
		if ring == cdr.RingUnknown {
			ring = 0
		}
		answer += cdr.Millis(ring)
		release := answer + cdr.Millis(l.TalkMS[i])
		missed := l.Facts[i]&answered != answered
		if missed {
			release = never
		}
		if missed {
			answer = unanswered
		}
		c.answer[i], c.release[i] = answer, release
	}
}

// overlap compares the answers of the calls between from and to, of one subscriber, with the
// releases before their own, and tells facts of it. Where event time is the start, these are the
// releases of calls that started earlier.
func (c *calls) overlap(o *overlaps, facts []window.Fact, from, to int) {
	latest, earlier := o.release, o.earlier
	for i := from; i < to; i++ {
		release, before := c.release[i], latest
		if release == latest {
			before = earlier
		}
		if release > latest {
			earlier = latest
		}
		latest = max(latest, release)
		if c.answer[i] < before { // as is rare
			facts[i] |= window.Overlaps
		}
	}
	o.release, o.earlier = latest, earlier
}
