package parquet

import "github.com/cdrstream/cdrstream/sinks/parquet/internal/processor"

// numberAVX512 fills out with the entry numbers, a byte each, of so many 64s of values by
// small, the first of dictionary.small, before the first 64 of which one is not below
// byteValues or has no such number. It returns how many 64s those are.
//
//go:noescape
func numberAVX512(out *byte, values *int64, n int, small *[byteValues]uint16) int

// numberMany is how many of the first values were numbered, none of them new, in 64s.
func (d *dictionary) numberMany(values []int64, out []byte) int {
	if !processor.AVX512 || len(values) < 64 {
		return 0
	}
	return 64 * numberAVX512(&out[0], &values[0], len(values)/64, (*[byteValues]uint16)(d.small[:]))
}
