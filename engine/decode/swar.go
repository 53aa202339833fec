package decode

import "math/bits"

// Eight bytes of text as one word, the first byte lowest.

const (
	ones       = 0x0101010101010101
	asciiZeros = '0' * ones
)

// allBelowTen reports whether each byte of x is a digit's value.
func allBelowTen(x uint64) bool { return (x|(x+6*ones))&(0xF0*ones) == 0 }

// eightDigits is the number whose digits are the bytes of x, the first one
// lowest: pairs, then fours, then all are joined side by side.
func eightDigits(x uint64) uint64 {
	const lanes = 0x000000FF_000000FF
	x = x*10 + x>>8
	return (x&lanes*(100+1_000_000<<32) + x>>16&lanes*(1+10_000<<32)) >> 32
}

// withoutPoint takes the point out of a decimal number whose text, each byte less
// '0', ends with the highest byte of x: the digits before it move up. fraction is
// how many digits stood behind it; without a point it is 0, as it is where none
// stand behind it, and then the point is still there.
func withoutPoint(x uint64) (digits uint64, fraction int) {
	point := equalBytes(x, '.'^'0')
	at := bits.TrailingZeros64(point)
	fraction = 7 - at>>3 // -1 where there is none
	below := uint64(1)<<(at&^7&63) - 1
	digits = x&below<<8 | x&^(below<<8|0xFF)
	if fraction <= 0 {
		digits, fraction = x, 0
	}
	return digits, fraction
}

// equalBytes has the high bit of each byte of x set that is c, exactly: a byte
// is zero when neither adding 0x7F to its low bits nor its high bit sets the
// high bit.
func equalBytes(x uint64, c byte) uint64 {
	const low7 = 0x7F * ones
	x ^= ones * uint64(c)
	return ^(x&low7 + low7 | x) & (0x80 * ones)
}
