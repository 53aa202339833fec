package parquet

// store is the memory of the pages of a row group, which lie one behind the other in the
// order in which they were made. It is kept from one row group, and file, to the next: a
// small one to begin with, and then as many large ones as there was need of.
type store struct {
	parts [][]byte
	part  int // the one that is being filled
	used  int // of it
}

const (
	firstPart = 256 << 10
	otherPart = 2 << 20
)

// room returns n bytes that nobody uses; take tells how many of them are wanted.
func (s *store) room(n int) []byte {
	for ; s.part < len(s.parts); s.part++ {
		if free := s.parts[s.part][s.used:]; len(free) >= n {
			return free
		}
		s.used = 0
	}
	size := otherPart
	if len(s.parts) == 0 {
		size = firstPart
	}
	s.parts = append(s.parts, make([]byte, max(size, n)))
	return s.parts[s.part]
}

// take uses the first n bytes of what room returned.
func (s *store) take(n int) { s.used += n }

// reset takes all memory back.
func (s *store) reset() { s.part, s.used = 0, 0 }
