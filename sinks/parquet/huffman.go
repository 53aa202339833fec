package parquet

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/klauspost/compress/fse"
)

// codeBits is the most bits of a code: zstd allows no more.
const codeBits = 11

// codes is a Huffman code of bytes, as zstd has it: complete, of at most codeBits bits, its
// numbers given out from the longest codes to the shortest, in the order of the bytes.
type codes struct {
	table [256]code
	text  []byte // the table as it stands before the literals; empty: there is none
}

// code is the bits of a byte above their number, which is 0 of a byte without one.
type code uint32

func (c *codes) reset() { c.text = c.text[:0] }

// coder makes codes. It and its buffers serve all columns.
type coder struct {
	order   [256]uint64 // count and byte, ascending
	parents [512]uint16 // of leaves in that order, then of inner nodes
	sums    [512]uint64
	lengths [256]uint8
	weights [256]byte
	fse     fse.Scratch
}

// make makes c the code of bytes that come so often; at least two do. It reports false
// where their table cannot be written.
func (k *coder) make(c *codes, counts *[256]uint32) bool {
	n := 0
	for b, v := range counts {
		if v != 0 {
			k.order[n] = uint64(v)<<8 | uint64(b)
			n++
		}
	}
	slices.Sort(k.order[:n])
	k.measure(n)
	k.limit(n)
	k.number(c)
	return k.describe(c)
}

// measure finds how long the codes of the first n of order are: it joins the two rarest
// until one is left.
func (k *coder) measure(n int) {
	for i, o := range k.order[:n] {
		k.sums[i] = o >> 8
	}
	leaf, inner := 0, n
	for next := n; next < 2*n-1; next++ {
		k.sums[next] = 0
		for range 2 {
			at := inner
			if inner == next || leaf < n && k.sums[leaf] <= k.sums[inner] {
				at = leaf
				leaf++
			} else {
				inner++
			}
			k.sums[next] += k.sums[at]
			k.parents[at] = uint16(next)
		}
	}
	k.lengths = [256]uint8{}
	depths := &k.sums // no longer needed from the root down
	depths[2*n-2] = 0
	for i := 2*n - 3; i >= 0; i-- {
		depths[i] = depths[k.parents[i]] + 1
		if i < n {
			k.lengths[byte(k.order[i])] = uint8(min(depths[i], 255))
		}
	}
}

// limit shortens what is longer than codeBits, and pays for it: the rarest of the others
// become longer until all have room, and what room is left goes to the most frequent of
// the longest.
func (k *coder) limit(n int) {
	const room = 1 << codeBits
	used := 0
	for _, o := range k.order[:n] {
		l := &k.lengths[byte(o)]
		*l = min(*l, codeBits)
		used += room >> *l
	}
	for used > room {
		for _, o := range k.order[:n] {
			if l := &k.lengths[byte(o)]; *l < codeBits && used > room {
				*l++
				used -= room >> *l
			}
		}
	}
	for i := n - 1; used < room; i = (i + n - 1) % n {
		if l := &k.lengths[byte(k.order[i])]; room>>*l <= room-used {
			used += room >> *l
			*l--
		}
	}
}

// number gives out the numbers of codes of k.lengths.
func (k *coder) number(c *codes) {
	var next [codeBits + 2]uint32
	var of [codeBits + 2]uint32
	for _, l := range k.lengths {
		of[l]++
	}
	from := uint32(0)
	for l := codeBits; l > 0; l-- {
		next[l] = from
		from = (from + of[l]) >> 1
	}
	for b, l := range k.lengths {
		c.table[b] = 0
		if l != 0 {
			c.table[b] = code(next[l]<<8 | uint32(l))
			next[l]++
		}
	}
}

// describe writes the table of c: weights of all bytes but the last that has one, either
// coded by package fse or half a byte each.
func (k *coder) describe(c *codes) bool {
	last, longest := 0, uint8(0)
	for b, l := range k.lengths {
		if l != 0 {
			last, longest = b, max(longest, l)
		}
	}
	for b, l := range k.lengths[:last] {
		k.weights[b] = 0
		if l != 0 {
			k.weights[b] = longest + 1 - l
		}
	}
	c.text = c.text[:0]
	if last > 1 {
		k.fse.TableLog = 6
		if coded, err := fse.Compress(k.weights[:last], &k.fse); err == nil && len(coded) < 128 && len(coded) < (last+1)/2 {
			c.text = append(append(c.text, byte(len(coded))), coded...)
			return true
		}
	}
	if last > 128 {
		return false
	}
	c.text = append(c.text, byte(127+last))
	k.weights[last] = 0
	for b := 0; b < last; b += 2 {
		c.text = append(c.text, k.weights[b]<<4|k.weights[b+1])
	}
	return true
}

// length is how many bytes so many of each byte become, about; not ok: one has no code.
func (c *codes) length(counts *[256]uint32) (n uint64, ok bool) {
	lacking := false
	for b, v := range counts {
		l := uint64(c.table[b] & 0xff)
		n += uint64(v) * l
		lacking = lacking || l == 0 && v != 0
	}
	return n/8 + uint64(len(c.text)), !lacking
}

// append appends the codes of src, which all have one, as four streams behind the lengths
// of three.
func (c *codes) append(dst, src []byte) []byte {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0, 0, 0)
	part := (len(src) + 3) / 4
	for i := range 4 {
		n := min(part, len(src))
		from := len(dst)
		dst = c.appendStream(dst, src[:n])
		src = src[n:]
		if i < 3 {
			binary.LittleEndian.PutUint16(dst[at+2*i:], uint16(len(dst)-from))
		}
	}
	return dst
}

// appendStream appends the codes of src, of the last byte first, and a bit behind them.
func (c *codes) appendStream(dst, src []byte) []byte {
	at := len(dst)
	most := len(src)*codeBits/8 + 16
	dst = slices.Grow(dst, most)[:at+most]
	table := &c.table
	var word uint64
	var held uint // bits in word
	for ; len(src)&3 != 0; src = src[:len(src)-1] {
		x := table[src[len(src)-1]]
		word |= uint64(x>>8) << (held & 63)
		held += uint(x & 0xff)
	}
	for i := len(src) - 4; i >= 0; i -= 4 {
		binary.LittleEndian.PutUint64(dst[at:], word)
		at += int(held >> 3)
		word >>= held &^ 7 & 63
		held &= 7
		four := src[i : i+4]
		a, b := table[four[3]], table[four[2]]
		x, y := table[four[1]], table[four[0]]
		low := uint64(a>>8) | uint64(b>>8)<<(a&31)
		high := uint64(x>>8) | uint64(y>>8)<<(x&31)
		n := uint(a&0xff) + uint(b&0xff)
		word |= (low | high<<(n&63)) << (held & 7)
		held += n + uint(x&0xff) + uint(y&0xff)
	}
	word |= 1 << (held & 63)
	binary.LittleEndian.PutUint64(dst[at:], word)
	return dst[:at+bits.Len64(word)/8+min(1, bits.Len64(word)&7)]
}
