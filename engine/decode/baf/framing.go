package baf

import (
	"encoding/binary"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// framing cuts files by their descriptor words.
type framing struct{}

const (
	wordSize  = 4       // of a descriptor word
	maxRecord = 8 << 10 // of a record with its word
	maxBlock  = 0xFEFF  // of a block of records with its word: FF is fill
	maxJunk   = 4 << 10 // bytes that are set aside at a time
	look      = 2*wordSize + 1
)

const notRecord = "this is no record: there is no whole one behind a descriptor word"

// Cut implements [decode.Framing]. The word of a block belongs to its first record.
func (framing) Cut(data []byte, last bool) decode.Piece {
	words := 0
	switch {
	case recordBegins(data):
		words = wordSize
	case blockBegins(data):
		words = 2 * wordSize
	default:
		return other(data, last)
	}
	size := words - wordSize + length(data[words-wordSize:], maxRecord)
	switch {
	case size <= len(data):
		return decode.Piece{Kind: decode.RecordPiece, Size: size, Record: cdr.Span{Off: uint32(words), Len: uint32(size - words)}}
	case !last:
		return decode.Piece{Size: size}
	}
	return junk(data, last)
}

// other is what no record begins with.
func other(data []byte, last bool) decode.Piece {
	if n := fill(data, last); n > 0 {
		return decode.Piece{Kind: decode.FillPiece, Size: n}
	}
	if len(data) < look && !last {
		return decode.Piece{}
	}
	return junk(data, last)
}

// length is what the descriptor word at the front of b says, 0 if there is none.
func length(b []byte, limit int) int {
	if len(b) < wordSize || b[2] != 0 || b[3] != 0 {
		return 0
	}
	if n := int(binary.BigEndian.Uint16(b)); n > wordSize && n <= limit {
		return n
	}
	return 0
}

func marks(c byte) bool { return c == 0xAA || c == 0xAB }

// recordBegins reports that b begins like a record.
func recordBegins(b []byte) bool {
	return len(b) > wordSize && length(b, maxRecord) > 0 && marks(b[wordSize])
}

// blockBegins reports that b begins with a block descriptor word and a record.
func blockBegins(b []byte) bool {
	n := length(b, maxBlock)
	return n > 0 && len(b) >= look && recordBegins(b[wordSize:]) && length(b[wordSize:], maxRecord) <= n-wordSize
}

// fill is how many bytes of fill data begins with: not the last of a run of zeros while
// it may be the first of a length.
func fill(data []byte, last bool) (n int) {
	c := data[0]
	if c != 0 && c != 0xFF {
		return 0
	}
	for n < len(data) && data[n] == c {
		n++
	}
	if c == 0xFF || last && n == len(data) || n == 1 && (last || len(data) >= look) {
		return n
	}
	return n - 1
}

// junk passes over what is no record, to where the next one begins, but not one within
// the words that made data look like a record.
func junk(data []byte, last bool) decode.Piece {
	i := 1
	switch {
	case recordBegins(data):
		i = wordSize + 1
	case blockBegins(data):
		i = look
	}
	n := min(len(data), maxJunk)
	for ; i < n; i++ {
		rest := data[i:]
		if len(rest) < look && !last {
			return decode.Piece{}
		}
		if recordBegins(rest) || blockBegins(rest) {
			n = i
		}
	}
	return decode.Piece{Kind: decode.JunkPiece, Size: n, Reason: notRecord}
}
