package decode

import "math/bits"

// What can be wrong with a value. A problem is part of a reason; "" is none.
const (
	notNumber  = "is not a number"
	notInteger = "is not an integer"
	negative   = "is negative"
	outOfRange = "is out of range"
)

// The most that one record may tell, in any format: a column must hold it, and sums
// over a window must not overflow.
const (
	MaxSeconds = 4_294_967                 // of ringing, and of talk
	MaxBytes   = 1 << 50                   // in one direction, a pebibyte
	MaxCharge  = 1_000_000_000 * 1_000_000 // micro-units
)

var powersOf10 = [8]uint64{1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7}

// Decimal reads a decimal number as an integer count of 10^-scale (scale 0 to
// 6). What is finer is cut, not rounded. Exponents are understood; NaN and
// infinities are no numbers. It allocates nothing.
func Decimal(b []byte, scale int) (v int64, problem string) {
	var u uint64
	i := 0
	for i < len(b) && i < 12 && b[i]-'0' <= 9 {
		u = u*10 + uint64(b[i]-'0')
		i++
	}
	if i == 0 {
		return slowDecimal(b, scale, false)
	}
	if i == len(b) {
		return int64(u * powersOf10[scale]), ""
	}
	if b[i] != '.' || len(b)-i-1 > scale || i+1 == len(b) {
		return slowDecimal(b, scale, false)
	}
	for _, c := range b[i+1:] {
		if c-'0' > 9 {
			return slowDecimal(b, scale, false)
		}
		u = u*10 + uint64(c-'0')
	}
	return int64(u * powersOf10[scale-(len(b)-i-1)]), ""
}

// Integer reads an integer >= 0. A fraction of zeros is not held against it:
// tables that went through floating point write 16.0.
func Integer(b []byte) (v int64, problem string) {
	if len(b) > 0 && len(b) <= 18 {
		for _, c := range b {
			if c-'0' > 9 {
				v = -1
				break
			}
			v = v*10 + int64(c-'0')
		}
		if v >= 0 {
			return v, ""
		}
	}
	v, problem = slowDecimal(b, 0, true)
	if problem == "" && v < 0 {
		return 0, negative
	}
	return v, problem
}

// Seconds reads seconds >= 0 as milliseconds.
func Seconds(b []byte) (ms uint32, problem string) {
	v, problem := Decimal(b, 3)
	switch {
	case problem != "":
		return 0, problem
	case v < 0:
		return 0, negative
	case v > MaxSeconds*1000:
		return 0, outOfRange
	}
	return uint32(v), ""
}

// Micros reads an amount of money, which must not be negative, as micro-units.
func Micros(b []byte) (v int64, problem string) {
	v, problem = Decimal(b, 6)
	switch {
	case problem != "":
		return 0, problem
	case v < 0:
		return 0, negative
	case v > MaxCharge:
		return 0, outOfRange
	}
	return v, ""
}

// slowDecimal is Decimal for every way to write a number: signs, exponents,
// many digits, a missing integer part. With exact it refuses a fraction that
// would be cut.
func slowDecimal(b []byte, scale int, exact bool) (int64, string) {
	minus := len(b) > 0 && b[0] == '-'
	if minus || len(b) > 0 && b[0] == '+' {
		b = b[1:]
	}
	mantissa, whole, exponent, ok := splitDecimal(b)
	if !ok {
		return 0, notNumber
	}
	power := whole + exponent + scale // of the first digit, plus 1
	var u uint64
	fits := true
	for _, c := range mantissa {
		if c == '.' {
			continue
		}
		if power > 0 {
			u, fits = timesTen(u, uint64(c-'0'), fits)
		} else if exact && c != '0' {
			return 0, notInteger
		}
		power--
	}
	for ; power > 0 && u != 0 && fits; power-- {
		u, fits = timesTen(u, 0, fits)
	}
	switch {
	case !fits || u > 1<<63-1:
		return 0, outOfRange
	case minus:
		return -int64(u), ""
	}
	return int64(u), ""
}

func timesTen(u, digit uint64, fits bool) (uint64, bool) {
	hi, lo := bits.Mul64(u, 10)
	sum, carry := bits.Add64(lo, digit, 0)
	return sum, fits && hi == 0 && carry == 0
}

// splitDecimal checks digits[.digits][e[sign]digits], where either part around
// the point may be missing, and returns the part before the exponent, how many
// digits stand before the point, and the exponent (held within +-1000).
func splitDecimal(b []byte) (mantissa []byte, whole, exponent int, ok bool) {
	whole = digitsOf(b)
	n := whole
	digits := whole
	if n < len(b) && b[n] == '.' {
		fraction := digitsOf(b[n+1:])
		n += 1 + fraction
		digits += fraction
	}
	mantissa = b[:n]
	if digits == 0 || n == len(b) {
		return mantissa, whole, 0, digits > 0 && n == len(b)
	}
	if b[n] != 'e' && b[n] != 'E' {
		return nil, 0, 0, false
	}
	exponent, ok = smallInt(b[n+1:])
	return mantissa, whole, exponent, ok
}

// HexDigit is the value of a hexadecimal digit, -1 of any other byte.
func HexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// AllDigits reports whether b is digits, one at least.
func AllDigits(b []byte) bool { return len(b) > 0 && digitsOf(b) == len(b) }

// digitsOf is how many digits b begins with.
func digitsOf(b []byte) int {
	n := 0
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	return n
}

func smallInt(b []byte) (v int, ok bool) {
	minus := len(b) > 0 && b[0] == '-'
	if minus || len(b) > 0 && b[0] == '+' {
		b = b[1:]
	}
	if len(b) == 0 || digitsOf(b) != len(b) {
		return 0, false
	}
	for _, c := range b {
		v = min(v*10+int(c-'0'), 1000)
	}
	if minus {
		v = -v
	}
	return v, true
}
