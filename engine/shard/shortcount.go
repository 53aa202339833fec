package shard

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// shortCounts counts items whose four stamps share a word, or half a word: all four are
// compared with the beginning of a window at once, or with those of two windows. A count is
// a lane as wide as a stamp, so it serves small blocks; a bigSet has rings.
type shortCounts struct {
	halves  bool     // stamps are 8 bits each, else 16
	from    []start  // by word of sums: the beginnings of its windows
	edges   []uint64 // the same, not taken apart
	sums    []uint64 // by set and word: how many items each stamp lies within; then those of pairs
	pairs   [itemSets][]pair
	paired  bool   // some set has pairs
	reports []move // of sums to columns
	spread  spread // the same, for many rows
	ages    shortAges
	units   unitAges
}

// countedSets is how many sets there are, which are numbered from 1; placeOf is where the
// sums of one stand: those of the last come first.
const countedSets = 8

func placeOf(set uint64) int { return int(set) & (countedSets - 1) }

// start is the stamp at which a window begins, in every lane, taken apart for atLeast.
type start struct{ rest, low uint64 }

// pair counts the items of which two stamps lie within a window.
type pair struct {
	a, b uint8
	sums int // where its sums begin, by word
}

// fourLanes has a 1 in each lane of 16 bits, laneTops the highest bit; byteTops is the
// same for lanes of 8 bits.
const (
	fourLanes = 1<<48 | 1<<32 | 1<<16 | 1
	laneTops  = fourLanes << 15
	byteTops  = highs
)

// Up to fewWindows windows are counted faster than more. They take as many words as if there
// were so many.
const (
	fewWindows = 4
	fewHalves  = fewWindows / 2
)

func newShortCounts(windows int, halves bool) shortCounts {
	words := max(windows, fewWindows)
	if halves {
		words = (words + 1) / 2
	}
	return shortCounts{
		halves: halves, from: make([]start, words), edges: make([]uint64, words),
		sums: make([]uint64, words*countedSets),
	}
}

// lane is where among the words of sums the first lane of window w is.
func (d *shortCounts) lane(w int) (word int, shift uint8) {
	if d.halves {
		return w / 2, uint8(w % 2 * 32)
	}
	return w, 0
}

// width is how wide a lane is.
func (d *shortCounts) width() uint8 {
	if d.halves {
		return 8
	}
	return 16
}

// report adds a column: the items of a set with both stamps within window w.
func (d *shortCounts) report(column, set int, stamp, also uint8, w int) {
	n := len(d.from)
	word, shift := d.lane(w)
	r := move{column: column, shift: shift, mask: 1<<d.width() - 1}
	if stamp == also {
		r.word, r.shift = placeOf(uint64(set))*n+word, shift+d.width()*stamp
		d.reports = append(d.reports, r)
		return
	}
	i := slices.IndexFunc(d.pairs[set], func(p pair) bool { return p.a == stamp && p.b == also })
	if i < 0 {
		i = len(d.pairs[set])
		d.pairs[set], d.paired = append(d.pairs[set], pair{stamp, also, len(d.sums)}), true
		d.sums = append(d.sums, make([]uint64, n)...)
	}
	r.word = d.pairs[set][i].sums + word
	d.reports = append(d.reports, r)
}

// aim tells at which stamp each window begins, and the latest that any item has.
func (d *shortCounts) aim(from []uint32, latest uint32) {
	d.ages.aim(from, latest)
	if !d.halves {
		d.units.aim(from, latest)
	}
	tops := uint64(laneTops)
	if d.halves {
		tops = byteTops
	}
	for i := range d.edges {
		lanes := d.edge(from, i)
		d.edges[i], d.from[i] = lanes, start{lanes &^ tops, ^lanes & tops}
	}
}

// edge is where the windows of a word of sums begin, in every lane; those that there are not
// begin at 0.
func (d *shortCounts) edge(from []uint32, of int) (lanes uint64) {
	for w, v := range from {
		switch word, shift := d.lane(w); {
		case word != of:
		case d.halves:
			lanes |= uint64(spread8[15]) * uint64(v) << shift
		default:
			lanes = fourLanes * uint64(v)
		}
	}
	return lanes
}

// see counts the items of a block in sums: how many of each set there are, their keys and
// stamps.
func (d *shortCounts) see(sums []uint64, counts uint64, keys, stamps []uint64) {
	if !d.paired && d.seeFast(sums, keys, stamps) {
		return
	}
	clear(sums)
	switch {
	case !d.halves && d.units.fit && !d.paired:
		d.units.see((*[fewWindows * countedSets]uint64)(sums), keys, stamps)
	case !d.halves:
		d.seeWords(sums, keys, stamps)
	case len(d.from) == fewHalves && d.ages.fit && !d.paired:
		d.ages.see((*[fewHalves * countedSets]uint64)(sums), counts, keys, stamps)
	default:
		d.seeHalves(sums, keys, stamps)
	}
}

func (d *shortCounts) seeWords(all, keys, stamps []uint64) {
	n := len(d.from)
	for i, key := range keys {
		set, st := key>>setShift, stamps[i]
		sums := all[placeOf(set)*n:][:n]
		for w := range sums {
			sums[w] += atLeast(st, d.from[w])
		}
		for _, p := range d.pairs[set] {
			sums := all[p.sums:][:n]
			for w, from := range d.from {
				in := atLeast(st, from)
				sums[w] += in >> (16 * p.a & 63) & (in >> (16 * p.b & 63)) & 1
			}
		}
	}
}

// doubled is the stamps of item i, in both halves of a word.
func doubled(stamps []uint64, i int) uint64 {
	st := stamps[i>>1] >> (i & 1 * 32) & (1<<32 - 1)
	return st | st<<32
}

func (d *shortCounts) seeHalves(all, keys, stamps []uint64) {
	n := len(d.from)
	for i, key := range keys {
		set, st := key>>setShift, doubled(stamps, i)
		sums := all[placeOf(set)*n:][:n]
		for w := range sums {
			sums[w] += atLeastShort(st, d.from[w])
		}
		if len(d.pairs[set]) > 0 {
			d.seePairs(all, set, st)
		}
	}
}

func (d *shortCounts) seePairs(all []uint64, set, st uint64) {
	for _, p := range d.pairs[set] {
		sums := all[p.sums:][:len(d.from)]
		for w, from := range d.from {
			in := atLeastShort(st, from)
			sums[w] += in >> (8 * p.a & 63) & (in >> (8 * p.b & 63)) & (1<<32 | 1)
		}
	}
}

// atLeast has a 1 in each lane of 16 bits in which x is not less than y. Where the top
// bits of a lane differ they decide, else the difference of the rest does.
func atLeast(x uint64, y start) uint64 {
	rest := (x | laneTops) - y.rest
	return (x&y.low | (x|y.low)&rest) & laneTops >> 15
}

// atLeastShort is atLeast for lanes of 8 bits.
func atLeastShort(x uint64, y start) uint64 {
	rest := (x | byteTops) - y.rest
	return (x&y.low | (x|y.low)&rest) & byteTops >> 7
}

// tell sets the columns of row r.
func (d *shortCounts) tell(t *feature.Tile, r int, sums []uint64) {
	for i := range d.reports {
		x := &d.reports[i]
		t.Set(x.column, r, int64(sums[x.word]>>(x.shift&63)&x.mask))
	}
}
