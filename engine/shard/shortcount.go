package shard

// shortCounts counts items whose four stamps share a word: all four are compared
// with the beginning of a window at once. A count is a lane of 16 bits, so it serves
// small blocks; a bigSet has rings.
type shortCounts struct {
	from  []uint64 // by window: the stamp at which it begins, in every lane
	sums  []uint64 // by set and window: how many items each stamp lies within it
	pairs [1 << (64 - setShift)][]pair
}

// pair counts the items of which two stamps lie within a window.
type pair struct {
	a, b uint8
	sums []uint64 // by window
}

// fourLanes has a 1 in each lane, laneTops the highest bit.
const (
	fourLanes = 1<<48 | 1<<32 | 1<<16 | 1
	laneTops  = fourLanes << 15
)

func newShortCounts(windows int) shortCounts {
	return shortCounts{
		from: make([]uint64, windows),
		sums: make([]uint64, windows<<(64-setShift)),
	}
}

func (d *shortCounts) aim(from []uint32) {
	for w, v := range from {
		d.from[w] = fourLanes * uint64(v)
	}
}

func (d *shortCounts) reset() {
	clear(d.sums)
	for s := range d.pairs {
		for i := range d.pairs[s] {
			clear(d.pairs[s][i].sums)
		}
	}
}

// see counts items: pairs of a key and a word of stamps.
func (d *shortCounts) see(items []uint64) {
	n := len(d.from)
	for ; len(items) >= 2; items = items[2:] {
		set, st := items[0]>>setShift, items[1]
		sums := d.sums[int(set)*n:][:n]
		for w, from := range d.from {
			sums[w] += atLeast(st, from)
		}
		if len(d.pairs[set]) > 0 {
			d.seePairs(set, st)
		}
	}
}

func (d *shortCounts) seePairs(set, st uint64) {
	for i := range d.pairs[set] {
		p := &d.pairs[set][i]
		for w, from := range d.from {
			in := atLeast(st, from)
			p.sums[w] += in >> (16 * p.a) & (in >> (16 * p.b)) & 1
		}
	}
}

// atLeast has a 1 in each lane in which x is not less than y. Where the top bits
// of a lane differ they decide, else the difference of the rest does.
func atLeast(x, y uint64) uint64 {
	rest := (x | laneTops) - y&^laneTops
	return ((x &^ y) | ^(x^y)&rest) & laneTops >> 15
}

// count returns how many items of set have both stamps within window w.
func (d *shortCounts) count(set int, stamp, also uint8, w int) int64 {
	if stamp == also {
		return int64(d.sums[set*len(d.from)+w] >> (16 * stamp) & 0xffff)
	}
	for i := range d.pairs[set] {
		if p := &d.pairs[set][i]; p.a == stamp && p.b == also {
			return int64(p.sums[w])
		}
	}
	return 0
}
