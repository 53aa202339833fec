package order

// callsKept is how many calls are remembered at least. The rows of one call are
// written together, or as long apart as its legs end.
const callsKept = 1 << 20

// callSet remembers the calls of which a row has been admitted: two generations,
// the older forgotten when the newer is full.
type callSet struct {
	young, old generation
	kept       int // calls that fill a generation
}

// generation is calls in the order in which they were seen first. The list is
// what a checkpoint takes: as it stands, without walking a map of a million.
type generation struct {
	set  map[uint64]struct{}
	list []uint64
}

func newCallSet() callSet {
	return callSet{young: newGeneration(0), old: newGeneration(0), kept: callsKept}
}

func newGeneration(size int) generation {
	return generation{set: make(map[uint64]struct{}, size)}
}

func (g *generation) add(call uint64) {
	g.set[call] = struct{}{}
	g.list = append(g.list, call)
}

// Seen reports whether call was seen before, and remembers it.
func (s *callSet) Seen(call uint64) bool {
	if _, ok := s.young.set[call]; ok {
		return true
	}
	_, ok := s.old.set[call]
	if len(s.young.list) >= s.kept {
		s.old, s.young = s.young, newGeneration(s.kept)
	}
	s.young.add(call)
	return ok
}
