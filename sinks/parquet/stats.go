package parquet

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/apache/arrow/go/v15/parquet/metadata"
)

// textMax is the longest text that the statistics of a column chunk may hold.
const textMax = 256

// stats is the least and the greatest value of a column chunk: what readers skip
// row groups by.
type stats struct {
	any       bool
	least     int64
	greatest  int64
	low, high float64
	first     []byte // in byte order
	last      []byte
	yes, no   bool
}

func (s *stats) reset() {
	*s = stats{low: math.Inf(1), high: math.Inf(-1), least: math.MaxInt64, greatest: math.MinInt64, first: s.first[:0], last: s.last[:0]}
}

func (s *stats) addInts(values []int64) {
	s.any = s.any || len(values) > 0
	for _, v := range values {
		s.least, s.greatest = min(s.least, v), max(s.greatest, v)
	}
}

// addFloats takes the bit patterns of doubles.
func (s *stats) addFloats(values []int64) {
	s.any = s.any || len(values) > 0
	low, high := s.low, s.high
	for _, v := range values {
		f := math.Float64frombits(uint64(v))
		if f < low {
			low = f
		}
		if f > high {
			high = f
		}
	}
	s.low, s.high = low, high
}

func (s *stats) addBools(set, of int) {
	s.any = s.any || of > 0
	s.yes, s.no = s.yes || set > 0, s.no || set < of
}

func (s *stats) addText(t []byte) {
	if !s.any || bytes.Compare(t, s.first) < 0 {
		s.first = append(s.first[:0], t...)
	}
	if !s.any || bytes.Compare(t, s.last) > 0 {
		s.last = append(s.last[:0], t...)
	}
	s.any = true
}

// encode returns the statistics in Parquet's form. A zero bound of doubles is
// -0 below and +0 above, since both zeros are equal.
func (s *stats) encode(k kind, nulls int) metadata.EncodedStatistics {
	e := metadata.EncodedStatistics{HasNullCount: true, NullCount: int64(nulls)}
	if !s.any {
		return e
	}
	switch k {
	case texts:
		if len(s.first) <= textMax && len(s.last) <= textMax {
			e.SetMin(s.first).SetMax(s.last)
		}
	case bools:
		e.SetMin([]byte{flag(!s.no)}).SetMax([]byte{flag(s.yes)})
	case floats:
		low, high := s.low, s.high
		if low > high {
			return e // nothing but NaN
		}
		if low == 0 {
			low = math.Copysign(0, -1)
		}
		if high == 0 {
			high = 0
		}
		e.SetMin(word(math.Float64bits(low))).SetMax(word(math.Float64bits(high)))
	default:
		e.SetMin(word(uint64(s.least))).SetMax(word(uint64(s.greatest)))
	}
	return e
}

func word(v uint64) []byte { return binary.LittleEndian.AppendUint64(nil, v) }

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}
