package cdr

import (
	"math/bits"
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
// or holds anything else.
func Digits(digits []byte) Number {
	if len(digits) == 0 || len(digits) > maxDigits {
		return 0
	}
	var v uint64
	for _, c := range digits {
		d := c - '0'
		if d > 9 {
			return 0
		}
		v = v*10 + uint64(d)
	}
	return Number(v | uint64(len(digits))<<countShift)
}

// IMSI packs the digits of an IMSI into the key of a subscriber that has no
// number. Its text is "imsi:" and the digits.
func IMSI(digits []byte) Number {
	n := Digits(digits)
	if n == 0 {
		return 0
	}
	return n | imsiBit
}

// Name is the Number of a party that is not all digits: a SIP user, a pseudonym.
func Name(text []byte) Number { return Number(Hash(text) | nameBit) }

// IsName reports whether n stands for a text that n does not contain.
func (n Number) IsName() bool { return n&nameBit != 0 }

// IsIMSI reports whether n was made by [IMSI].
func (n Number) IsIMSI() bool { return n&nameBit == 0 && n&imsiBit != 0 }

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
	var buf [maxDigits + 4]byte
	d := strconv.AppendUint(buf[:0], n.Value(), 10)
	for i := len(d); i < n.Len(); i++ {
		dst = append(dst, '0')
	}
	return append(dst, d...)
}

// String is the text of n, for people; a name is shown as its hash.
func (n Number) String() string {
	if n.IsName() {
		return "name:" + strconv.FormatUint(uint64(n)&^nameBit, 16)
	}
	return string(n.AppendText(nil))
}

// Hash spreads n over 64 bits: tables index by its low bits, shards and
// partitions by its high ones.
func (n Number) Hash() uint64 { return Mix(uint64(n)) }

// Mix is a fixed permutation-like scrambling of one word: a 128-bit multiply
// folded onto itself.
func Mix(x uint64) uint64 {
	hi, lo := bits.Mul64(x^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	return hi ^ lo
}
