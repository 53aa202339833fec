package cdr

import (
	"encoding/binary"
	"math/bits"
)

// Hash is a 64-bit hash of text, the same on every machine and in every
// version: identities, names and cells are known by it. Two lanes, or four where
// there are more than 32 bytes, take eight bytes each a step; the last eight
// bytes overlap what came before them, which the length, hashed too, makes
// unambiguous. Every step multiplies by a constant, so that no input can cancel
// what came before it.
func Hash(b []byte) uint64 {
	n := uint64(len(b))
	if n > 32 {
		return long(b)
	}
	x, y := n*0xa0761d6478bd642f+1, n^0xe7037ed1a0b428db
	if n < 8 {
		return Mix(fold(x^short(b)) + y)
	}
	last := binary.LittleEndian.Uint64(b[n-8:])
	if len(b) > 16 {
		x = fold(x ^ binary.LittleEndian.Uint64(b))
		y = fold(y ^ binary.LittleEndian.Uint64(b[8:]))
		b = b[16:]
	}
	if len(b) > 8 {
		x = fold(x ^ binary.LittleEndian.Uint64(b))
	}
	y = fold(y ^ last)
	return Mix(x + bits.RotateLeft64(y, 29))
}

// HashWords is Hash of a text of n bytes, 9 to 16, by its first and its last eight.
func HashWords(first, last uint64, n int) uint64 {
	x, y := uint64(n)*0xa0761d6478bd642f+1, uint64(n)^0xe7037ed1a0b428db
	return Mix(fold(x^first) + bits.RotateLeft64(fold(y^last), 29))
}

// long is Hash of more than 32 bytes. What is left behind the last step of four lanes
// is hashed without a branch: all steps that there may be are made, of whatever words
// stand there, and those that there are count.
func long(b []byte) uint64 {
	n := uint64(len(b))
	x, y := n*0xa0761d6478bd642f+1, n^0xe7037ed1a0b428db
	z, w := x^0x8ebc6af09c88c6e3, y^0x589965cc75374cc3
	rest := b
	for len(rest) > 32 {
		x = fold(x ^ binary.LittleEndian.Uint64(rest))
		y = fold(y ^ binary.LittleEndian.Uint64(rest[8:]))
		z = fold(z ^ binary.LittleEndian.Uint64(rest[16:]))
		w = fold(w ^ binary.LittleEndian.Uint64(rest[24:]))
		rest = rest[32:]
	}
	x, y = fold(x+bits.RotateLeft64(z, 29)), fold(y+bits.RotateLeft64(w, 29))
	// The rest begins at 32 - left of the last 32 bytes.
	end, left := (*[32]byte)(b[len(b)-32:]), int64(len(rest))
	two := (16 - left) >> 63 // all ones where two lanes take a step, of 16 bytes
	at := 16 - (left-16)&two
	x ^= (x ^ fold(x^binary.LittleEndian.Uint64(end[at:]))) & uint64(two)
	y ^= (y ^ fold(y^binary.LittleEndian.Uint64(end[at+8:]))) & uint64(two)
	left -= 16 & two
	one := (8 - left) >> 63 // all ones where one lane does, of 8
	at = 24 - (left-8)&one
	x ^= (x ^ fold(x^binary.LittleEndian.Uint64(end[at:]))) & uint64(one)
	y = fold(y ^ binary.LittleEndian.Uint64(end[24:]))
	return Mix(x + bits.RotateLeft64(y, 29))
}

// short is up to seven bytes as a word; texts of one length differ in it.
func short(b []byte) uint64 {
	if n := len(b); n >= 4 {
		return uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint32(b[n-4:]))<<32
	} else if n > 0 {
		return uint64(b[0]) | uint64(b[n/2])<<8 | uint64(b[n-1])<<16
	}
	return 0
}

// fold is a lane's step: [Mix] without the constant that keeps 0 from being 0,
// which a lane's beginning takes care of.
func fold(x uint64) uint64 {
	hi, lo := bits.Mul64(x, 0xd6e8feb86659fd93)
	return hi ^ lo
}
