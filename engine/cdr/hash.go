package cdr

import (
	"encoding/binary"
	"math/bits"
)

// Hash is a 64-bit hash of text, the same on every machine and in every
// version: identities, names and cells are known by it. Two lanes take eight
// bytes each a step. Every step multiplies by a constant, so that no input can
// cancel what came before it.
func Hash(b []byte) uint64 {
	n := uint64(len(b))
	x, y := n*0xa0761d6478bd642f+1, n^0xe7037ed1a0b428db
	for len(b) >= 16 {
		x = Mix(x ^ binary.LittleEndian.Uint64(b))
		y = Mix(y ^ binary.LittleEndian.Uint64(b[8:]))
		b = b[16:]
	}
	if len(b) >= 8 {
		x = Mix(x ^ binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	var tail uint64
	for i, c := range b {
		tail |= uint64(c) << (8 * i)
	}
	y = Mix(y ^ tail)
	return Mix(x + bits.RotateLeft64(y, 29))
}
