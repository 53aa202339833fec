package window

import "github.com/cdrstream/cdrstream/engine/internal/processor"

// packAVX512 is packWords of 1 to 64 words, the first of which are pairs. It returns 0 where
// a count is above 14 or another word has more than 56 bits.
//
//go:noescape
func packAVX512(dst *byte, row *uint64, words, pairs int) (n int)

// unpackAVX512 is readWords of what packAVX512 packs, and returns 0 of anything else. It
// reads up to 64 bytes of what comes behind.
//
//go:noescape
func unpackAVX512(row *uint64, src *byte, words, pairs int) (n int)

func (l *Layout) pack(dst []byte, row []uint64) int {
	if processor.AVX512 && 0 < len(row) && len(row) <= 64 {
		if n := packAVX512(&dst[0], &row[0], len(row), l.pairs); n > 0 {
			return n
		}
	}
	return l.packWords(dst, row)
}

func (l *Layout) read(row []uint64, src []byte) int {
	if processor.AVX512 && 0 < len(row) && len(row) <= 64 && len(src) >= l.packedBitmap()+longestWord*len(row)+spare {
		if n := unpackAVX512(&row[0], &src[0], len(row), l.pairs); n > 0 {
			return n
		}
	}
	return l.readWords(row, src)
}
