package shard

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/internal/processor"
	"github.com/cdrstream/cdrstream/engine/window"
)

// callsAVX512 is findEach of n legs, one at least, and of those behind them up to a multiple of
// eight, of which nobody wants to know.
//
//go:noescape
func callsAVX512(c *calls, facts *window.Fact, starts *cdr.Millis, rings, talks *uint32, n int)

// find finds the calls of a batch.
func (c *calls) find(l *window.Legs) {
	if !processor.AVX512 || l.N == 0 {
		c.findEach(l)
		return
	}
	callsAVX512(c, &l.Facts[0], &l.Start[0], &l.RingMS[0], &l.TalkMS[0], l.N)
}

var _ = [1]struct{}{}[window.MaxLegs%8]
