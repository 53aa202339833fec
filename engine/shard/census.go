package shard

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// census counts the items of one subscriber in all windows at once. The windows
// are ranked by where they begin, the longest first: an item that lies within
// the windows of the first n ranks adds one to the n-th place of a histogram, and
// the count of a window is the sum of the places beyond its rank. Items of small
// blocks whose stamps share a word are counted in a faster way, see shortCounts.
type census struct {
	windows []int            // in the plan: those that something is counted over
	lines   [itemSets][]line // by item set
	from    []uint32         // by rank: the stamp at which the window begins
	rank    []int            // by window
	hist    []int64          // of each line, len(from) + 1 places
	used    int              // lines
	packed  bool             // stamps share a word
	short   shortCounts
}

// line is one way of counting a set: which stamps must lie within a window.
type line struct {
	stamp, also uint8 // the same, or two stamps of which the earlier counts
	base        int   // in hist
	columns     []counted
}

// counted is a column of the tile, and the number of its window in the census.
type counted struct{ column, window int }

func newCensus(counts []feature.DistinctCount, packed, halves bool) census {
	c := census{packed: packed}
	for _, d := range counts {
		if !slices.Contains(c.windows, d.Window) {
			c.windows = append(c.windows, d.Window)
		}
	}
	n := len(c.windows)
	c.from, c.rank, c.short = make([]uint32, n), make([]int, n), newShortCounts(n, halves)
	for _, d := range counts {
		l, w := c.line(d), slices.Index(c.windows, d.Window)
		l.columns = append(l.columns, counted{d.Column, w})
		c.short.report(d.Column, int(d.Item), l.stamp, l.also, w)
	}
	c.short.spread = newSpread(c.short.reports)
	c.hist = make([]int64, c.used*(n+1))
	return c
}

// line returns the line that d is counted by.
func (c *census) line(d feature.DistinctCount) *line {
	stamp, also := uint8(bits.TrailingZeros8(uint8(d.Stamps))), uint8(bits.Len8(uint8(d.Stamps))-1)
	of := c.lines[d.Item]
	for i := range of {
		if of[i].stamp == stamp && of[i].also == also {
			return &of[i]
		}
	}
	c.lines[d.Item] = append(of, line{stamp: stamp, also: also, base: c.used * (len(c.from) + 1)})
	c.used++
	return &c.lines[d.Item][len(of)]
}

// aim tells at which stamp each window begins, and the latest stamp that any item has.
func (c *census) aim(from []uint32, latest uint32) {
	if c.packed {
		c.short.aim(from, latest)
		return
	}
	order := make([]int, len(from))
	for w := range order {
		order[w] = w
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(from[a], from[b]) })
	for r, w := range order {
		c.rank[w], c.from[r] = r, from[w]
	}
}

func (c *census) reset() { clear(c.hist) }

// see counts one item.
func (c *census) see(key uint64, st [4]uint32) {
	for i := range c.lines[key>>setShift] {
		l := &c.lines[key>>setShift][i]
		c.hist[l.base+c.place(min(st[l.stamp&3], st[l.also&3]))]++
	}
}

// place is how many windows a stamp lies within.
func (c *census) place(v uint32) int {
	n := 0
	for _, from := range c.from {
		if v >= from {
			n++
		}
	}
	return n
}

// reportBig sets the columns of row r for a big set; last are the panes that end the
// windows, by grid.
func (c *census) reportBig(t *feature.Tile, r int, of *rings, b *bigSet, last []int64) {
	for s := range c.lines {
		for i := range c.lines[s] {
			l := &c.lines[s][i]
			line := of.line(s, l.stamp, l.also)
			for _, d := range l.columns {
				w := c.windows[d.window]
				t.Set(d.column, r, of.count(b, line, w, last[of.window[w].grid]))
			}
		}
	}
}

// report sets the columns of row r.
func (c *census) report(t *feature.Tile, r int) {
	for s := range c.lines {
		for i := range c.lines[s] {
			l := &c.lines[s][i]
			for _, d := range l.columns {
				t.Set(d.column, r, c.within(l, d.window))
			}
		}
	}
}

// within is how many items l has counted in a window.
func (c *census) within(l *line, window int) (n int64) {
	for _, v := range c.hist[l.base+c.rank[window]+1 : l.base+len(c.from)+1] {
		n += v
	}
	return n
}
