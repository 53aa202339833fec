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
}

// bytesAt are bytes that every record has, one of these.
type bytesAt struct {
	at   int
	want [][]byte
}

// size is how many bytes it takes to tell.
func (m *bytesAt) size() (n int) {
	for _, w := range m.want {
		n = max(n, len(w))
	}
	return n
}

// in reports whether data, which is long enough, has them.
func (m *bytesAt) in(data []byte) bool {
	for _, w := range m.want {
		if bytes.HasPrefix(data[m.at:], w) {
			return true
		}
	}
	return false
}

var _ decode.Framing = (*binaryFraming)(nil)

// maxBinaryJunk is how many bytes are set aside at a time.
const maxBinaryJunk = maxBinary

// Cut implements [decode.Framing].
func (f *binaryFraming) Cut(data []byte, last bool) decode.Piece {
	if len(data) < f.look && !last {
		return decode.Piece{}
	}
	if p, ok := f.filled(data, last); ok {
		return p
	}
	size := f.size(data)
	switch {
	case size == 0:
		return f.junk(data, last, 1)
	case size <= len(data):
		return decode.Piece{Kind: decode.RecordPiece, Size: size, Record: cdr.Span{Len: uint32(size)}}
	case last:
		return f.junk(data, last, max(f.look, 1))
	}
	return decode.Piece{Size: size}
}

// size is the length of the record that data begins with, 0 if that is none.
func (f *binaryFraming) size(data []byte) int {
	if len(data) < f.look {
		return 0
	}
	for i := range f.matches {
		if !f.matches[i].in(data) {
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

// junk passes over what is no record, at least so many bytes, to where one begins. The
// reason depends on those bytes alone: it is the same whatever follows them.
func (f *binaryFraming) junk(data []byte, last bool, least int) decode.Piece {
	n := min(len(data), maxBinaryJunk)
	for i := least; i < n && f.look > 0; i++ {
		if !last && len(data)-i < f.look {
			return decode.Piece{}
		}
		if f.size(data[i:]) > 0 {
			n = i
			last = true
		}
	}
	if n < maxBinaryJunk && !last {
		return decode.Piece{}
	}
	why := "its length, or bytes that every record has, are not there"
	if len(data[:n]) < f.look || f.size(data[:n]) > 0 {
		why = "it is cut short"
	}
	return decode.Piece{Kind: decode.JunkPiece, Size: n, Reason: "this is no record: " + why}
}
