package traffic

import (
	"math/bits"
	"math/rand/v2"
)

// random draws integers only, so that every machine draws the same ones.
type random struct{ pcg rand.PCG }

// newRandom returns one of several independent streams of a seed.
func newRandom(seed, stream uint64) *random {
	r := &random{}
	r.pcg.Seed(seed, mix(stream))
	return r
}

// u64 returns 64 random bits.
func (r *random) u64() uint64 { return r.pcg.Uint64() }

// below returns a number in [0, n).
func (r *random) below(n uint64) uint64 { return scale(r.pcg.Uint64(), n) }

// skewed returns a number in [0, n) that is small more often than not: the
// product of two uniform draws, density -ln(x).
func (r *random) skewed(n uint64) uint64 {
	return scale(scale(r.pcg.Uint64(), r.pcg.Uint64()), n)
}

// between returns a number in [lo, hi].
func (r *random) between(lo, hi int64) int64 { return lo + int64(r.below(uint64(hi-lo+1))) }

// in1000 is true perMille times in a thousand.
func (r *random) in1000(perMille uint64) bool { return r.below(1000) < perMille }

// choose returns i with the probability shares[i] / 1000; shares add up to 1000.
func (r *random) choose(shares []uint16) int { return pick(r.pcg.Uint64(), shares) }

// draw returns a number from the distribution c.
func (r *random) draw(c *curve) int64 { return int64(c.at(r.pcg.Uint64())) }

// scale maps 64 random bits to [0, n).
func scale(u, n uint64) uint64 {
	hi, _ := bits.Mul64(u, n)
	return hi
}

// mix scrambles a word: draws that depend on a subscriber and a date, not on
// how many draws came before.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// pick returns i with the probability shares[i] / 1000, from 64 random bits.
func pick(u uint64, shares []uint16) int {
	x := uint16(scale(u, 1000))
	for i, s := range shares {
		if x < s {
			return i
		}
		x -= s
	}
	return len(shares) - 1
}
