package shard

import (
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/internal/huge"
)

// arena hands out zeroed memory for state. It comes in regions that start small
// and grow to regionMax, so that a small job stays small; large regions ask for
// huge pages. State is touched at random, and with pages of 4 KiB every touch
// would first have to find its page.
type arena struct {
	left  []uint64
	last  int        // words of the last region
	pages [][]uint64 // given back, of pageWords each
	spare int        // the first of them, which nobody took since age was called
	cold  [][]uint64 // given back, and their memory to the system: all zero
}

const (
	regionMin = 1 << 20 / 8
	regionMax = 16 << 20 / 8
)

// page returns a zeroed page for objects of so many words.
func (a *arena) page(words int) []uint64 {
	if words > pageWords {
		return a.words(words)
	}
	if n := len(a.pages); n > 0 {
		p := a.pages[n-1]
		a.pages = a.pages[:n-1]
		a.spare = min(a.spare, n-1)
		clear(p)
		return p
	}
	if n := len(a.cold); n > 0 {
		p := a.cold[n-1]
		a.cold = a.cold[:n-1]
		return p
	}
	return a.words(pageWords)
}

// give takes a page back.
func (a *arena) give(page []uint64) {
	if len(page) == pageWords {
		a.pages = append(a.pages, page)
	}
}

// age gives the memory of those pages back to the system that nobody has taken since it was
// called before: not of others, since that takes a huge page apart for good.
func (a *arena) age() {
	kept := a.pages[:0]
	for i, p := range a.pages {
		if i < a.spare && discard(p) {
			a.cold = append(a.cold, p)
		} else {
			kept = append(kept, p)
		}
	}
	clear(a.pages[len(kept):])
	a.pages, a.spare = kept, len(kept)
}

// bytes is the memory of pages that nobody uses, but for those that take none.
func (a *arena) bytes() int { return 8 * pageWords * len(a.pages) }

// words returns n zeroed words, at the beginning of a page of memory.
func (a *arena) words(n int) []uint64 {
	const memoryPage = 4096 / 8
	n = (n + memoryPage - 1) / memoryPage * memoryPage
	if n > len(a.left) {
		a.last = max(min(max(2*a.last, regionMin), regionMax), n)
		a.left = huge.Slice[uint64](a.last)
	}
	w := a.left[:n:n]
	a.left = a.left[n:]
	return w
}

// halves are the halves of words, two to a word.
func halves(words []uint64) []uint32 {
	// Words hold no pointers, and are aligned as halves need.
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(words))), 2*len(words))
}

// persons returns a page of zeroed persons.
func (a *arena) persons() *[pageSlots]person {
	const size = int(unsafe.Sizeof([pageSlots]person{})) / 8
	// A person holds no pointers, and words are aligned as its fields need.
	return (*[pageSlots]person)(unsafe.Pointer(&a.words(size)[0]))
}
