package disktest

import (
	"fmt"
	"iter"
)

// Point is a crash: when it comes and what it leaves.
type Point struct {
	At    int  // the operation, see CrashAt
	Takes bool // it takes effect
	Keep  int  // see Crash
	Seed  uint64
}

func (p Point) String() string {
	return fmt.Sprintf("crash at operation %d (takes effect: %v), keep %d, seed %d", p.At, p.Takes, p.Keep, p.Seed)
}

// Points are the crashes at operations from to to - 1: at each with and without
// its effect, keeping nothing, everything, and 50 % by so many seeds.
func Points(from, to, seeds int) iter.Seq[Point] {
	return func(yield func(Point) bool) {
		for at := from; at < to; at++ {
			for i := range 2 * (seeds + 2) {
				p := Point{At: at, Takes: i%2 == 1, Keep: 50, Seed: uint64(at)<<8 | uint64(i)}
				switch i / 2 {
				case seeds:
					p.Keep = 0
				case seeds + 1:
					p.Keep = 100
				}
				if !yield(p) {
					return
				}
			}
		}
	}
}
