package decode

// Eight bytes of text as one word, the first byte lowest.

const (
	ones       = 0x0101010101010101
	asciiZeros = '0' * ones
)

// allBelowTen reports whether each byte of x is a digit's value.
func allBelowTen(x uint64) bool { return (x|(x+6*ones))&(0xF0*ones) == 0 }

// equalBytes has the high bit of each byte of x set that is c, exactly: a byte
// is zero when neither adding 0x7F to its low bits nor its high bit sets the
// high bit.
func equalBytes(x uint64, c byte) uint64 {
	const low7 = 0x7F * ones
	x ^= ones * uint64(c)
	return ^(x&low7 + low7 | x) & (0x80 * ones)
}
