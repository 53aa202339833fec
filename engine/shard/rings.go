package shard

import (
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// rings count the items of big sets without looking at them. For each way of
// counting a set, and each grid that it is counted over, a big set has a ring with a
// place for every pane of the longest window: how many items were last seen in it.
// An item that is seen again moves from its pane to the current one, and the count
// of a window is the sum of its panes. Otherwise a number that calls 60,000 others
// would cost 60,000 steps at each row, and with rules at each call.
type rings struct {
	lines  [1 << (64 - setShift)][]ringLine // by item set
	grids  []ringGrid
	window []ringWindow // by window
	stamps *stamps
	base   int64 // of the stamps of known panes
	size   int   // of the rings of one line
	total  int   // lines
}

// ringLine is one way of counting a set: an item was last seen so when the earlier
// of two of its stamps says, which may be the same.
type ringLine struct {
	stamp, also uint8
	grids       uint8 // a bit for each that it is counted over: in the rings of others there is nothing
	at          int   // of its rings in those of a set
}

const _ = uint(8 - window.MaxGrids) // there are bits for all of them

// ringGrid is one way of cutting time.
type ringGrid struct {
	panes int64      // of the longest window: the length of the ring
	at    int        // in the rings of a line
	pane  cdr.Millis // length of a pane, 0 for days
	days  *window.Calendar
	known [knownPanes]ringPane // see paneFor
	shift uint8                // of stamps, so that those of a pane become a few numbers
}

// ringPane is a pane, its place in a ring, and the stamps that are known to lie in it: from
// one to another.
type ringPane struct {
	from, to    uint32 // 0: of no pane
	pane, place int64
}

// ringWindow is a window by its grid, and how many panes it has.
type ringWindow struct {
	grid  int // -1: nothing is counted over it
	panes int64
}

// ringSet is the rings of a big set.
type ringSet struct {
	counts []uint32
	last   []int64 // by grid: the latest pane of an item
}

func newRings(s *Shard, views ...*feature.View) *rings {
	r := &rings{stamps: &s.items.stamps, window: make([]ringWindow, len(s.Plan.Windows))}
	for w := range r.window {
		r.window[w].grid = -1
	}
	for _, v := range views {
		for _, d := range v.Counts {
			r.addWindow(s, d.Window)
			r.addLine(d, r.window[d.Window].grid)
		}
	}
	for i := range r.grids {
		r.grids[i].at = r.size
		r.size += int(r.grids[i].panes)
	}
	for set := range r.lines {
		for i := range r.lines[set] {
			r.lines[set][i].at = r.total * r.size
			r.total++
		}
	}
	return r
}

// addLine notes that d is counted over a window of a grid.
func (r *rings) addLine(d feature.DistinctCount, grid int) {
	l := ringLine{stamp: uint8(bits.TrailingZeros8(uint8(d.Stamps))), also: uint8(bits.Len8(uint8(d.Stamps)) - 1), grids: 1 << grid}
	for i := range r.lines[d.Item] {
		if x := &r.lines[d.Item][i]; x.stamp == l.stamp && x.also == l.also {
			x.grids |= l.grids
			return
		}
	}
	r.lines[d.Item] = append(r.lines[d.Item], l)
}

// addWindow makes room for the panes of a window over which something is counted.
func (r *rings) addWindow(s *Shard, w int) {
	spec := s.Plan.Windows[w]
	r.window[w] = ringWindow{r.gridOf(s, spec), int64(spec.Panes)}
	g := &r.grids[r.window[w].grid]
	g.panes = max(g.panes, int64(spec.Panes))
}

// counts reports whether anything is counted over window w.
func (r *rings) counts(w int) bool { return r.window[w].grid >= 0 }

// gridOf returns the number of the grid that a window is cut by.
func (r *rings) gridOf(s *Shard, w window.Spec) int {
	length := w.Length
	if w.Days {
		length = 0
	}
	for i := range r.grids {
		if r.grids[i].pane == length {
			return i
		}
	}
	r.grids = append(r.grids, ringGrid{pane: length, days: s.Days, shift: r.shiftFor(length)})
	return len(r.grids) - 1
}

// shiftFor is how far apart stamps lie that are remembered apart, a power of two: some eighth of
// a pane of this length, 0 being that of days.
func (r *rings) shiftFor(length cdr.Millis) uint8 {
	unit := uint32(daySeconds)
	switch {
	case r.stamps.words == 2:
		unit = 1
	case r.stamps.seconds > 0:
		unit = r.stamps.seconds
	}
	if length == 0 {
		length = daySeconds * second
	}
	return uint8(max(bits.Len64(uint64(length/second)/uint64(unit))-3, 0))
}

// paneOf returns the pane of a stamp, which is not 0.
func (r *rings) paneOf(g *ringGrid, v uint32) int64 {
	switch {
	case r.stamps.inDays():
		return int64(v) - 1 + r.stamps.base
	case g.pane == 0:
		return int64(g.days.Day(r.stamps.instant(v)))
	}
	return int64(r.stamps.instant(v) / g.pane)
}

// knownPanes is how many panes of a grid are remembered, some of them several times.
const knownPanes = 128

// paneFor returns the pane of a stamp, which is not 0, and its place in a ring. It is
// remembered: of panes that items move from and to there are few.
func (r *rings) paneFor(g *ringGrid, v uint32) (pane, place int64) {
	if r.base != r.stamps.base {
		r.rebase()
	}
	k := &g.known[v>>(g.shift&31)%knownPanes]
	if v-k.from <= k.to-k.from && k.to != 0 {
		return k.pane, k.place
	}
	p := r.paneOf(g, v)
	if k.to != 0 && p == k.pane {
		k.from, k.to = min(k.from, v), max(k.to, v)
	} else {
		*k = ringPane{v, v, p, place64(p, g.panes)}
	}
	return k.pane, k.place
}

// rebase forgets the panes that are known: stamps mean something else now.
func (r *rings) rebase() {
	r.base = r.stamps.base
	for i := range r.grids {
		r.grids[i].known = [knownPanes]ringPane{}
	}
}

// build counts the items of a big set anew.
func (r *rings) build(b *bigSet) {
	b.rings = ringSet{counts: make([]uint32, r.total*r.size), last: make([]int64, len(r.grids))}
	b.each(func(key uint64, st []uint64) { r.move(b, key, [4]uint32{}, r.stamps.get(st)) })
}

// drop takes an item out.
func (r *rings) drop(b *bigSet, key uint64, st []uint64) {
	if b.rings.counts != nil {
		r.move(b, key, r.stamps.get(st), [4]uint32{})
	}
}

// move moves an item from the panes of its stamps before to those of now; a stamp of
// 0 has none.
func (r *rings) move(b *bigSet, key uint64, before, now [4]uint32) {
	for _, l := range r.lines[key>>setShift] {
		old, next := min(before[l.stamp&3], before[l.also&3]), min(now[l.stamp&3], now[l.also&3])
		if old == next {
			continue
		}
		for some := l.grids; some != 0; some &= some - 1 {
			r.moveIn(b, l, bits.TrailingZeros8(some), old, next)
		}
	}
}

// moveIn moves an item that line l counts from the pane of one stamp to that of another
// in a grid.
func (r *rings) moveIn(b *bigSet, l ringLine, grid int, old, next uint32) {
	g := &r.grids[grid]
	var from, fromPlace, to, toPlace int64
	if old != 0 {
		from, fromPlace = r.paneFor(g, old)
	}
	if next != 0 {
		if to, toPlace = r.paneFor(g, next); old != 0 && from == to {
			return // it was counted there
		}
		if to > b.rings.last[grid] {
			r.advance(b, grid, to)
		}
	}
	ring, oldest := b.rings.counts[l.at+g.at:][:g.panes], b.rings.last[grid]-g.panes
	if next != 0 && to > oldest {
		ring[toPlace]++
	}
	if old != 0 && from > oldest {
		ring[fromPlace]--
	}
}

// advance makes p the latest pane of a grid: those that come in place of others begin
// with nothing, in the rings of all lines.
func (r *rings) advance(b *bigSet, grid int, p int64) {
	g := &r.grids[grid]
	last := max(b.rings.last[grid], p-g.panes)
	at := place64(last, g.panes)
	for range p - last {
		if at++; at == g.panes {
			at = 0
		}
		for i := g.at + int(at); i < len(b.rings.counts); i += r.size {
			b.rings.counts[i] = 0
		}
	}
	b.rings.last[grid] = p
}

// place64 is the place of pane p in a ring of n.
func place64(p, n int64) int64 {
	at := p % n
	if at < 0 {
		at += n
	}
	return at
}

// count returns how many items line l of a big set has within window w, whose last
// pane is the one given.
func (r *rings) count(b *bigSet, l ringLine, w int, last int64) (n int64) {
	x := r.window[w]
	g := &r.grids[x.grid]
	ring := b.rings.counts[l.at+g.at:][:g.panes]
	latest := b.rings.last[x.grid]
	for p := max(last-x.panes, latest-g.panes) + 1; p <= min(last, latest); p++ {
		n += int64(ring[place64(p, g.panes)])
	}
	return n
}

// line returns the line of a set that counts by two stamps.
func (r *rings) line(set int, stamp, also uint8) ringLine {
	for _, l := range r.lines[set] {
		if l.stamp == stamp && l.also == also {
			return l
		}
	}
	panic("shard: no ring counts what the plan does")
}
