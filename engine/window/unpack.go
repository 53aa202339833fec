package window

import (
	"encoding/binary"
	"math/bits"
)

// Unpack reads a packed row that may be damaged from the front of src, sets those
// words of row that are not zero, and returns how many bytes it took. row may be
// nil: it then only looks. It reports false where src is no packed row of this
// layout.
func (l *Layout) Unpack(row []uint64, src []byte) (n int, ok bool) {
	at := l.packedBitmap()
	if len(src) < at {
		return 0, false
	}
	for b, m := range src[:at] {
		for ; m != 0; m &= m - 1 {
			i := b*8 + bits.TrailingZeros8(m)
			if i >= l.Words {
				return 0, false
			}
			v, n := l.checked(i, src[at:])
			if n <= 0 {
				return 0, false
			}
			if row != nil {
				row[i] = v
			}
			at += n
		}
	}
	return at, true
}

// checked reads the value of a word; n is 0 or less where there is none.
func (l *Layout) checked(word int, b []byte) (v uint64, n int) {
	if word >= l.pairs {
		return binary.Uvarint(b)
	}
	if len(b) == 0 || b[0] != escape {
		return onePair(b)
	}
	lo, n := binary.Uvarint(b[1:])
	if n <= 0 {
		return 0, n
	}
	hi, m := binary.Uvarint(b[1+n:])
	if m <= 0 || lo>>32 != 0 || hi>>32 != 0 {
		return 0, 0
	}
	return lo | hi<<32, 1 + n + m
}

// onePair reads a pair that is not escaped.
func onePair(b []byte) (v uint64, n int) {
	if len(b) == 0 {
		return 0, 0
	}
	return uint64(b[0]&15) | uint64(b[0]>>4)<<32, 1
}
