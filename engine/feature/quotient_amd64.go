package feature

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/internal/processor"
)

// quotientsAVX512 sets so many eights of out to n / by / d, 0 where d is 0, and of valid to a
// bit for each where it is not, and returns how many of these there are.
//
//go:noescape
func quotientsAVX512(out *float64, valid *byte, n, d *int64, eights int, by float64) (held int)

// scaledAVX512 sets so many eights of out to n / by.
//
//go:noescape
func scaledAVX512(out *float64, n *int64, eights int, by float64)

// sumsAVX512 sets so many eights of out to a + b, or to a - b where all bits of minus are
// set, which are none else.
//
//go:noescape
func sumsAVX512(out, a, b *int64, eights int, minus uint64)

// addSome is addQuotients of the first rows, as many as are whole eights, and returns how
// many these are.
func (c *Column) addSome(n, d []int64, by float64) (done int) {
	eights := min(len(n), len(d)) / 8
	if !processor.AVX512 || eights == 0 || len(c.Floats)&7 != 0 {
		return 0
	}
	at := len(c.Valid)
	c.Valid = slices.Grow(c.Valid, eights)[:at+eights]
	out := c.addFloats(8 * eights)
	c.Nulls += 8*eights - quotientsAVX512(&out[0], &c.Valid[at], &n[0], &d[0], eights, by)
	return 8 * eights
}

// scaleSome sets the first of out, as many as are whole eights, to n[r] / by, and returns how
// many these are.
func scaleSome(out []float64, n []int64, by float64) (done int) {
	eights := min(len(out), len(n)) / 8
	if !processor.AVX512 || eights == 0 {
		return 0
	}
	scaledAVX512(&out[0], &n[0], eights, by)
	return 8 * eights
}

// sumSome is addTo of the first rows, as many as are whole eights, and returns how many these
// are.
func sumSome(out, a, b []int64, minus bool) (done int) {
	eights := min(len(out), len(a), len(b)) / 8
	if !processor.AVX512 || eights == 0 {
		return 0
	}
	sign := uint64(0)
	if minus {
		sign = ^sign
	}
	sumsAVX512(&out[0], &a[0], &b[0], eights, sign)
	return 8 * eights
}
