package order

// callsKept is how many calls are remembered at least. The rows of one call are
// written together, or as long apart as its legs end.
const callsKept = 1 << 20

// callSet remembers the calls of which a row has been admitted: two generations,
// the older forgotten when the newer is full.
type callSet struct{ young, old map[uint64]struct{} }

func newCallSet() callSet {
	return callSet{young: map[uint64]struct{}{}}
}

// Seen reports whether call was seen before, and remembers it.
func (s *callSet) Seen(call uint64) bool {
	if _, ok := s.young[call]; ok {
		return true
	}
	_, ok := s.old[call]
	if len(s.young) >= callsKept {
		s.old, s.young = s.young, make(map[uint64]struct{}, callsKept)
	}
	s.young[call] = struct{}{}
	return ok
}
