package csv

import (
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// marks finds separators and line feeds in a block, some thousand bytes at a
// time. Taking the bits off one by one costs no branch that depends on how long
// fields are, which is what makes byte loops slow.
type marks struct {
	block            []byte
	separator, blank byte // blank is what fields are trimmed of besides spaces

	base  int    // the words are of block[base:], where a line begins
	count int    // words made
	odd   uint64 // all odd bits together
	at    int    // the word that marks stand in
	left  uint64 // marks of it that have not been taken
	words words
}

// seek makes the marks of the line at pos the next to be taken.
func (m *marks) seek(pos int) {
	if i := pos - m.base; i>>6 < m.count {
		m.at = i >> 6
		m.left = m.words.marks[m.at&(stretch-1)] >> (i & 63) << (i & 63)
		return
	}
	m.fill(pos)
}

// fill makes the words of the stretch that begins with the line at pos. A line
// feed is added at the end of the block.
func (m *marks) fill(pos int) {
	text := m.block[pos:]
	whole := min(len(text)/64, stretch)
	m.odd = classify(&m.words, text[:whole*64], m.separator, m.blank)
	m.count = whole
	if whole < stretch {
		m.last(text, whole)
	}
	m.base, m.at, m.left = pos, 0, m.words.marks[0]
}

// last makes word i, of the fewer than 64 bytes that end the block.
func (m *marks) last(text []byte, i int) {
	var b [64]byte
	var w words
	b[copy(b[:], text[i*64:])] = '\n'
	odd := classify(&w, b[:], m.separator, m.blank)
	if i > 0 && (text[i*64-1] == ' ' || text[i*64-1] == m.blank) {
		odd |= w.marks[0] & 1
	}
	m.words.marks[i], m.words.feeds[i], m.words.odd[i] = w.marks[0], w.feeds[0], odd
	m.odd |= odd
	m.count++
}

// end returns where the line at start ends; false when the line is longer than a
// stretch.
func (m *marks) end(start int) (end int, ok bool) {
	for {
		i := start - m.base
		at := i >> 6
		if at < m.count {
			found := m.words.feeds[at&(stretch-1)] >> (i & 63) << (i & 63)
			for found == 0 && at+1 < m.count {
				at++
				found = m.words.feeds[at&(stretch-1)]
			}
			if found != 0 {
				return m.base + at<<6 + bits.TrailingZeros64(found), true
			}
			if i == 0 {
				return 0, false
			}
		}
		m.fill(start)
	}
}

// plain reports whether no field of block[start:end] has quotes or is to be
// trimmed.
func (m *marks) plain(start, end int) bool {
	if m.odd == 0 {
		return true
	}
	from, to := start-m.base, end-m.base
	found := m.words.odd[from>>6] >> (from & 63) << (from & 63)
	for i := from >> 6; i < to>>6; i++ {
		if found != 0 {
			return false
		}
		found = m.words.odd[i+1]
	}
	return found<<(63-to&63) == 0
}

// take notes where the fields of the line from start to end stand. It is false
// when the line has more or fewer fields than columns; the marks are then in any
// place.
func (m *marks) take(columns []decode.Column, start, end int, r *decode.Row) bool {
	left, at := m.left, m.at
	from, base := start, m.base+at<<6
	for _, c := range columns {
		for left == 0 {
			if at++; at >= m.count {
				return false
			}
			base += 64
			left = m.words.marks[at&(stretch-1)]
		}
		mark := base + bits.TrailingZeros64(left)
		left &= left - 1
		r.At[c] = cdr.Span{Off: uint32(from), Len: uint32(mark - from)}
		from = mark + 1
	}
	m.left, m.at = left, at
	return from == end+1
}
