package parquet

import (
	"encoding/binary"
	"slices"
)

// appendHybrid appends values of width bits each (1 to 16) in Parquet's
// run-length and bit-packing hybrid:
//
//	run     := varint(count << 1) value          value in ceil(width/8) bytes
//	packed  := varint(groups << 1 | 1) bits      groups of 8 values, width bits each, low bits first
//
// A run of equal values is written as such where that is shorter than packing.
func appendHybrid(dst []byte, values []uint16, width int) []byte {
	long := max(8, 64/width)
	start := 0 // of the values that are not written yet
	for i := 0; i < len(values); {
		if rest := values[i:]; len(rest) >= 8 && !alike(rest) {
			i += 8 // a packed group more
			continue
		}
		run := runLength(values[i:])
		if run < long {
			i += 8
			continue
		}
		dst = appendPacked(dst, values[start:i], width)
		dst = binary.AppendUvarint(dst, uint64(run)<<1)
		for b := 0; b < width; b += 8 {
			dst = append(dst, byte(values[i]>>b))
		}
		i += run
		start = i
	}
	return appendPacked(dst, values[start:], width)
}

// alike reports whether the first eight values are equal.
func alike(v []uint16) bool {
	lo, hi := four(v), four(v[4:])
	return lo == hi && lo == uint64(v[0])*fourLanes
}

// four is the first four values, 16 bits each.
func four(v []uint16) uint64 {
	_ = v[3]
	return uint64(v[0]) | uint64(v[1])<<16 | uint64(v[2])<<32 | uint64(v[3])<<48
}

// fourLanes has a one in each 16 bits.
const fourLanes = 1<<48 | 1<<32 | 1<<16 | 1

func runLength(values []uint16) int {
	first := values[0]
	for i, v := range values {
		if v != first {
			return i
		}
	}
	return len(values)
}

// packSpare is how many bytes behind what it puts packing may use.
const packSpare = 64

// appendPacked appends one bit-packed run; the last group is filled with zeros.
func appendPacked(dst []byte, values []uint16, width int) []byte {
	if len(values) == 0 {
		return dst
	}
	groups := (len(values) + 7) / 8
	dst = binary.AppendUvarint(dst, uint64(groups)<<1|1)
	at := len(dst)
	dst = slices.Grow(dst, groups*width+packSpare)[:at+groups*width+packSpare]
	w := uint(width) & 31
	many := packMany(dst[at:], values, width)
	at += many / 8 * width
	values = values[many:]
	for ; len(values) >= 8; values = values[8:] {
		putGroup(dst[at:at+16], four(values), four(values[4:]), w)
		at += width
	}
	if len(values) > 0 {
		var last [8]uint16
		copy(last[:], values)
		putGroup(dst[at:at+16], four(last[:]), four(last[4:]), w)
		at += width
	}
	return dst[:at]
}

// putGroup packs eight values into w bytes of dst, which has 16.
func putGroup(dst []byte, lo, hi uint64, w uint) {
	lo, hi = squeeze(lo, w), squeeze(hi, w)
	binary.LittleEndian.PutUint64(dst, lo|hi<<(4*w))
	binary.LittleEndian.PutUint64(dst[8:], hi>>(64-4*w)) // shifts of 64 give 0
}

// squeeze moves four values of 16 bits together, w bits each: first each to its
// neighbour, then each two to the other two.
func squeeze(x uint64, w uint) uint64 {
	const even = 0xffff<<32 | 0xffff
	x = x&even | x&^even>>((16-w)&63)
	return x&(1<<32-1) | x>>32<<(2*w)
}
