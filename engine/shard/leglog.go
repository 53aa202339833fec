package shard

// legLog is words of 32 bits, one behind the other, of which new ones come at the head and the
// oldest are dropped. A place is a count of words since the log began, and goes on at 0 behind the
// last one. The words stand on pages, which pass from log to log: all logs together take
// little more than what they hold.
type legLog struct {
	pages      [][]uint32 // of the places from tail to head, each where its number falls: a power of two of them
	head, tail uint32     // places: of the next word, and of the oldest that is left
}

const (
	placeBits  = 13 // of a place within its page
	sheetWords = 1 << placeBits
)

var _ = [1]struct{}{}[sheetWords-2*pageWords]

// has reports whether the block at p was not dropped.
func (g *legLog) has(p legRef) bool { return p != noJournal && g.head-uint32(p) <= g.head-g.tail }

// at returns the words at p, to the end of their page.
func (g *legLog) at(p legRef) []uint32 {
	return (*g.page(uint32(p)))[uint32(p)&(sheetWords-1):]
}

// page is where the page of a place stands, if there is any.
func (g *legLog) page(place uint32) *[]uint32 {
	return &g.pages[place>>placeBits&uint32(len(g.pages)-1)]
}

// next returns a place for n words on one page, at most as many as it has.
func (g *legLog) next(n int, from *paper) legRef {
	p := g.head
	if at := p & (sheetWords - 1); at == 0 || at+uint32(n) > sheetWords {
		p = g.turn(from)
	}
	g.head = p + uint32(n)
	return legRef(p)
}

// turn begins a page and returns its first place that tells a block.
func (g *legLog) turn(from *paper) uint32 {
	p := (g.head + sheetWords - 1) &^ (sheetWords - 1)
	for before := (p&^(sheetWords-1) - g.tail&^(sheetWords-1)) >> placeBits; uint32(len(g.pages)) <= before; {
		g.widen()
	}
	*g.page(p) = from.take()
	if p == uint32(noJournal) {
		p++
	}
	return p
}

// widen makes room for twice as many pages. Those that there are keep their places.
func (g *legLog) widen() {
	old := *g
	g.pages = make([][]uint32, max(2, 2*len(old.pages)))
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
	blank [][]uint32 // that are in no log; what they say is of no meaning
	made  int
}

func (k *paper) take() []uint32 {
	n := len(k.blank)
	if n == 0 {
		k.made++
		return halves(k.arena.page(pageWords))
	}
	page := k.blank[n-1]
	k.blank = k.blank[:n-1]
	return page
}

func (k *paper) give(page []uint32) { k.blank = append(k.blank, page) }
