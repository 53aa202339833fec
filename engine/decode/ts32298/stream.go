package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// stream cuts records that stand one after the other, within containers or not, with
// fill between them.
type stream struct{ elements ber.Stream }

func newStream() *stream { return &stream{ber.Stream{Record: beginsRecord}} }

var _ decode.Framing = (*stream)(nil)

// Cut implements [decode.Framing]. An element that is no record of a known kind is
// taken for an unknown one where a record follows, or nothing. Otherwise something is
// damaged, and all up to the next record is set aside.
func (s *stream) Cut(data []byte, last bool) decode.Piece {
	if c := data[0]; c&0xC0 != 0x80 { // not a context-specific tag
		if c != 0 && c != 0xFF && len(data) < ber.RecordLook && !last {
			return decode.Piece{}
		}
		if n := container(data); n > 0 {
			return decode.Piece{Kind: decode.FillPiece, Size: n}
		}
	} else if c == 0xA1 {
		if len(data) < ber.RecordLook && !last {
			return decode.Piece{}
		}
		if n := container(data); n > 0 {
			return decode.Piece{Kind: decode.FillPiece, Size: n}
		}
	}
	p := s.elements.Cut(data, last)
	if p.Kind != decode.RecordPiece || known(data) {
		return p
	}
	rest := data[p.Size:]
	if len(rest) < ber.RecordLook && !last {
		return decode.Piece{}
	}
	if len(rest) == 0 || rest[0] == 0 || rest[0] == 0xFF || beginsRecord(rest) || container(rest) > 0 {
		return p
	}
	return resync(data, last, beginsRecord, "its tag is that of no record of TS 32.298")
}

// known reports whether data begins with the tag of a kind of record.
func known(data []byte) bool {
	h, p := ber.ReadHeader(data)
	n := h.Tag.Number()
	return p == ber.None && h.Constructed && h.Tag.Class() == 2 && n < maxChoice && len(kinds.first[n]) > 0
}

// maxJunk is how many bytes are set aside at a time.
const maxJunk = 4 << 10

// resync sets aside what is no record: all up to where begins finds the beginning of
// one. begins looks at [ber.RecordLook] bytes at most.
func resync(data []byte, last bool, begins func([]byte) bool, why string) decode.Piece {
	n := min(len(data), maxJunk)
	whole := last || len(data) >= maxJunk+ber.RecordLook
	for i := 1; i < n; i++ {
		if !whole && len(data)-i < ber.RecordLook {
			return decode.Piece{}
		}
		if begins(data[i:min(len(data), i+ber.RecordLook)]) {
			n = i
			break
		}
	}
	if !whole && n == len(data) {
		return decode.Piece{}
	}
	return decode.Piece{Kind: decode.JunkPiece, Size: n, Reason: "this is no record: " + why}
}

// beginsRecord reports whether b begins with the tag and the recordType of a kind of
// record.
func beginsRecord(b []byte) bool {
	h, p := ber.ReadHeader(b)
	n := h.Tag.Number()
	if p != ber.None || !h.Constructed || h.Tag.Class() != 2 || n >= maxChoice || len(kinds.first[n]) == 0 {
		return false
	}
	w := ber.Walk(b[h.Size:])
	if !w.Next() || w.Tag != ber.Context(0) || w.Constructed {
		return false
	}
	v, ok := ber.Uint(w.Content)
	for _, i := range kinds.first[n] {
		if ok && kinds.kinds[i].recordType == v {
			return true
		}
	}
	return false
}
