package parquet

import (
	"bytes"
	"math"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/parquet/metadata"
)

// textMax is the longest text that the statistics of a column chunk may hold, in
// bytes; beyond it they have no bounds.
const textMax = 256

// bound takes numbers, or the bit patterns of doubles, into the least and the
// greatest value of the chunk: what readers skip row groups by.
func (c *column) bound(values []int64) {
	switch s := c.stats.(type) {
	case *metadata.Int64Statistics:
		s.Update(values, 0)
	case *metadata.Float64Statistics:
		if lo, hi, ok := positive(values); ok {
			values = []int64{lo, hi}
		}
		s.Update(arrow.Float64Traits.CastFromBytes(arrow.Int64Traits.CastToBytes(values)), 0)
	}
}

// positive returns the least and the greatest of the bit patterns of doubles, at least one; not
// ok: one has a sign or is no number, and they do not order as the doubles do.
func positive(values []int64) (lo, hi int64, ok bool) {
	lo, hi = values[0], values[0]
	for _, v := range values {
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi, lo >= 0 && hi <= int64(math.Float64bits(math.Inf(1)))
}

// boundBools is bound for so many bools, of which set are true.
func (c *column) boundBools(set, of int) {
	c.stats.(*metadata.BooleanStatistics).SetMinMax(set == of, set > 0)
}

// boundText is bound for a text, which is copied.
func (c *column) boundText(t []byte, first bool) {
	if first || bytes.Compare(t, c.low) < 0 {
		c.low = append(c.low[:0], t...)
	}
	if first || bytes.Compare(t, c.high) > 0 {
		c.high = append(c.high[:0], t...)
	}
}

// encodeStats returns the chunk's statistics in Parquet's form, in memory of their
// own: the footer keeps them after reset.
func (c *column) encodeStats() (metadata.EncodedStatistics, error) {
	if s, ok := c.stats.(*metadata.ByteArrayStatistics); ok {
		s.SetMinMax(c.low, c.high)
	}
	c.stats.IncNulls(int64(c.absent) - c.stats.NullCount())
	e, err := c.stats.Encode()
	e.ApplyStatSizeLimits(textMax)
	e.HasMin = e.HasMin && e.HasMax
	e.HasMax = e.HasMin
	return e, err
}
