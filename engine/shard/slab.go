package shard

// ref is a place in a slab, counted from 1; 0 is none.
type ref uint32

// slab hands out runs of words of one size from large pages, and reuses what
// was given back.
type slab struct {
	arena *arena
	words int
	pages [][]uint64
	next  ref
	free  []ref
}

const slabShift = 9 // objects a page, as a power of two

// newSlab returns a slab of objects of so many words. Objects of some size take
// whole cache lines.
func newSlab(a *arena, words int) *slab {
	if words > 32 {
		words = (words + 7) &^ 7
	}
	return &slab{arena: a, words: max(words, 1), next: 1}
}

// get returns a zeroed object.
func (s *slab) get() ref {
	if n := len(s.free); n > 0 {
		r := s.free[n-1]
		s.free = s.free[:n-1]
		clear(s.at(r))
		return r
	}
	r := s.next
	s.next++
	if int(r)>>slabShift >= len(s.pages) {
		s.pages = append(s.pages, s.arena.words(s.words<<slabShift))
	}
	return r
}

func (s *slab) put(r ref) { s.free = append(s.free, r) }

func (s *slab) at(r ref) []uint64 {
	i := (int(r) & (1<<slabShift - 1)) * s.words
	return s.pages[r>>slabShift][i : i+s.words : i+s.words]
}

// bytes is the memory of the objects in use.
func (s *slab) bytes() int { return (int(s.next) - 1 - len(s.free)) * s.words * 8 }
