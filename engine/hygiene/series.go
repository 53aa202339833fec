package hygiene

import "slices"

// Series is the numbers that the files of a switch have had: stretches without a hole,
// ascending. It holds a bounded number of them and forgets the lowest.
type Series struct {
	Runs []Run `json:"runs,omitempty"`
	// Turn is what is added to a number: where a switch has only so many digits, or bits,
	// it begins at the beginning again.
	Turn int64 `json:"turn,omitempty"`
}

// Run is the numbers from First to Last.
type Run struct {
	First int64 `json:"first"`
	Last  int64 `json:"last"`
}

// maxRuns is how many stretches are kept.
const maxRuns = 64

// step is what a number is to those before it.
type step uint8

const (
	follows  step = iota // the next, or one that was missing
	jumps                // some are missing before it
	repeats              // it came before
	restarts             // the switch counts anew
)

// Add takes the number of a file. missing is the numbers between it and the highest so
// far, if it jumps.
func (s *Series) Add(number int64) (what step, missing Run) {
	if len(s.Runs) == 0 {
		s.Runs = []Run{{number, number}}
		return follows, missing
	}
	top := s.Runs[len(s.Runs)-1].Last
	n := number + s.Turn
	if m := modulus(top - s.Turn); m > 0 && n < top-m/2 {
		if number == 1 && top-s.Turn == m-1 {
			m-- // a switch that has no number 0
		}
		s.Turn += m
		n += m
	} else if m := modulus(number); m > 0 && s.Turn >= m && n-m > top-m/2 { // one of the turn before, late
		n -= m
	}
	switch {
	case n > top+1:
		s.insert(n)
		return jumps, Run{s.written(top + 1), s.written(n - 1)}
	case s.has(n):
		return repeats, missing
	case number <= 1 && n < s.Runs[0].First-1:
		s.Runs, s.Turn = []Run{{number, number}}, 0
		return restarts, missing
	}
	s.insert(n)
	return follows, missing
}

// modulus is how many numbers there are where n is among the last hundredth of those
// that fit in so many digits, or in 16, 24 or 32 bits; 0 anywhere else.
func modulus(n int64) int64 {
	near := func(m int64) bool { return n < m && n >= m-max(m/100, 1) }
	for _, m := range []int64{1 << 16, 1 << 24, 1 << 32} {
		if near(m) {
			return m
		}
	}
	for m := int64(1000); m <= 1e10; m *= 10 {
		if near(m) {
			return m
		}
	}
	return 0
}

func (s *Series) has(n int64) bool {
	return slices.ContainsFunc(s.Runs, func(r Run) bool { return r.First <= n && n <= r.Last })
}

// insert adds a number that is not there.
func (s *Series) insert(n int64) {
	i, _ := slices.BinarySearchFunc(s.Runs, n, func(r Run, n int64) int {
		if r.First < n {
			return -1
		}
		return 1
	})
	s.Runs = slices.Insert(s.Runs, i, Run{n, n})
	s.join(i)
	s.join(i - 1)
	if len(s.Runs) > maxRuns {
		s.Runs = slices.Delete(s.Runs, 0, 1)
	}
}

// join makes one of run i and the one behind it where there is nothing between them.
func (s *Series) join(i int) {
	if i < 0 || i+1 >= len(s.Runs) || s.Runs[i].Last+1 < s.Runs[i+1].First {
		return
	}
	s.Runs[i].Last = s.Runs[i+1].Last
	s.Runs = slices.Delete(s.Runs, i+1, i+2)
}

// Holes are the numbers that are missing, as the switch would have written them.
func (s *Series) Holes() (all []Run) {
	for i := 1; i < len(s.Runs); i++ {
		all = append(all, Run{s.written(s.Runs[i-1].Last + 1), s.written(s.Runs[i].First - 1)})
	}
	return all
}

// written is n as the switch writes it; of the turn before this one too.
func (s *Series) written(n int64) int64 {
	if n < s.Turn {
		return n
	}
	return n - s.Turn
}

// Missing is how many numbers are missing.
func (s *Series) Missing() (n int64) {
	for i := 1; i < len(s.Runs); i++ {
		n += s.Runs[i].First - 1 - s.Runs[i-1].Last
	}
	return n
}

// top is the highest number so far, as the switch wrote it; 0 without one.
func (s *Series) top() int64 {
	if len(s.Runs) == 0 {
		return 0
	}
	return s.written(s.Runs[len(s.Runs)-1].Last)
}
