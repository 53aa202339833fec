package order

import "github.com/cdrstream/cdrstream/engine/cdr"

// recent remembers for some time which calls were seen. It is told of them in the
// order of event time.
type recent struct {
	keep cdr.Millis
	most int // calls; the one seen longest ago goes first
	last map[uint64]cdr.Millis
	seen []sighting // in order; those before from are forgotten
	from int
}

// sighting is that a call was seen.
type sighting struct {
	call uint64
	at   cdr.Millis
}

func newRecent(keep cdr.Millis, most int) recent {
	return recent{keep: keep, most: most, last: map[uint64]cdr.Millis{}}
}

// Saw reports whether call was seen, not longer than keep before at.
func (s *recent) Saw(call uint64, at cdr.Millis) bool {
	last, ok := s.last[call]
	return ok && at-last <= s.keep
}

// See remembers that call was seen.
func (s *recent) See(call uint64, at cdr.Millis) {
	for s.from < len(s.seen) && at-s.seen[s.from].at > s.keep {
		s.forget()
	}
	if last, ok := s.last[call]; ok && last == at {
		return
	}
	s.last[call] = at
	s.seen = append(s.seen, sighting{call, at})
	if len(s.seen)-s.from > s.most {
		s.forget()
	}
	if s.from > len(s.seen)/2 {
		s.seen = s.seen[:copy(s.seen, s.seen[s.from:])]
		s.from = 0
	}
}

// forget forgets the oldest sighting, and its call where that was not seen since.
func (s *recent) forget() {
	old := s.seen[s.from]
	s.from++
	if s.last[old.call] == old.at {
		delete(s.last, old.call)
	}
}
