package parquet

import "encoding/binary"

// appendHybridBytes is appendHybrid for n values of a byte each, of a width of 1, 2, 4 or 8
// bits. values has room for a multiple of eight.
func appendHybridBytes(dst, values []byte, n, width int) []byte {
	long := max(8, 64/width)
	start := 0 // of the values that are not written yet
	for i := 0; i+8 <= n; {
		word := binary.LittleEndian.Uint64(values[i:])
		if word != word&0xff*eachByte {
			i += 8 // a packed group more
			continue
		}
		run := 8
		for run+8 <= n-i && binary.LittleEndian.Uint64(values[i+run:]) == word {
			run += 8
		}
		for i+run < n && values[i+run] == values[i] {
			run++
		}
		if run < long {
			i += 8
			continue
		}
		dst = appendPackedBytes(dst, values[start:], i-start, width)
		dst = append(binary.AppendUvarint(dst, uint64(run)<<1), values[i])
		i += run
		start = i
	}
	return appendPackedBytes(dst, values[start:], n-start, width)
}

// eachByte has a one in each byte.
const eachByte = 0x0101010101010101

// appendPackedBytes appends n values as one bit-packed run; the last group is filled with
// zeros.
func appendPackedBytes(dst, values []byte, n, width int) []byte {
	if n == 0 {
		return dst
	}
	groups := (n + 7) / 8
	dst = binary.AppendUvarint(dst, uint64(groups)<<1|1)
	if width == 8 && n == 8*groups {
		return append(dst, values[:n]...)
	}
	var word [8]byte
	for ; n >= 8; n, values = n-8, values[8:] {
		binary.LittleEndian.PutUint64(word[:], packBytes(binary.LittleEndian.Uint64(values), width))
		dst = append(dst, word[:width]...)
	}
	if n > 0 {
		var last [8]byte
		copy(last[:], values[:n])
		binary.LittleEndian.PutUint64(word[:], packBytes(binary.LittleEndian.Uint64(last[:]), width))
		dst = append(dst, word[:width]...)
	}
	return dst
}

// packBytes moves eight values of a byte together, width bits each: first each to its
// neighbour, then each two, then each four.
func packBytes(x uint64, width int) uint64 {
	switch width {
	case 1:
		return x * 0x0102040810204080 >> 56
	case 2:
		x = (x | x>>6) & 0x000f000f000f000f
		x = (x | x>>12) & 0x000000ff000000ff
		return (x | x>>24) & 0xffff
	case 4:
		x = (x | x>>4) & 0x00ff00ff00ff00ff
		x = (x | x>>8) & 0x0000ffff0000ffff
		return (x | x>>16) & 0xffffffff
	}
	return x
}
