package window

import (
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/internal/processor"
)

// endAVX512 is endWords of a row of 1 to 64 words and n sums of those of lasting, a bit for
// each, which stand side by side; if there are none, n is 0.
//
//go:noescape
func endAVX512(row *uint64, words int, sums unsafe.Pointer, n int, lasting uint64, kept unsafe.Pointer, keep uint64)

func end(row, sums []uint64, lasting Extent, kept []uint64, keep Words) {
	if !processor.AVX512 || len(row) > 64 {
		endWords(row, sums, lasting, kept, keep)
		return
	}
	var set uint64
	if len(keep) > 0 {
		set = keep[0]
	}
	n := 0
	if lasting.Len() > 0 {
		n = len(sums) / lasting.Len()
	}
	lasts := uint64(1)<<lasting.To - 1<<lasting.From // 64 bits hold 1<<64 - 1
	endAVX512(&row[0], len(row), unsafe.Pointer(unsafe.SliceData(sums)), n, lasts, unsafe.Pointer(unsafe.SliceData(kept)), set)
}
