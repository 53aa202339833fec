package parquet

import "github.com/cdrstream/cdrstream/sinks/parquet/internal/processor"

// packAVX512 is putGroup of four groups, so many times. It may use packSpare bytes more.
//
//go:noescape
func packAVX512(dst *byte, values *uint16, fours int, width int)

// packMany packs the first of values and returns how many those are.
func packMany(dst []byte, values []uint16, width int) int {
	fours := len(values) / 32
	if !processor.AVX512 || fours == 0 {
		return 0
	}
	packAVX512(&dst[0], &values[0], fours, width)
	return 32 * fours
}
