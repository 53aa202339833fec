package numbering

import "math/bits"

// eightDigits spreads a number below 10^8 over eight bytes, the highest digit in
// the lowest byte: it halves the digits three times, all lanes at once.
func eightDigits(v uint64) uint64 {
	v = v/10000 | v%10000<<32
	q := v * 10486 >> 20 & 0x7f_0000007f // v / 100 in each lane
	v = q | (v-100*q)<<16
	q = v * 103 >> 10 & 0xf_000f_000f_000f // v / 10
	return q | (v-10*q)<<8
}

// asciiZeros makes digits text.
const asciiZeros = 0x3030303030303030

// pow10 has as many entries as four bits count, so that an index needs no check.
var pow10 = [maxDigits]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// shorten drops the last n (0 to 16) of v's at most 16 decimal digits: v / 10^n,
// but a multiplication by the reciprocal, which for v < 2^54 is exact.
func shorten(v uint64, n int) uint64 {
	r := reciprocals[n&31]
	high, _ := bits.Mul64(v<<1, r.factor)
	return high >> r.shift
}

// reciprocal is 1 / 10^n as factor / 2^(63 + shift), rounded up.
type reciprocal struct {
	factor uint64
	shift  uint8
}

var reciprocals = makeReciprocals()

func makeReciprocals() (r [32]reciprocal) {
	r[0] = reciprocal{1 << 63, 0}
	power := uint64(1)
	for n := 1; n <= maxDigits; n++ {
		power *= 10
		shift := bits.Len64(power) - 1 // 2^shift < power
		factor, rest := bits.Div64(1<<shift>>1, 0, power)
		if rest > 0 {
			factor++
		}
		r[n] = reciprocal{factor, uint8(shift)}
	}
	return r
}
