package csv

import (
	"encoding/binary"
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// marks finds separators and line feeds in a block, 64 bytes at a time: each of
// 64 bits stands for a byte. Taking the bits off one by one costs no branch that
// depends on how long fields are, which is what makes byte loops slow.
type marks struct {
	block     []byte
	separator uint64 // in every byte
	base      int    // the bits are of block[base : base+64]
	bits      uint64 // marks that have not been taken
}

// seek makes the marks from pos on the next to be taken.
func (m *marks) seek(pos int) {
	m.base = pos &^ 63
	m.bits = m.load(m.base) &^ (1<<(pos&63) - 1)
}

// load returns the marks of the 64 bytes at base, which may lie beyond the end.
func (m *marks) load(base int) (found uint64) {
	if base+64 > len(m.block) {
		return m.loadLast(base)
	}
	b := m.block[base : base+64]
	for i := 0; i < 64; i += 8 {
		found |= wordMarks(binary.LittleEndian.Uint64(b[i:]), m.separator) << i
	}
	return found
}

// loadLast is load for the end of the block, where a last line feed is added.
func (m *marks) loadLast(base int) (found uint64) {
	var b [64]byte
	if base < len(m.block) {
		copy(b[:], m.block[base:])
	}
	b[max(len(m.block)-base, 0)] = '\n'
	for i := 0; i < 64; i += 8 {
		found |= wordMarks(binary.LittleEndian.Uint64(b[i:]), m.separator) << i
	}
	return found
}

// wordMarks returns a bit for each of eight bytes that is a separator or a line
// feed. A byte is zero, exactly, when neither adding 0x7F to its low bits nor
// its high bit sets the high bit; the multiplication gathers the eight high bits
// in one byte.
func wordMarks(x, separator uint64) uint64 {
	const (
		low7   = 0x7F7F7F7F7F7F7F7F
		gather = 0x0102040810204080
		feeds  = ones * '\n'
	)
	s, f := x^separator, x^feeds
	s, f = (s&low7+low7)|s, (f&low7+low7)|f
	return (^(s & f) >> 7 & ones) * gather >> 56
}

const ones = 0x0101010101010101

// take notes where the fields of the record at start stand and returns where its
// line ends. It is false when the record has more or fewer fields than columns;
// the marks are then in any place.
func (m *marks) take(columns []decode.Column, start int, r *decode.Row) (end int, ok bool) {
	found, base := m.bits, m.base
	from := start
	last := len(columns) - 1
	for i, c := range columns {
		for found == 0 {
			base += 64
			found = m.load(base)
		}
		end = base + bits.TrailingZeros64(found)
		found &= found - 1
		r.At[c] = cdr.Span{Off: uint32(from), Len: uint32(end - from)}
		from = end + 1
		if m.feed(end) != (i == last) {
			return end, false
		}
	}
	m.bits, m.base = found, base
	return end, true
}

// feed reports whether the mark at pos ends the line.
func (m *marks) feed(pos int) bool { return pos >= len(m.block) || m.block[pos] == '\n' }
