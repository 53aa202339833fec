package parquet

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// entropy makes zstd frames without matches: what is in them is Huffman-coded
// literals. Packed indexes and doubles have few repetitions, and looking for them is
// what takes zstd its time.
//
//	frame = magic descriptor(1) length(1, 2 or 4) block*
//	block = header(3) (byte * n | byte to be repeated | literals)
//
// A column's pages are alike, and making a table takes as long as coding a page by it. So
// the table of one page is taken for the next ones too, as long as it is nearly as good
// as one of their own would be. Each frame holds its table: it is read alone.
//
// A column's pages are alike, and making a table takes as long as coding a page by it. So
// the table of one page is taken for the next ones too, as long as it is nearly as good
// as one of their own would be. Each frame holds its table: it is read alone.
type entropy struct {
	coder  coder
	counts [4][256]uint32
	most   uint32 // of the counts
}

const (
	zstdMagic  = 0xfd2fb528
	zstdBlock  = 1 << 16 // bytes of a block, which may be up to 128 KiB
	zstdSingle = 1 << 5  // descriptor: the window is the frame

	blockRaw      = 0
	blockRepeated = 1
	blockPacked   = 2

	literalsPacked = 2 // Huffman-coded, with their table
)

// appendFrame appends src, which is not empty, as a frame, by the table of c where that
// serves.
func (e *entropy) appendFrame(dst, src []byte, c *codes) []byte {
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
		dst = e.appendBlock(dst, src[:n], n == len(src), c)
		src = src[n:]
	}
	return dst
}

// appendBlock appends one block, in the shortest of the three ways.
func (e *entropy) appendBlock(dst, src []byte, last bool, c *codes) []byte {
	kind := e.kindOf(src, c)
	if kind == blockRepeated {
		return append(appendBlockHeader(dst, kind, len(src), last), src[0])
	}
	if kind == blockRaw {
		return append(appendBlockHeader(dst, kind, len(src), last), src...)
	}
	at := len(dst)
	dst = appendBlockHeader(dst, kind, 0, last)
	head := len(dst)
	dst = appendLiteralsHeader(dst, len(src), 0)
	body := len(dst)
	dst = c.append(append(dst, c.text...), src)
	appendLiteralsHeader(dst[:head], len(src), len(dst)-body)
	dst = append(dst, 0) // no sequences
	appendBlockHeader(dst[:at], kind, len(dst)-at-3, last)
	return dst
}

func appendBlockHeader(dst []byte, kind, n int, last bool) []byte {
	v := kind<<1 | n<<3
	if last {
		v |= 1
	}
	return append(dst, byte(v), byte(v>>8), byte(v>>16))
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

// kindOf returns how src is written. For a packed block c has a code of all of its bytes.
func (e *entropy) kindOf(src []byte, c *codes) int {
	if len(src) < compressMin || len(src) > 8*sample && !e.promising(src, len(src)/(8*sample)) {
		if bytes.Count(src, src[:1]) == len(src) {
			return blockRepeated
		}
		return blockRaw
	}
	if !e.promising(src, 1) {
		if e.most == uint32(len(src)) {
			return blockRepeated
		}
		return blockRaw
	}
	if !e.serves(c) && !e.coder.make(c, &e.counts[0]) {
		c.reset()
		return blockRaw
	}
	if n, _ := c.length(&e.counts[0]); int(n)+literalsHead >= len(src) {
		return blockRaw
	}
	return blockPacked
}

// literalsHead is the most that stands around the literals of a block.
const literalsHead = 5 + 6 + 4 + 1 // header, lengths, ends of streams, sequences

// serves reports whether the code of c has all bytes that were counted, and is not much
// worse than their own would be.
func (e *entropy) serves(c *codes) bool {
	if len(c.text) == 0 {
		return false
	}
	n, ok := c.length(&e.counts[0])
	return ok && n <= e.held()*(codeLoss+1)/codeLoss+codeFree
}

// A code may be used again while it makes a block longer than what its bytes hold by one
// in codeLoss and codeFree bytes, its table included: about what a new one would.
const (
	codeLoss = 32
	codeFree = 64
)

// promising reports whether coding src may gain one byte in gainShare, as far as one
// piece of eight bytes in so many tells, and there is more than one byte in it.
func (e *entropy) promising(src []byte, step int) bool {
	n := e.count(src, step)
	return n > 0 && e.most < uint32(n) && e.held() < uint64(n-n/gainShare)
}

// held is how many bytes the counted ones hold (Shannon).
func (e *entropy) held() uint64 {
	var held, n uint64 // in 16ths of bits
	for _, c := range e.counts[0] {
		n += uint64(c)
	}
	all := log16(uint32(n))
	for _, c := range e.counts[0] {
		if c != 0 {
			held += uint64(c) * uint64(all-min(all, log16(c)))
		}
	}
	return held / (16 * 8)
}

// sample is how many pieces of eight bytes are looked at first.
const sample = 512

// count counts the bytes of src, of one piece of eight in so many, in four tables so that
// equal bytes in a row do not wait for each other, of which the first becomes the sum. It
// returns how many that were.
func (e *entropy) count(src []byte, step int) (n int) {
	e.counts = [4][256]uint32{}
	c := &e.counts
	i := 0
	for ; i+8 <= len(src); i += 8 * step {
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
	if step == 1 {
		for _, b := range src[i:] {
			c[0][b]++
		}
		n = len(src)
	}
	e.most = 0
	for b := range c[0] {
		c[0][b] += c[1][b] + c[2][b] + c[3][b]
		e.most = max(e.most, c[0][b])
	}
	return n
}

// log16 is the logarithm of v, not 0, to the base of 2 in 16ths, linear between
// powers of two.
func log16(v uint32) uint32 {
	n := bits.Len32(v) - 1
	return uint32(n)<<4 + uint32(uint64(v)<<4>>n&15)
}
