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
// blocks whose stamps are days are counted in a faster way, see dayCounts.
type census struct {
	lines [1 << (64 - setShift)][]line // by item set
	from  []uint32                     // by rank: the stamp at which the window begins
	rank  []int                        // by window
	hist  []int64                      // of each line, len(from) + 1 places
	used  int                          // lines
	days  dayCounts
}

// line is one way of counting a set: which stamps must lie within a window.
type line struct {
	stamp, also uint8 // the same, or two stamps of which the earlier counts
	base        int   // in hist
	columns     []feature.DistinctCount
}

func newCensus(n int, counts []feature.DistinctCount) census {
	c := census{from: make([]uint32, n), rank: make([]int, n), days: newDayCounts(n)}
	for _, d := range counts {
		l := c.line(d)
		l.columns = append(l.columns, d)
	}
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
	if stamp != also {
		c.days.pairs[d.Item] = append(c.days.pairs[d.Item], pair{stamp, also, make([]uint64, len(c.from))})
	}
	return &c.lines[d.Item][len(of)]
}

// aim tells at which stamp each window begins.
func (c *census) aim(from []uint32) {
	c.days.aim(from)
	order := make([]int, len(from))
	for w := range order {
		order[w] = w
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(from[a], from[b]) })
	for r, w := range order {
		c.rank[w], c.from[r] = r, from[w]
	}
}

func (c *census) reset() {
	clear(c.hist)
	c.days.reset()
}

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
				t.Set(d.Column, r, of.count(b, line, d.Window, last[of.window[d.Window].grid]))
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
				n := c.days.count(s, l.stamp, l.also, d.Window)
				for _, v := range c.hist[l.base+c.rank[d.Window]+1 : l.base+len(c.from)+1] {
					n += v
				}
				t.Set(d.Column, r, n)
			}
		}
	}
}
