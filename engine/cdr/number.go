package cdr

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strconv"
)

// Number is a party of a call: a subscriber or a peer, in one word.
//
//	bit 63     1: a name, the other 63 bits are a hash of its text
//	bit 59     1: the digits are an IMSI, not a directory number
//	bits 54-58 how many digits there are, 1 to 16
//	bits 0-53  the digits as a decimal number
//
// 0 is no number. Digits, leading zeros included, can be read back from the
// word; the text of a name is kept by whoever needs it (see [Batch.Names]).
type Number uint64

const (
	maxDigits  = 16
	countShift = 54
	valueMask  = 1<<countShift - 1
	imsiBit    = 1 << 59
	nameBit    = 1 << 63
)

// Digits packs 1 to 16 ASCII digits. It returns 0 when digits is empty, longer
// or holds anything else. The digits are read as two words of eight, right-
// aligned and with zeros in front; overlapping loads make that two steps for any
// length from eight on, and two half words for four to seven.
func Digits(digits []byte) Number {
	var high, low uint64 // the values of the digits, the last one in the top byte
	n := len(digits)
	switch {
	case n > maxDigits:
		return 0
	case n >= 8:
		high = (binary.LittleEndian.Uint64(digits) ^ asciiZeros) << (8 * (maxDigits - n))
		low = binary.LittleEndian.Uint64(digits[n-8:]) ^ asciiZeros
	case n >= 4:
		first, last := binary.LittleEndian.Uint32(digits), binary.LittleEndian.Uint32(digits[n-4:])
		low = uint64((first^asciiZeros>>32)<<(8*(8-n))) | uint64(last^asciiZeros>>32)<<32
	default:
		if n == 0 {
			return 0
		}
		for _, c := range digits {
			low = low>>8 | uint64(c^'0')<<56
		}
	}
	if !allBelowTen(high) || !allBelowTen(low) {
		return 0
	}
	return DigitsOf(high, low, n)
}

// DigitsOf is Digits of n digits, at least 1, whose values are the bytes of high and
// low, the last one in the highest byte of low, with zeros in front.
func DigitsOf(high, low uint64, n int) Number {
	return Number(eightDigits(high)*1e8 + eightDigits(low) | uint64(n)<<countShift)
}

const asciiZeros = 0x3030303030303030

// allBelowTen reports whether each byte of x is a digit's value.
func allBelowTen(x uint64) bool { return (x|(x+0x0606060606060606))&0xF0F0F0F0F0F0F0F0 == 0 }

// eightDigits is the number whose digits are the bytes of x, the first one
// lowest: pairs, then fours, then all are joined side by side.
func eightDigits(x uint64) uint64 {
	const lanes = 0x000000FF_000000FF
	x = x*10 + x>>8
	return (x&lanes*(100+1_000_000<<32) + x>>16&lanes*(1+10_000<<32)) >> 32
}

// IMSI packs the digits of an IMSI into the key of a subscriber that has no
// number. Its text is "imsi:" and the digits.
func IMSI(digits []byte) Number { return IMSIOf(Digits(digits)) }

// IMSIOf is [IMSI] of digits that are packed already. Of what is no digits it is 0.
func IMSIOf(digits Number) Number {
	if digits == 0 || digits.IsName() {
		return 0
	}
	return digits | imsiBit
}

// Name is the Number of a party that is not all digits: a SIP user, a pseudonym.
func Name(text []byte) Number { return Number(Hash(text) | nameBit) }

// IsName reports whether n stands for a text that n does not contain.
func (n Number) IsName() bool { return n&nameBit != 0 }

// IsIMSI reports whether n was made by [IMSI].
func (n Number) IsIMSI() bool { return n&nameBit == 0 && n&imsiBit != 0 }

// NoDigits is 0 where n is a directory number or a short code, and something else where
// it is a name, an IMSI or nothing. It asks without a branch.
func (n Number) NoDigits() uint64 { return uint64(n-1) / imsiBit }

// Len is the count of digits; 0 for a name.
func (n Number) Len() int {
	if n.IsName() {
		return 0
	}
	return int(n >> countShift & 31)
}

// Value is the digits as a decimal number.
func (n Number) Value() uint64 { return uint64(n & valueMask) }

// AppendText appends the text of n, which must not be a name, to dst.
func (n Number) AppendText(dst []byte) []byte {
	if n == 0 || n.IsName() {
		return dst
	}
	if n.IsIMSI() {
		dst = append(dst, "imsi:"...)
	}
	at, of := len(dst), min(n.Len(), maxDigits)
	v := n.Value() * tens[(maxDigits-of)&(maxDigits-1)] // the digits begin with the first of 16
	high := v / 1e8
	dst = slices.Grow(dst, maxDigits)[:at+maxDigits]
	binary.LittleEndian.PutUint64(dst[at:], asciiZeros|digitsOf(high))
	binary.LittleEndian.PutUint64(dst[at+8:], asciiZeros|digitsOf(v-high*1e8))
	return dst[:at+of]
}

// tens is the powers of ten.
var tens = [maxDigits]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// digitsOf is the eight digits of v, a byte each, the first one lowest: fours, then pairs,
// then all are divided side by side. It is eightDigits the other way round.
func digitsOf(v uint64) uint64 {
	first := v / 1e4
	x := first | (v-first*1e4)<<32
	by100 := x * 10486 >> 20 & 0x0000007f_0000007f
	x = by100 | (x-by100*100)<<16
	by10 := x * 103 >> 10 & 0x000f000f_000f000f
	return by10 | (x-by10*10)<<8
}

// String is the text of n, for people; a name is shown as its hash.
func (n Number) String() string {
	if n.IsName() {
		return "name:" + strconv.FormatUint(uint64(n)&^nameBit, 16)
	}
	return string(n.AppendText(nil))
}

// Hash spreads n over 64 bits: shards and partitions are chosen by its highest
// bits, places in tables by the next ones. Numbers of one plan differ in few of
// their bits, so every bit of n must reach every bit of the hash (the finalizer
// of MurmurHash3, by Austin Appleby, in the public domain, with the constants of
// its 13th variant by David Stafford).
func (n Number) Hash() uint64 {
	h := uint64(n)
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// Mix is a fixed permutation-like scrambling of one word: a 128-bit multiply
// folded onto itself.
func Mix(x uint64) uint64 {
	hi, lo := bits.Mul64(x^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	return hi ^ lo
}
