package numbering

import (
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// mark is what is configured for a number or prefix:
//
//	bits 0-31  area, 0 none
//	bits 32-39 lists that numbers are on
//	bits 40-47 lists that short codes are on
//	bit 48     premium
type mark uint64

const premiumMark mark = 1 << 48

// listMark is a list for numbers and, perhaps, for short codes.
func listMark(l cdr.List, short bool) mark {
	m := mark(l) << 32
	if short {
		m |= m << 8
	}
	return m
}

func (m mark) area() cdr.Area  { return cdr.Area(m) }
func (m mark) lists() cdr.List { return cdr.List(m >> 32) }
func (m mark) short() cdr.List { return cdr.List(m >> 40) }
func (m mark) premium() bool   { return m&premiumMark != 0 }

// join adds o to m; the area of o, if it has one, replaces m's.
func (m mark) join(o mark) mark {
	if o.area() != 0 {
		m = m >> 32 << 32
	}
	return m | o
}

// marks is an open-addressing table of the configured numbers. Its key is a
// cdr.Number, with exactBit where it is a whole number and not a prefix.
type marks struct {
	keys    []uint64 // 0 = free; a power of two of them
	values  []mark
	lengths uint32 // bit n: there are prefixes of n digits
	exact   bool   // there are whole numbers
}

const exactBit = 1 << 60

func (m *marks) empty() bool { return m.keys == nil }

// of joins what is configured for n and its prefixes; of two areas the longer
// prefix's counts.
func (m *marks) of(n cdr.Number) (all mark) {
	count, value := n.Len(), n.Value()
	for left := m.lengths & (1<<(count+1) - 1); left != 0; left &= left - 1 {
		length := bits.TrailingZeros32(left)
		all = all.join(m.get(shorten(value, count-length) | uint64(length)<<54))
	}
	if m.exact {
		all = all.join(m.get(uint64(n) | exactBit))
	}
	return all
}

func (m *marks) get(key uint64) mark {
	mask := uint64(len(m.keys) - 1)
	for i := cdr.Mix(key) & mask; m.keys[i] != 0; i = (i + 1) & mask {
		if m.keys[i] == key {
			return m.values[i]
		}
	}
	return 0
}

// marksBuilder gathers entries; one that comes twice is joined.
type marksBuilder struct{ prefixes, exact map[cdr.Number]mark }

func newMarksBuilder() *marksBuilder {
	return &marksBuilder{prefixes: map[cdr.Number]mark{}, exact: map[cdr.Number]mark{}}
}

func (b *marksBuilder) add(n cdr.Number, prefix bool, m mark) {
	entries := b.exact
	if prefix {
		entries = b.prefixes
	}
	entries[n] = entries[n].join(m)
}

func (b *marksBuilder) build() (m marks) {
	count := len(b.prefixes) + len(b.exact)
	if count == 0 {
		return m
	}
	size := 1 << bits.Len(uint(2*count)) // at most half full
	m = marks{keys: make([]uint64, size), values: make([]mark, size), exact: len(b.exact) > 0}
	for n, v := range b.prefixes {
		m.lengths |= 1 << n.Len()
		m.put(uint64(n), v)
	}
	for n, v := range b.exact {
		m.put(uint64(n)|exactBit, v)
	}
	return m
}

func (m *marks) put(key uint64, v mark) {
	mask := uint64(len(m.keys) - 1)
	i := cdr.Mix(key) & mask
	for m.keys[i] != 0 {
		i = (i + 1) & mask
	}
	m.keys[i], m.values[i] = key, v
}
