package window

import "github.com/cdrstream/cdrstream/engine/internal/processor"

// tellAVX2 is tellEach of n legs, one at least, and of those behind them up to a multiple of
// four, of which nobody knows anything.
//
//go:noescape
func tellAVX2(facts *[MaxLegs]Fact, values *Column, n int, f, given Fact, s *among)

// tell adds f to the facts of the legs whose value s has, if all of given are true of them.
func (l *Legs) tell(values *Column, f, given Fact, s among) {
	if !processor.AVX2 || l.N == 0 {
		l.tellEach(values, f, given, s)
		return
	}
	tellAVX2(&l.Facts, values, l.N, f, given, &s)
}
