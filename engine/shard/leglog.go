package shard

import "unsafe"

// legLog is words of 32 bits, one behind the other, of which new ones come at the head and the
// oldest are dropped. A place is a count of words since the log began, and goes on at 0 behind the
// last one. The words stand on pages, which pass from log to log: all logs together take
// little more than what they hold.
type legLog struct {
	pages      []*sheet // of the places from tail to head, each where its number falls: a power of two of them
	head, tail uint32   // places: of the next word, and of the oldest that is left
}

const (
	placeBits  = 13 // of a place within its page
	sheetWords = 1 << placeBits
)

// sheet is a page of a log.
type sheet [sheetWords]uint32

var _ = [1]struct{}{}[sheetWords-2*pageWords]

// has reports whether the block at p was not dropped.
func (g *legLog) has(p legRef) bool { return p != noJournal && g.head-uint32(p) <= g.head-g.tail }

// at returns the words at p, to the end of their page.
func (g *legLog) at(p legRef) []uint32 {
	return (*g.page(uint32(p)))[uint32(p)%sheetWords:]
}

// visitBlock returns the block at p, where next has made room for one.
func (g *legLog) visitBlock(p legRef) *visitBlock {
	// A page holds no pointers, and is aligned as words need.
	return (*visitBlock)(unsafe.Pointer(&(*g.page(uint32(p)))[uint32(p)%sheetWords]))
}

// page is where the page of a place stands, if there is any.
func (g *legLog) page(place uint32) **sheet {
	return &g.pages[place>>placeBits&uint32(len(g.pages)-1)]
}

// next returns a place for n words on one page, at most as many as it has. Whoever writes there
// moves the head behind what is to stay.
func (g *legLog) next(n int, from *paper) legRef {
	if (g.head-1)%sheetWords+uint32(n) >= sheetWords { // at 0 a page begins
		g.turn(from)
	}
	return legRef(g.head)
}

// turn begins a page and moves the head to its first place that tells a block.
func (g *legLog) turn(from *paper) {
	p := (g.head + sheetWords - 1) &^ (sheetWords - 1)
	for before := (p&^(sheetWords-1) - g.tail&^(sheetWords-1)) >> placeBits; uint32(len(g.pages)) <= before; {
		g.widen()
	}
	*g.page(p) = from.take()
	if p == uint32(noJournal) {
		p++
	}
	g.head = p
}

// widen makes room for twice as many pages. Those that there are keep their places.
func (g *legLog) widen() {
	old := *g
	g.pages = make([]*sheet, max(2, 2*len(old.pages)))
	for i := range old.pages {
		p := g.tail + uint32(i)<<placeBits
		*g.page(p) = *old.page(p)
	}
}

// drop drops what is before tail, a place that was the head, unless it was dropped before.
func (g *legLog) drop(tail uint32, to *paper) {
	if g.head-tail > g.head-g.tail {
		return
	}
	for g.tail>>placeBits != tail>>placeBits {
		to.give(*g.page(g.tail))
		g.tail = (g.tail>>placeBits + 1) << placeBits
	}
	g.tail = tail
}

// paper is the pages of many logs.
type paper struct {
	arena *arena
	blank []*sheet // that are in no log; what they say is of no meaning
	made  int
}

func (k *paper) take() *sheet {
	n := len(k.blank)
	if n == 0 {
		k.made++
		return (*sheet)(halves(k.arena.page(pageWords)))
	}
	page := k.blank[n-1]
	k.blank = k.blank[:n-1]
	return page
}

func (k *paper) give(page *sheet) { k.blank = append(k.blank, page) }
