package parquet

import (
	"encoding/binary"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
)

// Within this file rows from..from+n of a column are meant; from is a multiple
// of 8, so that a bitmap can be cut there.

// countNulls counts the rows without a value. valid may be empty: none.
func countNulls(valid []byte, from, n int) int {
	if len(valid) == 0 {
		return 0
	}
	return n - bitutil.CountSetBits(valid, from, n)
}

// appendLevels appends the definition levels (1: there is a value) of n rows, of
// which nulls have none, as the hybrid encoding wants them: one run when all are
// alike, else the bitmap itself, which already is a bit-packed run of width 1.
func appendLevels(dst, valid []byte, from, n, nulls int) []byte {
	switch nulls {
	case 0:
		return append(binary.AppendUvarint(dst, uint64(n)<<1), 1)
	case n:
		return append(binary.AppendUvarint(dst, uint64(n)<<1), 0)
	}
	groups := (n + 7) / 8
	dst = binary.AppendUvarint(dst, uint64(groups)<<1|1)
	dst = append(dst, valid[from/8:from/8+groups]...)
	if n%8 != 0 {
		dst[len(dst)-1] &= 1<<(n%8) - 1
	}
	return dst
}

// holdInts returns the values of n rows without the nulls; buf is room for n.
func holdInts(values []int64, valid []byte, from, n, nulls int, buf []int64) []int64 {
	values = values[from : from+n]
	if nulls == 0 {
		return values
	}
	k := 0
	buf, valid = buf[:n], valid[from/8:]
	for len(values) >= 8 {
		set := int(valid[0])
		if set == 0xff {
			*(*[8]int64)(buf[k:]) = [8]int64(values)
			k += 8
			values, valid = values[8:], valid[1:]
			continue
		}
		for _, v := range values[:8] {
			buf[k] = v
			k += set & 1
			set >>= 1
		}
		values, valid = values[8:], valid[1:]
	}
	for i, v := range values {
		buf[k] = v
		k += int(valid[0] >> i & 1)
	}
	return buf[:k]
}

// holdFloats is holdInts for doubles, as their bit patterns.
func holdFloats(values []float64, valid []byte, from, n, nulls int, buf []int64) []int64 {
	return holdInts(arrow.Int64Traits.CastFromBytes(arrow.Float64Traits.CastToBytes(values)), valid, from, n, nulls, buf)
}

// appendBools appends the values of n rows without the nulls as bits, low bits
// first, and tells how many of them are true.
func appendBools(dst []byte, values []bool, valid []byte, from, n, nulls int) ([]byte, int) {
	var word byte
	k, set := 0, 0
	for i, v := range values[from : from+n] {
		if nulls != 0 && valid[(from+i)>>3]>>(i&7)&1 == 0 {
			continue
		}
		if v {
			word |= 1 << (k & 7)
			set++
		}
		if k++; k&7 == 0 {
			dst = append(dst, word)
			word = 0
		}
	}
	if k&7 != 0 {
		dst = append(dst, word)
	}
	return dst, set
}
