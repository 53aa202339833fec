package shard

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// shortCounts counts items whose four stamps share a word: all four are compared
// with the beginning of a window at once. A count is a lane of 16 bits, so it serves
// small blocks; a bigSet has rings.
type shortCounts struct {
	from    []start  // by window
	sums    []uint64 // by set and window: how many items each stamp lies within it; then those of pairs
	pairs   [itemSets][]pair
	paired  uint16 // the sets that have pairs
	reports []shortReport
}

const itemSets = 1 << (64 - setShift)

// start is the stamp at which a window begins, in every lane, taken apart for atLeast.
type start struct{ rest, low uint64 }

// pair counts the items of which two stamps lie within a window.
type pair struct {
	a, b uint8
	sums int // where its sums begin, by window
}

// shortReport is a column of the tile and which lane of which sum it tells.
type shortReport struct {
	column, sum int
	shift       uint8
}

// fourLanes has a 1 in each lane, laneTops the highest bit.
const (
	fourLanes = 1<<48 | 1<<32 | 1<<16 | 1
	laneTops  = fourLanes << 15
)

func newShortCounts(windows int) shortCounts {
	return shortCounts{from: make([]start, windows), sums: make([]uint64, windows*itemSets)}
}

// report adds a column: the items of a set with both stamps within window w.
func (d *shortCounts) report(column, set int, stamp, also uint8, w int) {
	n := len(d.from)
	if stamp == also {
		d.reports = append(d.reports, shortReport{column, set*n + w, 16 * stamp})
		return
	}
	i := slices.IndexFunc(d.pairs[set], func(p pair) bool { return p.a == stamp && p.b == also })
	if i < 0 {
		i = len(d.pairs[set])
		d.pairs[set] = append(d.pairs[set], pair{stamp, also, len(d.sums)})
		d.paired |= 1 << set
		d.sums = append(d.sums, make([]uint64, n)...)
	}
	d.reports = append(d.reports, shortReport{column, d.pairs[set][i].sums + w, 0})
}

func (d *shortCounts) aim(from []uint32) {
	for w, v := range from {
		lanes := fourLanes * uint64(v)
		d.from[w] = start{lanes &^ laneTops, ^lanes & laneTops}
	}
}

func (d *shortCounts) reset() { clear(d.sums) }

// see counts items: pairs of a key and a word of stamps.
func (d *shortCounts) see(items []uint64) {
	if len(d.from) == 3 {
		d.seeThree(items)
		return
	}
	n := len(d.from)
	for ; len(items) >= 2; items = items[2:] {
		set, st := items[0]>>setShift, items[1]
		sums := d.sums[int(set)*n:][:n]
		for w := range sums {
			sums[w] += atLeast(st, d.from[w])
		}
		if len(d.pairs[set]) > 0 {
			d.seePairs(set, st)
		}
	}
}

// seeThree is see for three windows, which most rows have. Where all stamps are below
// the top bit of a lane, as days are, the difference alone says which is less.
func (d *shortCounts) seeThree(items []uint64) {
	from, sums := [3]start(d.from), (*[3 * itemSets]uint64)(d.sums)
	low := from[0].low & from[1].low & from[2].low
	for ; len(items) >= 2; items = items[2:] {
		set, st := items[0]>>setShift, items[1]
		of := (*[3]uint64)(sums[3*set:])
		if d.paired>>set&1 != 0 {
			d.seePairs(set, st)
		}
		if (st|^low)&laneTops != 0 {
			of[0] += atLeast(st, from[0])
			of[1] += atLeast(st, from[1])
			of[2] += atLeast(st, from[2])
			continue
		}
		st |= laneTops
		of[0] += (st - from[0].rest) & laneTops >> 15
		of[1] += (st - from[1].rest) & laneTops >> 15
		of[2] += (st - from[2].rest) & laneTops >> 15
	}
}

func (d *shortCounts) seePairs(set, st uint64) {
	for _, p := range d.pairs[set] {
		sums := d.sums[p.sums:][:len(d.from)]
		for w, from := range d.from {
			in := atLeast(st, from)
			sums[w] += in >> (16 * p.a) & (in >> (16 * p.b)) & 1
		}
	}
}

// atLeast has a 1 in each lane in which x is not less than y. Where the top bits
// of a lane differ they decide, else the difference of the rest does.
func atLeast(x uint64, y start) uint64 {
	rest := (x | laneTops) - y.rest
	return (x&y.low | (x|y.low)&rest) & laneTops >> 15
}

// tell sets the columns of row r.
func (d *shortCounts) tell(t *feature.Tile, r int) {
	for i := range d.reports {
		x := &d.reports[i]
		t.Set(x.column, r, int64(d.sums[x.sum]>>(x.shift&63)&0xffff))
	}
}
