package ber

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// Stream cuts a file of encoded records: one element after the other, with fill
// between them, perhaps within containers whose headers are passed over as if they
// were fill.
type Stream struct {
	// Container reports that the elements within an element of this tag are to be cut, and
	// not it. nil: there are none.
	Container func(t Tag) bool
	// Record reports whether b, which is not empty, begins like a record: where bytes are
	// no element, everything before the next such place is set aside. It looks at
	// [RecordLook] bytes at most, and is false where it would have to see more. What it
	// looks at must belong to the record: its end may be all that there is.
	Record func(b []byte) bool
}

var _ decode.Framing = (*Stream)(nil)

const (
	// RecordLook is how many bytes it takes at most to tell whether a record begins.
	RecordLook = 32
	// maxRecord is the longest element that is taken for one: a longer one has a length
	// that is damaged.
	maxRecord = 1 << 20
	// maxJunk is how many bytes are set aside at a time.
	maxJunk = 4 << 10
)

// Cut implements [decode.Framing].
func (s *Stream) Cut(data []byte, last bool) decode.Piece {
	if n := fill(data); n > 0 {
		return decode.Piece{Kind: decode.FillPiece, Size: n}
	}
	h, p := ReadHeader(data)
	if p == None && h.Constructed && s.Container != nil && s.Container(h.Tag) {
		return decode.Piece{Kind: decode.FillPiece, Size: h.Size}
	}
	size := 0
	if p == None {
		h, size, p = Extent(data)
	}
	switch {
	case size > maxRecord:
		return s.junk(data, last)
	case p == None:
		return decode.Piece{Kind: decode.RecordPiece, Size: size, Record: cdr.Span{Len: uint32(size)}}
	case p != CutShort || last:
		return s.junk(data, last)
	case h.Indefinite:
		return decode.Piece{} // where it ends is not to be seen yet
	}
	return decode.Piece{Size: size}
}

// junk passes over what is no element, to where the next record begins. A header that
// can be read is passed over whole: what comes before it ends where it begins, and has to
// do so wherever a block ends.
func (s *Stream) junk(data []byte, last bool) decode.Piece {
	n, from := min(len(data), maxJunk), 1
	if h, p := ReadHeader(data); p == None {
		from = h.Size
	}
	for i := from; i < n; i++ {
		if !last && len(data)-i < RecordLook && len(data) < maxJunk+RecordLook {
			return decode.Piece{}
		}
		if s.Record(data[i:min(len(data), i+RecordLook)]) {
			return decode.Piece{Kind: decode.JunkPiece, Size: i, Reason: whyNone(data[:i])}
		}
	}
	if !last && len(data) < maxJunk+RecordLook {
		return decode.Piece{}
	}
	return decode.Piece{Kind: decode.JunkPiece, Size: n, Reason: whyNone(data[:n])}
}

// whyNone says why junk is no record, by its own bytes alone: the same whatever
// follows it.
func whyNone(junk []byte) string {
	_, size, p := Extent(junk)
	if p == None || p == CutShort && size > maxRecord {
		p = "it is longer than a mebibyte"
	}
	return "this is no record: " + string(p)
}

// fill is how many octets of fill data begins with: zeros, among them the
// end-of-contents of containers, or 0xFF, with which some switches fill their blocks.
func fill(data []byte) (n int) {
	c := data[0]
	if c != 0 && c != 0xFF {
		return 0
	}
	for n < len(data) && data[n] == c {
		n++
	}
	return n
}
