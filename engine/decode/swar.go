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
// '0', ends with the highest byte of x: the digits before it move up. point has the
// lowest bit of the byte where it stood set, and is 0 where there was none. What is
// no decimal number leaves bytes that are no digits.
func withoutPoint(x uint64) (digits, point uint64) {
	const mark = '.' ^ '0' // of whose bits this one is no digit's
	strange := x & (0x10 * ones)
	point = strange & -strange >> 4
	x ^= mark * point
	other := x & (point<<8 - point) // what else stood there, if it was no point
	before := x & (point - (point|-point)>>63)
	return x - before + before<<8 | other<<4, point
}

// pointScale is what a number without its point counts in units of 10^-scale, by the
// byte that the point stood in, 8 where there was none.
type pointScale [16]uint64

func makePointScale(scale int) (p pointScale) {
	for i := 7 - scale; i < 8; i++ {
		p[i] = powersOf10[scale-(7-i)]
	}
	p[8] = powersOf10[scale]
	return p
}

// of is the factor for a point of withoutPoint.
func (p *pointScale) of(point uint64) uint64 { return p[bits.TrailingZeros64(point)>>3&15] }

// strangeDigits is 0 where each byte of x is a digit's value.
func strangeDigits(x uint64) uint64 { return (x | (x + 6*ones)) & (0xF0 * ones) }

// onlyPoint is not 0 where a text of so many bytes is nothing but a point.
func onlyPoint(point uint64, length int) uint64 { return point & uint64(int64(length^1-1)>>63) }

// equalBytes has the high bit of each byte of x set that is c, exactly: a byte
// is zero when neither adding 0x7F to its low bits nor its high bit sets the
// high bit.
func equalBytes(x uint64, c byte) uint64 {
	const low7 = 0x7F * ones
	x ^= ones * uint64(c)
	return ^(x&low7 + low7 | x) & (0x80 * ones)
}
