package csv

import (
	"encoding/binary"
	"math/bits"
)

const (
	// stretch is how many words of marks are made at once, 64 bytes of text each.
	stretch = 128
	// spare is how many words a stretch has more than a sheet of lines as long as those
	// before takes.
	spare = 3
	// marksRoom is how many marks behind the last one flatten may write over.
	marksRoom = 16
)

// words are the marks of a stretch of text that begins with a line; a bit stands
// for a byte.
type words struct {
	marks [stretch]uint64 // separators and line feeds
	odd   [stretch]uint64 // quotes, blanks behind a mark, marks behind a blank
	feeds int             // how many of the marks are line feeds
}

// classifyWords is classify eight bytes at a time, for any machine.
func classifyWords(out *words, text []byte, separator, blank byte) (odd uint64) {
	afterMark, afterBlank := uint64(1), uint64(0)
	out.feeds = 0
	for i := 0; i < len(text)/64; i++ {
		var marks, blanks, quotes uint64
		for k := 0; k < 64; k += 8 {
			x := binary.LittleEndian.Uint64(text[i*64+k:])
			feed := equal(x, '\n')
			out.feeds += bits.OnesCount64(feed)
			marks |= bitsOf(feed|equal(x, separator)) << k
			blanks |= bitsOf(equal(x, ' ')|equal(x, blank)) << k
			quotes |= bitsOf(equal(x, '"')) << k
		}
		strange := quotes | blanks&(marks<<1|afterMark) | marks&(blanks<<1|afterBlank)
		out.marks[i], out.odd[i] = marks, strange
		afterMark, afterBlank = marks>>63, blanks>>63
		odd |= strange
	}
	return odd
}

// specialBytes are the bytes that mark or may make a field odd, separators, line feeds,
// quotes and blanks, each in the place of its low half, and nothing that a byte is elsewhere.
func specialBytes(separator, blank byte) (b [16]byte) {
	for i := range b {
		b[i] = 0xFF
	}
	for _, c := range []byte{separator, '\n', '"', ' ', blank} {
		b[c&15] = c
	}
	return b
}

// flattenWords is flatten for any machine.
func flattenWords(out []uint16, w *words, n int) (found int) {
	for i, left := range w.marks[:n] {
		for ; left != 0; left &= left - 1 {
			out[found] = uint16(i*64 + bits.TrailingZeros64(left) + 1)
			found++
		}
	}
	return found
}

const ones = 0x0101010101010101

// equal has the high bit of each byte of x set that is c, exactly: a byte is zero
// when neither adding 0x7F to its low bits nor its high bit sets the high bit.
func equal(x uint64, c byte) uint64 {
	const low7 = 0x7F * ones
	x ^= ones * uint64(c)
	return ^(x&low7 + low7 | x) & (0x80 * ones)
}

// bitsOf gathers the high bits of eight bytes in one byte, by a multiplication.
func bitsOf(high uint64) uint64 { return (high >> 7) * 0x0102040810204080 >> 56 }
