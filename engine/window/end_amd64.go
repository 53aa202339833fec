package window

import (
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/internal/processor"
)

// endAVX512 is endWords of a row of 1 to 64 words and so many sums.
//
//go:noescape
func endAVX512(row *uint64, words int, sums unsafe.Pointer, n int, kept unsafe.Pointer, keep uint64)

func end(row, sums, kept []uint64, keep Words) {
	if !processor.AVX512 || len(row) > 64 {
		endWords(row, sums, kept, keep)
		return
	}
	var set uint64
	if len(keep) > 0 {
		set = keep[0]
	}
	endAVX512(&row[0], len(row), unsafe.Pointer(unsafe.SliceData(sums)), len(sums)/len(row), unsafe.Pointer(unsafe.SliceData(kept)), set)
}
