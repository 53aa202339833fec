package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// stream cuts records that stand one after the other, within containers or not, with
// fill between them.
type stream struct{}

var _ decode.Framing = stream{}

// maxRecord is the longest element that is taken for one: a longer one has a length
// that is damaged.
const maxRecord = 1 << 20

// Cut implements [decode.Framing]. The headers of containers belong to the piece of
// what stands first in them. An element that is no record of a known kind is taken for
// an unknown one where a record follows, or nothing. Otherwise something is damaged, and
// all up to the next record is set aside.
func (stream) Cut(data []byte, last bool) decode.Piece {
	if n := fill(data); n > 0 {
		return decode.Piece{Kind: decode.FillPiece, Size: n}
	}
	at := 0
	if data[0] == 0xA1 || data[0]&0xC0 == 0 { // not a record, for the most part
		at = containers(data)
		if len(data)-at < ber.RecordLook && !last {
			return decode.Piece{}
		}
		if at == len(data) || fill(data[at:]) > 0 {
			return decode.Piece{Kind: decode.FillPiece, Size: at}
		}
	}
	h, size, p := ber.Extent(data[at:])
	size += at
	if p == ber.None && size <= maxRecord && known(h) {
		return behind(at, size)
	}
	short := len(data)-at < ber.RecordLook && !last
	if short || p == ber.CutShort && !last && size <= maxRecord {
		if p == ber.None || h.Indefinite || size == at { // where it ends is not to be seen yet
			size = 0
		}
		return decode.Piece{Size: size}
	}
	return strange(h, at, size, p, data, last)
}

// behind is the piece of an element behind headers.
func behind(at, size int) decode.Piece {
	return decode.Piece{Kind: decode.RecordPiece, Size: size, Record: cdr.Span{Off: uint32(at), Len: uint32(size - at)}}
}

// strange cuts what begins with no record that is known and whole. Behind headers up to
// at, its first element has header h and ends at size.
func strange(h ber.Header, at, size int, p ber.Problem, data []byte, last bool) decode.Piece {
	const unlike = "no record of TS 32.298 begins like this"
	switch {
	case size > at && known(h) && size > maxRecord:
		return resync(data, at+h.Size, last, beginsRecord, "it is longer than a mebibyte")
	case size > at && known(h) && p == ber.CutShort && !h.Indefinite:
		return resync(data, at+h.Size, last, beginsRecord, "it is cut short")
	case p != ber.None || size > maxRecord:
		return resync(data, 1, last, beginsRecord, unlike)
	}
	rest := data[size:]
	if len(rest) < ber.RecordLook && !last {
		return decode.Piece{Size: size + ber.RecordLook}
	}
	if len(rest) == 0 || fill(rest) > 0 || beginsRecord(rest[containers(rest):]) {
		return behind(at, size)
	}
	return resync(data, 1, last, beginsRecord, unlike)
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

// known reports whether h is the header of a kind of record.
func known(h ber.Header) bool {
	n := h.Tag.Number()
	return h.Constructed && h.Tag.Class() == 2 && n < maxChoice && len(kinds.first[n]) > 0
}

// maxJunk is how many bytes are set aside at a time.
const maxJunk = 4 << 10

// resync sets aside what is no record: all up to where begins finds the beginning of
// one, behind so many bytes at least. begins looks at [ber.RecordLook] bytes at most.
func resync(data []byte, from int, last bool, begins func([]byte) bool, why string) decode.Piece {
	n := min(len(data), maxJunk)
	whole := last || len(data) >= maxJunk+ber.RecordLook
	for i := from; i < n; i++ {
		if !whole && len(data)-i < ber.RecordLook {
			return decode.Piece{}
		}
		if begins(look(data[i:])) {
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
	if p != ber.None || !known(h) {
		return false
	}
	w := ber.Walk(b[h.Size:])
	if !w.Next() || w.Tag != ber.Context(0) || w.Constructed {
		return false
	}
	v, ok := ber.Uint(w.Content)
	for _, i := range kinds.first[h.Tag.Number()] {
		if ok && kinds.kinds[i].recordType == v {
			return true
		}
	}
	return false
}
