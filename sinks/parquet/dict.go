package parquet

import (
	"encoding/binary"
	"math/bits"
)

const (
	dictFree  = 512     // distinct values that are always welcome
	dictShare = 4       // beyond them: one in so many values may be new, ...
	dictEarly = 1 << 13 // ... but of the first doubles, which cost more outside, five in eight
	dictLimit = 1 << 14 // entries, 128 KiB
	dictSlots = 512     // of a new dictionary

	touchShare = 8 // at one value to look up for so many slots, and above, they are all fetched

	smallValues = 1 << 12 // integers below need no hash: most are small counts
	byteValues  = 1 << 8  // numbers that take a byte
)

// dictionary numbers the distinct 64-bit values of a column chunk in the order
// in which they come. It is an open-addressing table at most a quarter full, so
// that a value is nearly always found, or not, where it is first looked for.
type dictionary struct {
	values []int64             // the entries
	small  [smallValues]uint16 // as slots, of the value itself
	slots  []uint16            // a power of two of them: number of an entry plus one, 0: free
	shift  int                 // from a hash to a slot
	seen   int                 // values that were looked up
	early  int                 // so many of the first values may be new more often
	hashed bool                // none is small: they are doubles

	touched int64 // what touch read, which nobody needs
}

func (d *dictionary) reset() {
	d.values, d.seen = d.values[:0], 0
	if !d.hashed {
		d.small = [smallValues]uint16{}
	}
	d.room(max(dictSlots, len(d.slots))) // the next chunk will have about as many
}

// room makes a free table of n slots.
func (d *dictionary) room(n int) {
	if cap(d.slots) < n {
		d.slots = make([]uint16, n)
	}
	d.slots = d.slots[:n]
	d.shift = 65 - bits.Len(uint(n))
	clear(d.slots)
}

// width is how many bits the number of an entry takes, at least one.
func (d *dictionary) width() int {
	return max(1, bits.Len(uint(len(d.values)-1)))
}

// aligned is width, up to a whole byte rounded so that no index straddles two: the
// bytes are then whole values to the entropy coder.
func (d *dictionary) aligned() int {
	w := d.width()
	if w > 8 {
		return w
	}
	return 1 << bits.Len(uint(w-1))
}

// numberBytes is number for values below byteValues while no more entries than that are
// there: eight at a time, and a byte each, which a multiple of eight has room for. It
// reports false also for other values, of which nothing was looked up then.
func (d *dictionary) numberBytes(values []int64, out []byte) bool {
	before := len(d.values)
	for at := 0; at < len(values); at += 8 {
		if at&63 == 0 { // a new value makes the eights around it slow, not all behind it
			if at += d.numberMany(values[at:], out[at:]); at >= len(values) {
				break
			}
		}
		var eight [8]int64
		v := &eight
		if at+8 <= len(values) {
			v = (*[8]int64)(values[at:])
		} else {
			n := copy(eight[:], values[at:])
			for i := n; i < 8; i++ {
				eight[i] = eight[0]
			}
		}
		if uint64(v[0]|v[1]|v[2]|v[3]|v[4]|v[5]|v[6]|v[7]) >= byteValues {
			d.forget(before)
			return false
		}
		word, known := d.eight(v)
		for i := 0; !known && i < 8; i++ {
			if d.small[v[i]] == 0 && (len(d.values) == byteValues || !d.add(v[i], d.seen+at+i)) {
				d.forget(before)
				return false
			}
			word, known = d.eight(v)
		}
		if !known { // one has a number of more than a byte
			d.forget(before)
			return false
		}
		binary.LittleEndian.PutUint64(out[at:at+8], word)
	}
	d.seen += len(values)
	return true
}

// eight is the entry numbers of eight small values, a byte each; not known: one has none.
func (d *dictionary) eight(v *[8]int64) (word uint64, known bool) {
	s := &d.small
	const mask = byteValues - 1
	e0, e1 := uint64(s[v[0]&mask])-1, uint64(s[v[1]&mask])-1
	e2, e3 := uint64(s[v[2]&mask])-1, uint64(s[v[3]&mask])-1
	e4, e5 := uint64(s[v[4]&mask])-1, uint64(s[v[5]&mask])-1
	e6, e7 := uint64(s[v[6]&mask])-1, uint64(s[v[7]&mask])-1
	word = e0 | e1<<8 | e2<<16 | e3<<24 | e4<<32 | e5<<40 | e6<<48 | e7<<56
	return word, (e0|e1|e2|e3|e4|e5|e6|e7)>>8 == 0
}

// forget drops the entries, small ones, from the n-th on.
func (d *dictionary) forget(n int) {
	for _, v := range d.values[n:] {
		d.small[v] = 0
	}
	d.values = d.values[:n]
}

// number fills out with the entry numbers of values, at least one. It gives up, and reports
// false, when so many of them are new that a dictionary does not pay; the
// entries are then as they were before, and nothing more is looked up until reset.
func (d *dictionary) number(values []int64, out []uint16) bool {
	before := len(d.values)
	out = out[:len(values)]
	if d.hashed && len(values) >= len(d.slots)/touchShare {
		d.touch()
	}
	for from := 0; ; {
		from += d.known(values[from:], out[from:])
		if from == len(values) {
			d.seen += len(values)
			return true
		}
		if !d.add(values[from], d.seen+from) {
			d.values = d.values[:before]
			return false
		}
	}
}

// touch reads what values are looked up in, one piece of the cache after the other. Since
// the page before, the other columns have taken its place there, and to fetch what has just
// been missed, here and there, takes the most time of a lookup.
func (d *dictionary) touch() {
	var slots uint16
	for i := 0; i < len(d.slots); i += 32 {
		slots |= d.slots[i]
	}
	var values int64
	for i := 0; i < len(d.values); i += 8 {
		values |= d.values[i]
	}
	d.touched = values | int64(slots)
}

// known fills out with the entry numbers of the values before the first that is new,
// and returns how many those are.
func (d *dictionary) known(values []int64, out []uint16) int {
	if d.hashed {
		return d.find(values, out)
	}
	out = out[:len(values)]
	for i, v := range values {
		if uint64(v) >= smallValues {
			if d.find(values[i:i+1], out[i:]) == 0 {
				return i
			}
			continue
		}
		e := d.small[v]
		if e == 0 {
			return i
		}
		out[i] = e - 1
	}
	return len(values)
}

// find is known for values that are hashed.
func (d *dictionary) find(values []int64, out []uint16) int {
	slots, entries, shift := d.slots, d.values, d.shift&63
	out = out[:len(values)]
	for i, v := range values {
		h := hash(v, shift)
		e := int(slots[h]) - 1
		if uint(e) >= uint(len(entries)) || entries[e] != v {
			if e = d.probe(v, h); e < 0 {
				return i
			}
		}
		out[i] = uint16(e)
	}
	return len(values)
}

// probe is the number of v, which is not where it is first looked for, -1 if it is new.
func (d *dictionary) probe(v int64, h uint64) int {
	mask := uint64(len(d.slots) - 1)
	for ; d.slots[h] != 0; h = (h + 1) & mask {
		if e := int(d.slots[h]) - 1; d.values[e] == v {
			return e
		}
	}
	return -1
}

// hash spreads small integers as well as the bit patterns of doubles, whose low
// bits are often zero: the high bits of the product depend on every bit of v.
func hash(v int64, shift int) uint64 { return uint64(v) * 0x9e3779b97f4a7c15 >> shift }

// add makes v, which is not there, the next entry; false when there are too many.
func (d *dictionary) add(v int64, seen int) bool {
	n := len(d.values)
	if n >= dictLimit || n >= dictFree+seen/dictShare+3*min(seen, d.early)/8 {
		return false
	}
	d.values = append(d.values, v)
	if 4*len(d.values) > len(d.slots) {
		d.grow()
	} else {
		d.place(v, uint16(n+1))
	}
	return true
}

func (d *dictionary) place(v int64, entry uint16) {
	if !d.hashed && uint64(v) < smallValues {
		d.small[v] = entry
		return
	}
	mask := uint64(len(d.slots) - 1)
	h := hash(v, d.shift&63)
	for d.slots[h] != 0 {
		h = (h + 1) & mask
	}
	d.slots[h] = entry
}

// grow doubles the table and places the entries anew.
func (d *dictionary) grow() {
	d.room(2 * len(d.slots))
	for i, v := range d.values {
		d.place(v, uint16(i+1))
	}
}
