package feature

import (
	"math"
	"math/bits"
)

// addQuotients appends n[r] / by / d[r] for every r, null where d[r] is 0.
func (c *Column) addQuotients(n, d []int64, by float64) {
	done := c.addSome(n, d, by)
	n, d = n[done:], d[done:]
	c.addValid(len(c.Floats), d, 0)
	out := c.addFloats(len(d))
	n = n[:len(d)]
	if by == 1 {
		for r, v := range d {
			out[r] = zeroUnless(v, float64(n[r])/float64(v))
		}
		return
	}
	for r, v := range d {
		out[r] = zeroUnless(v, float64(n[r])/by/float64(v))
	}
}

// addScaled appends n[r] / by for every r.
func (c *Column) addScaled(n []int64, by float64) {
	out := c.addFloats(len(n))
	for r := scaleSome(out, n, by); r < len(n); r++ {
		out[r] = float64(n[r]) / by
	}
}

// addUnless appends v[r] for every r, null where it is none.
func (c *Column) addUnless(v []int64, none int64) {
	c.addValid(len(c.Ints), v, none)
	for r, out := 0, c.addInts(len(v)); r < len(out); r++ {
		x := v[r] ^ none
		out[r] = v[r] & ((x | -x) >> 63)
	}
}

// zeroUnless is v, or 0 if d is 0, without a branch: there is no telling which rows
// have a denominator.
func zeroUnless(d int64, v float64) float64 {
	return math.Float64frombits(math.Float64bits(v) & uint64((d|-d)>>63))
}

// addValid records which of the next rows, from one on, have a value: those where d is not
// none.
func (c *Column) addValid(at int, d []int64, none int64) {
	if at&7 == 0 {
		for ; len(d) >= 8; d, at = d[8:], at+8 {
			var set byte
			for i, v := range d[:8] {
				v ^= none
				set |= byte(uint64(v|-v)>>63) << i
			}
			c.Valid = append(c.Valid, set)
			c.Nulls += 8 - bits.OnesCount8(set)
		}
	}
	for i, v := range d {
		c.setValid(at+i, v != none)
	}
}
