package profile

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// binaryFraming cuts a stream of binary records.
type binaryFraming struct {
	told      bool // records tell their length, in width bytes at at
	at, width int
	le        bool
	add       int
	min, max  int // of lengths

	matches []bytesAt
	look    int // bytes that it takes to tell a record
	fill    []byte
	trailer int
}

// bytesAt are bytes that every record has.
type bytesAt struct {
	at   int
	want []byte
}

var _ decode.Framing = (*binaryFraming)(nil)

// maxBinaryJunk is how many bytes are set aside at a time.
const maxBinaryJunk = 4 << 10

// Cut implements [decode.Framing].
func (f *binaryFraming) Cut(data []byte, last bool) decode.Piece {
	if f.trailer > 0 && len(data) <= f.trailer && (!last || len(data) == f.trailer) {
		if !last {
			return decode.Piece{}
		}
		return decode.Piece{Kind: decode.FillPiece, Size: len(data)}
	}
	if len(data) < f.look && !last {
		return decode.Piece{}
	}
	if p, ok := f.filled(data, last); ok {
		return p
	}
	size := f.size(data)
	switch {
	case size == 0 && len(data) < f.look:
		return f.junk(data, last, "it is cut short")
	case size == 0:
		return f.junk(data, last, "its length or the bytes that every record has are not there")
	case size <= len(data):
		return decode.Piece{Kind: decode.RecordPiece, Size: size, Record: cdr.Span{Len: uint32(size)}}
	case last:
		return f.junk(data, last, "it is cut short")
	}
	return decode.Piece{Size: size}
}

// size is the length of the record that data begins with, 0 if that is none.
func (f *binaryFraming) size(data []byte) int {
	if len(data) < f.look {
		return 0
	}
	for i := range f.matches {
		m := &f.matches[i]
		if !bytes.Equal(data[m.at:][:len(m.want)], m.want) {
			return 0
		}
	}
	if !f.told {
		return f.min
	}
	b := data[f.at:][:f.width]
	n, _ := number(b)
	if f.le {
		n, _ = numberLE(b)
	}
	size := int(n) + f.add
	if size < f.min || size > f.max {
		return 0
	}
	return size
}

// filled cuts fill. Where nothing tells a record from it, fill is a record's length of
// it, or less at the end.
func (f *binaryFraming) filled(data []byte, last bool) (p decode.Piece, ok bool) {
	c := data[0]
	if bytes.IndexByte(f.fill, c) < 0 {
		return p, false
	}
	n := 0
	if f.look == 0 {
		for n < len(data) && n < f.min && data[n] == c {
			n++
		}
		switch {
		case n == f.min || n == len(data) && last:
			return decode.Piece{Kind: decode.FillPiece, Size: n}, true
		case n == len(data):
			return decode.Piece{Size: f.min}, true
		}
		return p, false
	}
	for n < len(data) && data[n] == c && (last || len(data)-n >= f.look) && f.size(data[n:]) == 0 {
		n++
	}
	return decode.Piece{Kind: decode.FillPiece, Size: n}, n > 0
}

// junk passes over what is no record, to where one begins.
func (f *binaryFraming) junk(data []byte, last bool, why string) decode.Piece {
	n := min(len(data), maxBinaryJunk)
	why = "this is no record: " + why
	for i := 1; i < n && f.look > 0; i++ {
		if !last && len(data)-i < f.look {
			return decode.Piece{}
		}
		if f.size(data[i:]) > 0 {
			return decode.Piece{Kind: decode.JunkPiece, Size: i, Reason: why}
		}
	}
	if n < maxBinaryJunk && !last {
		return decode.Piece{}
	}
	return decode.Piece{Kind: decode.JunkPiece, Size: n, Reason: why}
}
