package parquet

import "math/bits"

const (
	dictFree  = 512     // distinct values that are always welcome
	dictShare = 4       // beyond them: one in so many values may be new
	dictLimit = 1 << 14 // entries, 128 KiB
	dictSlots = 256     // of an empty dictionary
)

// dictionary numbers the distinct 64-bit values of a column chunk in the order
// in which they come. It is an open-addressing table at most half full.
type dictionary struct {
	values []int64 // the entries
	slots  []slot  // a power of two of them
	shift  int     // from a hash to a slot
	seen   int     // values that were looked up
}

type slot struct {
	value int64
	entry uint32 // number of the entry plus one; 0: the slot is free
}

func (d *dictionary) reset() {
	d.values, d.seen = d.values[:0], 0
	d.room(dictSlots)
}

// room makes a free table of n slots.
func (d *dictionary) room(n int) {
	if cap(d.slots) < n {
		d.slots = make([]slot, n)
	}
	d.slots = d.slots[:n]
	d.shift = 65 - bits.Len(uint(n))
	clear(d.slots)
}

// width is how many bits the number of an entry takes, at least one.
func (d *dictionary) width() int {
	return max(1, bits.Len(uint(len(d.values)-1)))
}

// number fills out with the entry numbers of values, at least one. It gives up, and reports
// false, when so many of them are new that a dictionary does not pay; the
// entries are then as they were before, and nothing more is looked up until reset.
func (d *dictionary) number(values []int64, out []uint32) bool {
	before := len(d.values)
	last, lastEntry := ^values[0], uint32(0)
	for i, v := range values {
		if v != last {
			e := d.find(v)
			if e == 0 {
				if e = d.add(v, d.seen+i); e == 0 {
					d.values = d.values[:before]
					return false
				}
			}
			last, lastEntry = v, e-1
		}
		out[i] = lastEntry
	}
	d.seen += len(values)
	return true
}

// find returns the number of v's entry plus one; 0: there is none.
func (d *dictionary) find(v int64) uint32 {
	mask := uint64(len(d.slots) - 1)
	for h := d.hash(v); ; h = (h + 1) & mask {
		s := &d.slots[h&mask]
		if s.value == v || s.entry == 0 {
			return s.entry
		}
	}
}

// hash spreads small integers as well as the bit patterns of doubles, whose low
// bits are often zero: the high bits of the product depend on every bit of v.
func (d *dictionary) hash(v int64) uint64 {
	return uint64(v) * 0x9e3779b97f4a7c15 >> (d.shift & 63)
}

// add makes v, which is not there, the next entry; 0 when there are too many.
func (d *dictionary) add(v int64, seen int) uint32 {
	n := len(d.values)
	if n >= dictLimit || n >= dictFree+seen/dictShare {
		return 0
	}
	d.values = append(d.values, v)
	if 2*len(d.values) > len(d.slots) {
		d.grow()
	} else {
		d.place(v, uint32(n+1))
	}
	return uint32(n + 1)
}

func (d *dictionary) place(v int64, entry uint32) {
	mask := uint64(len(d.slots) - 1)
	h := d.hash(v)
	for d.slots[h].entry != 0 {
		h = (h + 1) & mask
	}
	d.slots[h] = slot{v, entry}
}

// grow doubles the table and places the entries anew.
func (d *dictionary) grow() {
	d.room(2 * len(d.slots))
	for i, v := range d.values {
		d.place(v, uint32(i+1))
	}
}
