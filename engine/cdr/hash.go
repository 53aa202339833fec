package cdr

import (
	"encoding/binary"
	"math/bits"
)

// Hash is a 64-bit hash of text, the same on every machine and in every
// version: identities, names and cells are known by it. It folds 16 bytes a
// step through a 128-bit multiply.
func Hash(b []byte) uint64 {
	const k0, k1 = 0xa0761d6478bd642f, 0xe7037ed1a0b428db
	h := uint64(len(b)) * k0
	for len(b) >= 16 {
		hi, lo := bits.Mul64(binary.LittleEndian.Uint64(b)^k0^h, binary.LittleEndian.Uint64(b[8:])^k1)
		h = hi ^ lo
		b = b[16:]
	}
	var x, y uint64
	if len(b) >= 8 {
		x = binary.LittleEndian.Uint64(b)
		b = b[8:]
	}
	for i, c := range b {
		y |= uint64(c) << (8 * i)
	}
	hi, lo := bits.Mul64(x^k0^h, y^k1)
	return Mix(hi ^ lo ^ h)
}
