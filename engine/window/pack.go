package window

import (
	"encoding/binary"
	"math/bits"
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
	for i := 0; i < len(row); i += 8 {
		dst = append(dst, 0)
	}
	for i, v := range row {
		if v == 0 {
			continue
		}
		dst[at+i>>3] |= 1 << (i & 7)
		if i < l.pairs {
			dst = appendPair(dst, uint32(v), uint32(v>>32))
			continue
		}
		dst = appendUvarint(dst, v)
	}
	return dst
}

// bothBelow is the first count that does not fit half a byte; escape stands for
// two of which one does not.
const (
	bothBelow = 15
	escape    = 0xff
)

func appendPair(dst []byte, lo, hi uint32) []byte {
	if lo < bothBelow && hi < bothBelow {
		return append(dst, byte(lo|hi<<4))
	}
	return appendUvarint(appendUvarint(append(dst, escape), uint64(lo)), uint64(hi))
}

func appendUvarint(dst []byte, v uint64) []byte {
	if v < 0x80 {
		return append(dst, byte(v))
	}
	return binary.AppendUvarint(dst, v)
}

// packedBitmap is the length of the bitmap.
func (l *Layout) packedBitmap() int { return (l.Words + 7) / 8 }

// Each of the following reads a packed row from the front of src and returns
// how many bytes it took. What was packed by the same layout is well-formed.

// AddPacked adds a packed row to dst, maxima included.
func (l *Layout) AddPacked(dst []uint64, src []byte) int {
	return l.unpack(src, func(i int, v uint64) {
		if l.IsMax(i) {
			dst[i] = max(dst[i], v)
			return
		}
		dst[i] += v
	})
}

// SubPacked subtracts a packed row from dst. Maxima stay.
func (l *Layout) SubPacked(dst []uint64, src []byte) int {
	return l.unpack(src, func(i int, v uint64) {
		if !l.IsMax(i) {
			dst[i] -= v
		}
	})
}

// IsMax reports whether a word holds a maximum.
func (l *Layout) IsMax(word int) bool {
	for _, w := range l.Maxima {
		if w == word {
			return true
		}
	}
	return false
}

// SkipPacked passes over a packed row.
func (l *Layout) SkipPacked(src []byte) int {
	return l.unpack(src, func(int, uint64) {})
}

func (l *Layout) unpack(src []byte, each func(word int, v uint64)) int {
	at := l.packedBitmap()
	for b := range at {
		for m := src[b]; m != 0; m &= m - 1 {
			i := b*8 + bits.TrailingZeros8(m)
			var v uint64
			var n int
			if i < l.pairs {
				v, n = pair(src[at:])
			} else {
				v, n = uvarint(src[at:])
			}
			at += n
			each(i, v)
		}
	}
	return at
}

func pair(b []byte) (uint64, int) {
	if b[0] != escape {
		return uint64(b[0]&15) | uint64(b[0]>>4)<<32, 1
	}
	lo, n := uvarint(b[1:])
	hi, m := uvarint(b[1+n:])
	return lo | hi<<32, 1 + n + m
}

func uvarint(b []byte) (uint64, int) {
	if b[0] < 0x80 {
		return uint64(b[0]), 1
	}
	return binary.Uvarint(b)
}
