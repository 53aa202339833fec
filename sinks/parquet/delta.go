package parquet

import (
	"encoding/binary"
	"math/bits"
)

const (
	deltaBlock = 128 // values a block
	deltaMini  = 32  // values a miniblock, the unit of a bit width
)

// appendDelta appends values as DELTA_BINARY_PACKED:
//
//	varint(block size) varint(miniblocks a block) varint(count) zigzag(first)
//	block*: zigzag(least delta) width*4 miniblock*4
//
// A miniblock holds 32 differences to the previous value, less the least one of
// the block, in the bits that its largest needs. Differences wrap around, so
// every int64 is possible.
func appendDelta(dst []byte, values []int64) []byte {
	dst = binary.AppendUvarint(dst, deltaBlock)
	dst = binary.AppendUvarint(dst, deltaBlock/deltaMini)
	dst = binary.AppendUvarint(dst, uint64(len(values)))
	if len(values) == 0 {
		return append(dst, 0)
	}
	dst = binary.AppendVarint(dst, values[0])
	var deltas [deltaBlock]int64
	for last, rest := values[0], values[1:]; len(rest) > 0; {
		n := min(deltaBlock, len(rest))
		least := rest[0] - last
		for i, v := range rest[:n] {
			d := v - last
			deltas[i] = d
			least = min(least, d)
			last = v
		}
		clear(deltas[n:])
		dst = appendDeltaBlock(dst, &deltas, n, least)
		rest = rest[n:]
	}
	return dst
}

// appendDeltaBlock appends one block of n deltas; those beyond are zero.
func appendDeltaBlock(dst []byte, deltas *[deltaBlock]int64, n int, least int64) []byte {
	dst = binary.AppendVarint(dst, least)
	widths := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	for m := 0; m*deltaMini < n; m++ {
		mini := deltas[m*deltaMini : (m+1)*deltaMini]
		held := mini[:min(deltaMini, n-m*deltaMini)]
		var all uint64
		for i, d := range held {
			held[i] = d - least
			all |= uint64(d - least)
		}
		width := bits.Len64(all)
		dst[widths+m] = byte(width)
		dst = appendBits(dst, mini, width)
	}
	return dst
}

// appendBits packs values of width bits (0 to 64), low bits first. There are 32
// of them, so they end on a byte.
func appendBits(dst []byte, values []int64, width int) []byte {
	if width == 0 {
		return dst
	}
	end := len(dst) + deltaMini*width/8
	var word uint64
	var held int // bits in word
	for _, v := range values {
		word |= uint64(v) << held
		held += width
		if held >= 64 {
			dst = binary.LittleEndian.AppendUint64(dst, word)
			held -= 64
			word = uint64(v) >> (width - held) // a shift by 64 gives 0
		}
	}
	for ; len(dst) < end; word >>= 8 {
		dst = append(dst, byte(word))
	}
	return dst
}
