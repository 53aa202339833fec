package parquet

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/klauspost/compress/huff0"
)

// entropy makes zstd frames without matches: what is in them is Huffman-coded
// literals. Packed indexes and doubles have few repetitions, and looking for them is
// what takes zstd its time.
//
//	frame = magic descriptor(1) length(1, 2 or 4) block*
//	block = header(3) (byte * n | byte to be repeated | literals)
type entropy struct {
	huff   huff0.Scratch
	counts [4][256]uint32
}

const (
	zstdMagic  = 0xfd2fb528
	zstdBlock  = 1 << 16 // bytes of a block, which may be up to 128 KiB
	zstdSingle = 1 << 5  // descriptor: the window is the frame

	blockHead     = 3 // bytes
	blockRaw      = 0
	blockRepeated = 1
	blockPacked   = 2

	literalsPacked = 2 // Huffman-coded, with their table
)

// frameMax is more than the frame of n bytes may take.
func frameMax(n int) int { return n + n>>12 + 32 }

// appendFrame appends src, which is not empty, as a frame. sure says that what came before
// and was like it has gained much: it is coded without looking first.
func (e *entropy) appendFrame(dst, src []byte, sure bool) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, zstdMagic)
	switch n := len(src); {
	case n < 1<<8:
		dst = append(dst, zstdSingle, byte(n))
	case n < 1<<16+1<<8:
		dst = binary.LittleEndian.AppendUint16(append(dst, zstdSingle|1<<6), uint16(n-1<<8))
	default:
		dst = binary.LittleEndian.AppendUint32(append(dst, zstdSingle|2<<6), uint32(n))
	}
	for len(src) > 0 {
		n := min(zstdBlock, len(src))
		dst = e.appendBlock(dst, src[:n], n == len(src), sure)
		src = src[n:]
	}
	return dst
}

// appendBlock appends one block, in the shortest of the three ways.
func (e *entropy) appendBlock(dst, src []byte, last, sure bool) []byte {
	head := len(dst) + blockHead + literalsHead(len(src))
	coded, repeated := e.encode(after(dst, head, len(src)), src, sure)
	switch {
	case repeated:
		return append(appendBlockHeader(dst, blockRepeated, len(src), last), src[0])
	case coded == nil:
		return append(appendBlockHeader(dst, blockRaw, len(src), last), src...)
	}
	at := len(dst)
	dst = appendBlockHeader(dst, blockPacked, 0, last)
	dst = appendLiteralsHeader(dst, len(src), len(coded))
	if len(dst)+len(coded) <= cap(dst) && &dst[:len(dst)+1][len(dst)] == &coded[0] {
		dst = dst[:len(dst)+len(coded)] // it stands there
	} else {
		dst = append(dst, coded...)
	}
	dst = append(dst, 0) // no sequences
	appendBlockHeader(dst[:at], blockPacked, len(dst)-at-3, last)
	return dst
}

// after is what is behind the first n bytes of dst, if it has room for so many.
func after(dst []byte, n, room int) []byte {
	if cap(dst) < n+room {
		return nil
	}
	return dst[n:n:cap(dst)]
}

func appendBlockHeader(dst []byte, kind, n int, last bool) []byte {
	v := kind<<1 | n<<3
	if last {
		v |= 1
	}
	return append(dst, byte(v), byte(v>>8), byte(v>>16))
}

// literalsHead is how long the header of n literals is.
func literalsHead(n int) int {
	switch {
	case n < 1<<10:
		return 3
	case n < 1<<14:
		return 4
	}
	return 5
}

// appendLiteralsHeader says that n bytes follow as m, in four streams.
func appendLiteralsHeader(dst []byte, n, m int) []byte {
	format, width := 1, 10
	switch bits.Len(uint(n)) { // m is less
	default:
		format, width = 3, 18
	case 11, 12, 13, 14:
		format, width = 2, 14
	case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10:
	}
	v := uint64(literalsPacked | format<<2 | n<<4 | m<<(4+width))
	for range (4 + 2*width) / 8 {
		dst = append(dst, byte(v))
		v >>= 8
	}
	return dst
}

// encode returns src Huffman-coded, in dst where there is room; nil: that gains too
// little, or src is one byte repeated.
func (e *entropy) encode(dst, src []byte, sure bool) (coded []byte, repeated bool) {
	if len(src) < compressMin || !sure && !e.promising(src) {
		return nil, bytes.Count(src, src[:1]) == len(src)
	}
	e.huff.Reuse, e.huff.Out = huff0.ReusePolicyNone, dst
	coded, _, err := huff0.Compress4X(src, &e.huff)
	if err != nil || len(coded)+literalsMore >= len(src) {
		return nil, err == huff0.ErrUseRLE // what does not shrink is an error too
	}
	return coded, false
}

// literalsMore is the most that stands around the literals of a block.
const literalsMore = 6

// promising reports whether coding src may gain one byte in gainShare: by the bits
// that a sample of it holds (Shannon), its logarithms in 16ths.
func (e *entropy) promising(src []byte) bool {
	n := e.count(src)
	var held uint64 // 16ths of bits
	all := log16(uint32(n))
	for _, c := range e.counts[0] {
		if c != 0 {
			held += uint64(c) * uint64(all-min(all, log16(c)))
		}
	}
	return held/(16*8) < uint64(n-n/gainShare)
}

// sample is how many pieces of eight bytes are looked at.
const sample = 512

// count counts the bytes of a sample of src, in four tables so that equal bytes in a
// row do not wait for each other, of which the first becomes the sum. It returns how
// many that were.
func (e *entropy) count(src []byte) (n int) {
	e.counts = [4][256]uint32{}
	c := &e.counts
	step := 8 * max(1, len(src)/(8*sample))
	for i := 0; i+8 <= len(src); i += step {
		w := binary.LittleEndian.Uint64(src[i:])
		c[0][byte(w)]++
		c[1][byte(w>>8)]++
		c[2][byte(w>>16)]++
		c[3][byte(w>>24)]++
		c[0][byte(w>>32)]++
		c[1][byte(w>>40)]++
		c[2][byte(w>>48)]++
		c[3][byte(w>>56)]++
		n += 8
	}
	for b := range c[0] {
		c[0][b] += c[1][b] + c[2][b] + c[3][b]
	}
	return n
}

// log16 is the logarithm of v, not 0, to the base of 2 in 16ths, linear between
// powers of two.
func log16(v uint32) uint32 {
	n := bits.Len32(v) - 1
	return uint32(n)<<4 + uint32(uint64(v)<<4>>n&15)
}
