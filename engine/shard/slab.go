package shard

import "unsafe"

// ref is a place in a slab: the number of a page, from 1, and the number of an
// object in it. 0 is none.
type ref uint32

const (
	pageWords = 1 << 12 // 32 KiB, the same for all slabs: pages move between them
	refShift  = 10      // bits of a ref for the object in its page
	perPage   = 1 << refShift
	maxWords  = 1 << 28 // of an object
)

// slab hands out objects of one size and reuses what was given back. Each object
// has one owner, who knows its ref; so a slab that has become sparse can move its
// objects together and give pages back, see compact.
type slab struct {
	arena *arena
	words int       // of an object
	per   int       // objects a page
	pages []*uint64 // where each begins: of many objects most are in no cache, and so is where they are
	size  int       // words of a page
	used  int       // objects of the last page that were ever handed out
	free  []ref
	live  int
}

// newSlab returns a slab of objects of so many words. Objects of some size begin with a
// cache line or in the middle of one.
func newSlab(a *arena, words int) *slab {
	if words > 32 {
		words = (words + 3) &^ 3
	}
	words = max(words, 1)
	per := min(perPage, max(1, pageWords/words))
	return &slab{arena: a, words: words, per: per, used: per, pages: make([]*uint64, 1)}
}

// get returns a zeroed object.
func (s *slab) get() ref {
	s.live++
	if n := len(s.free); n > 0 {
		r := s.free[n-1]
		s.free = s.free[:n-1]
		clear(s.at(r))
		return r
	}
	if s.used == s.per {
		page := s.arena.page(s.words)
		s.pages, s.size = append(s.pages, &page[0]), len(page)
		s.used = 0
	}
	s.used++
	return ref(len(s.pages)-1)<<refShift | ref(s.used-1)
}

func (s *slab) put(r ref) {
	s.live--
	s.free = append(s.free, r)
}

func (s *slab) at(r ref) []uint64 {
	i := uintptr(r&(perPage-1)) * uintptr(8*s.words)
	return (*[maxWords]uint64)(unsafe.Add(unsafe.Pointer(s.pages[r>>refShift]), i))[:s.words:s.words]
}

// sparse reports whether all objects are free, or more than a quarter and enough of them
// to fill pages.
func (s *slab) sparse() bool {
	return s.live == 0 && len(s.free) > 0 || len(s.free) > 4*s.per && 3*len(s.free) > s.live
}

// compact moves the objects of the last pages into free places of the first ones
// and gives the pages back. each must call its argument with every ref in use
// and keep what it returns.
func (s *slab) compact(each func(move func(ref) ref)) {
	keep := (s.live + s.per - 1) / s.per
	if keep >= len(s.pages)-1 {
		return
	}
	free := s.free[:0]
	for _, r := range s.free {
		if int(r>>refShift) <= keep {
			free = append(free, r)
		}
	}
	s.free = free
	each(func(r ref) ref {
		if int(r>>refShift) <= keep {
			return r
		}
		to := s.free[len(s.free)-1]
		s.free = s.free[:len(s.free)-1]
		copy(s.at(to), s.at(r))
		return to
	})
	for _, page := range s.pages[keep+1:] {
		s.arena.give(unsafe.Slice(page, s.size))
	}
	clear(s.pages[keep+1:])
	s.pages, s.used = s.pages[:keep+1], s.per
}

// bytes is the memory of the slab's pages, free objects included.
func (s *slab) bytes() int { return 8 * s.size * (len(s.pages) - 1) }
