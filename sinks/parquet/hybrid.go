package parquet

import "encoding/binary"

// appendHybrid appends values of width bits each (1 to 32) in Parquet's
// run-length and bit-packing hybrid:
//
//	run     := varint(count << 1) value          value in ceil(width/8) bytes
//	packed  := varint(groups << 1 | 1) bits      groups of 8 values, width bits each, low bits first
//
// A run of equal values is written as such where that is shorter than packing.
func appendHybrid(dst []byte, values []uint32, width int) []byte {
	long := max(8, 64/width)
	start := 0 // of the values that are not written yet
	for i := 0; i < len(values); {
		run := runLength(values[i:])
		if run < long {
			i += 8 // a packed group more
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

func runLength(values []uint32) int {
	first := values[0]
	for i, v := range values {
		if v != first {
			return i
		}
	}
	return len(values)
}

// appendPacked appends one bit-packed run; the last group is filled with zeros.
func appendPacked(dst []byte, values []uint32, width int) []byte {
	if len(values) == 0 {
		return dst
	}
	groups := (len(values) + 7) / 8
	dst = binary.AppendUvarint(dst, uint64(groups)<<1|1)
	end := len(dst) + groups*width
	var word uint64
	var bits int
	for _, v := range values {
		word |= uint64(v) << bits
		bits += width
		if bits >= 32 {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(word))
			word >>= 32
			bits -= 32
		}
	}
	for ; len(dst) < end; word >>= 8 {
		dst = append(dst, byte(word))
	}
	return dst[:end]
}
