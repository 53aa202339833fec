package window

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// A closed pane is kept packed: most of its measures are zero and most others
// small.
//
//	bitmap   one bit a word of the row, least significant first, in whole bytes
//	values   of each word whose bit is set, in order. A word of two counts: a
//	         byte with one in each half where both are below 15, else 0xff and
//	         two uvarints, low and high. Any other word: a uvarint.
//
// A row of 20 words with ten calls in it takes some 25 bytes.

// Pack appends row to dst.
func (l *Layout) Pack(dst []byte, row []uint64) []byte {
	row = row[:l.Words]
	at := len(dst)
	dst = slices.Grow(dst, l.packedBitmap()+longestWord*len(row)+spare)
	dst = dst[:cap(dst)]
	return dst[:at+l.pack(dst[at:], row)]
}

// packWords packs row to the front of dst, which has room, and returns how many bytes it
// takes.
func (l *Layout) packWords(dst []byte, row []uint64) int {
	bitmap, to := 0, l.packedBitmap()
	for base := 0; base < len(row); base += 64 {
		some := row[base:min(base+64, len(row))]
		pairs := min(max(0, l.pairs-base), len(some))
		var held uint64
		for i, v := range some[:pairs] {
			held |= hold(v) << (i & 63)
			if (v|(v+twoCounts))&^(twoCounts*15) != 0 {
				to += putPair(dst[to:], v)
				continue
			}
			dst[to] = byte(v | v>>28)
			to += int(hold(v)) // behind nothing the next one takes its place
		}
		for i, v := range some[pairs:] {
			if v != 0 {
				held |= 1 << ((pairs + i) & 63)
				to += putUvarint(dst[to:], v)
			}
		}
		for ; len(some) > 0; some = some[min(8, len(some)):] {
			dst[bitmap] = byte(held)
			held >>= 8
			bitmap++
		}
	}
	return to
}

// spare is how many bytes behind a packed row may be overwritten, or read.
const spare = 64

// twoCounts has a one in each half.
const twoCounts = 1<<32 | 1

// longestWord is the most bytes that a word takes: two counts with all of their bits, and
// what says so.
const longestWord = 11

// hold is 1 unless v is 0.
func hold(v uint64) uint64 { return (v | -v) >> 63 }

// escape stands for two counts of which one does not fit half a byte: it is above 14.
const escape = 0xff

// putPair puts two counts that do not fit a byte.
func putPair(dst []byte, v uint64) int {
	dst[0] = escape
	n := 1 + binary.PutUvarint(dst[1:], v&(1<<32-1))
	return n + binary.PutUvarint(dst[n:], v>>32)
}

// putUvarint puts v, not 0; dst has room for 10 bytes. Up to 56 bits go at once: spread
// over as many bytes, seven to each.
func putUvarint(dst []byte, v uint64) int {
	if v >= 1<<56 {
		return binary.PutUvarint(dst, v)
	}
	n := (bits.Len64(v) + 6) / 7
	v = v&0x0fffffff | v<<4&^(1<<32-1)
	v = v&0x00003fff_00003fff | v<<2&0x3fff0000_3fff0000
	v = v&0x007f007f_007f007f | v<<1&0x7f007f00_7f007f00
	const more = 0x80808080_80808080
	binary.LittleEndian.PutUint64(dst, v|more&(1<<(8*(n-1)&63)-1)) // the last byte is not followed by more
	return n
}

// packedBitmap is the length of the bitmap.
func (l *Layout) packedBitmap() int { return (l.Words + 7) / 8 }

// Each of the following reads a packed row from the front of src and returns
// how many bytes it took. What was packed by the same layout is well-formed.

// ReadPacked makes row what is packed.
func (l *Layout) ReadPacked(row []uint64, src []byte) int { return l.read(row[:l.Words], src) }

func (l *Layout) readWords(row []uint64, src []byte) int {
	clear(row)
	return l.AddPacked(row, src)
}

// AddPacked adds a packed row to dst, maxima included.
func (l *Layout) AddPacked(dst []uint64, src []byte) int {
	at := l.packedBitmap()
	for base := 0; base < l.Words; base += 64 {
		for m := l.heldAt(src, base); m != 0; m &= m - 1 {
			i := base + bits.TrailingZeros64(m)
			v, n := l.wordAt(src[at:], i)
			at += n
			if l.isMax[i] {
				dst[i] = max(dst[i], v)
				continue
			}
			dst[i] += v
		}
	}
	return at
}

// SubPacked subtracts a packed row from dst. Maxima stay.
func (l *Layout) SubPacked(dst []uint64, src []byte) int {
	at := l.packedBitmap()
	for base := 0; base < l.Words; base += 64 {
		for m := l.heldAt(src, base); m != 0; m &= m - 1 {
			i := base + bits.TrailingZeros64(m)
			v, n := l.wordAt(src[at:], i)
			at += n
			if !l.isMax[i] {
				dst[i] -= v
			}
		}
	}
	return at
}

// SkipPacked passes over a packed row.
func (l *Layout) SkipPacked(src []byte) int {
	at := l.packedBitmap()
	for base := 0; base < l.Words; base += 64 {
		for m := l.heldAt(src, base); m != 0; m &= m - 1 {
			_, n := l.wordAt(src[at:], base+bits.TrailingZeros64(m))
			at += n
		}
	}
	return at
}

// IsMax reports whether a word holds a maximum.
func (l *Layout) IsMax(word int) bool { return l.isMax[word] }

// heldAt is the bits of the 64 words from base on.
func (l *Layout) heldAt(src []byte, base int) (m uint64) {
	from, to := base/8, min(base/8+8, l.packedBitmap())
	for i, b := range src[from:to] {
		m |= uint64(b) << (8 * i & 63)
	}
	return m
}

// wordAt reads the value of word i from the front of b, and how many bytes it takes.
func (l *Layout) wordAt(b []byte, i int) (uint64, int) {
	switch {
	case i >= l.pairs:
		return uvarint(b)
	case b[0] != escape:
		return uint64(b[0]&15) | uint64(b[0]>>4)<<32, 1
	}
	lo, n := binary.Uvarint(b[1:])
	hi, m := binary.Uvarint(b[1+n:])
	return lo | hi<<32, 1 + n + m
}

// uvarint reads up to eight bytes at once where there are as many.
func uvarint(b []byte) (uint64, int) {
	const more = 0x80808080_80808080
	if len(b) < 8 {
		return binary.Uvarint(b)
	}
	v := binary.LittleEndian.Uint64(b)
	last := ^v & more // the first of these bits is that of the last byte
	if last == 0 {
		return binary.Uvarint(b)
	}
	v &= (last ^ (last - 1)) &^ more
	v = v&0x007f007f_007f007f | v>>1&0x3f803f80_3f803f80
	v = v&0x00003fff_00003fff | v>>2&0x0fffc000_0fffc000
	return v&0x0fffffff | v>>4&0x00ffffff_f0000000, bits.TrailingZeros64(last)/8 + 1
}
