package ts32298

import (
	"encoding/binary"
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// cdrFile cuts the CDRs of a file of TS 32.297: each behind a header of its own, which
// tells its length. Where length and record disagree, whichever leads to another CDR is
// believed.
type cdrFile struct{}

var _ decode.Framing = cdrFile{}

// Values of the data record format. Some writers leave it out: 0 is taken for BER.
const (
	formatBER = 1
	formatXML = 4
)

// formats are the names of the data record formats.
var formats = [8]string{"0", "BER", "unaligned PER", "aligned PER", "XML", "5", "6", "7"}

// specifications are what the TS numbers of CDR headers stand for, TS 32.297 6.1.2.4.
var specifications = [...]string{
	"32.005", "32.015", "32.205", "32.215", "32.225", "32.235", "32.250", "32.251", "", "32.260", "32.270", "32.271", "32.272",
	"32.273", "32.275", "32.274", "32.277", "32.296", "32.278", "32.253", "32.255", "32.254", "32.256", "28.201", "28.202",
}

// cdrHeader is what stands before a CDR: its length in two octets, release and version,
// format and TS number, and an octet more for releases above 9.
type cdrHeader struct {
	size, length int // octets of the header, of the CDR
	format, ts   byte
}

// readCDR reads the header that b begins with; ok is false where b is too short for it.
func readCDR(b []byte) (h cdrHeader, ok bool) {
	if len(b) < 4 {
		return h, false
	}
	h = cdrHeader{size: 4, length: int(binary.BigEndian.Uint16(b)), format: b[3] >> 5, ts: b[3] & 31}
	if b[2]>>5 == extended {
		h.size++
	}
	return h, len(b) >= h.size
}

// Cut implements [decode.Framing].
func (f cdrFile) Cut(data []byte, last bool) decode.Piece {
	if n := fileFill(data, last); n > 0 {
		return decode.Piece{Kind: decode.FillPiece, Size: n}
	}
	if len(data) < fillLook && !last {
		return decode.Piece{}
	}
	h, ok := readCDR(data)
	total := h.size + h.length
	if ok && total <= len(data) {
		if h.exact(data) {
			return decode.Piece{Kind: decode.RecordPiece, Size: total, Record: cdr.Span{Off: uint32(h.size), Len: uint32(h.length)}}
		}
	} else if !last {
		return decode.Piece{Size: total}
	}
	return h.doubtful(data, ok, last)
}

// exact reports whether the CDR is one element of BER and nothing besides.
func (h cdrHeader) exact(data []byte) bool {
	if h.format > formatBER || h.length == 0 {
		return false
	}
	_, size, p := ber.Extent(data[h.size : h.size+h.length])
	return p == ber.None && size == h.length
}

// doubtful cuts what begins with a CDR that is not what its header says. ok says that
// there is a header. Where the stream goes on, data holds the whole CDR.
func (h cdrHeader) doubtful(data []byte, ok, last bool) decode.Piece {
	if more := h.size + h.length + ber.RecordLook; len(data) < more && !last {
		return decode.Piece{Size: more}
	}
	if !ok || h.length == 0 {
		return misled(data, last)
	}
	if h.format <= formatBER {
		if p, found := h.byElement(data, last); found {
			return p
		}
	}
	total := h.size + h.length
	if total > len(data) || !h.leads(data, data[total:], last) {
		return misled(data, last)
	}
	if h.format > formatBER {
		return decode.Piece{Kind: decode.JunkPiece, Size: total, Reason: h.foreign()}
	}
	return decode.Piece{Kind: decode.RecordPiece, Size: total, Record: cdr.Span{Off: uint32(h.size), Len: uint32(h.length)}}
}

// byElement cuts a CDR by the length of its element, if that leads to another one.
func (h cdrHeader) byElement(data []byte, last bool) (p decode.Piece, found bool) {
	if !beginsRecord(look(data[h.size:])) {
		return p, false
	}
	e, size, problem := ber.Extent(data[h.size:min(len(data), h.size+1<<16)])
	switch {
	case problem == ber.CutShort && !last && len(data) < h.size+1<<16 && (e.Indefinite || size < 1<<16):
		return p, true // there is more of it
	case problem != ber.None:
		return p, false
	}
	end := h.size + size
	if len(data) < end+ber.RecordLook && !last {
		return decode.Piece{Size: end + ber.RecordLook}, true
	}
	if !h.leads(data, data[end:], last) {
		return p, false
	}
	return decode.Piece{Kind: decode.RecordPiece, Size: end, Record: cdr.Span{Off: uint32(h.size), Len: uint32(size)}}, true
}

// leads reports whether rest, what stands behind the CDR that data begins with, is
// another, or fill, or nothing. Of formats that say nothing by themselves it is another
// one with the same release, format and TS.
func (h cdrHeader) leads(data, rest []byte, last bool) bool {
	if follows(rest, last) {
		return true
	}
	next, ok := readCDR(rest)
	return ok && h.format > formatBER && next.length > 0 && rest[2] == data[2] && rest[3] == data[3]
}

// misled sets aside what no length leads out of.
func misled(data []byte, last bool) decode.Piece {
	return resync(data, 1, last, beginsBER, "a CDR of TS 32.297 was expected, and its length leads to no other")
}

// foreign says why a CDR that is not BER is not read.
func (h cdrHeader) foreign() string {
	ts := h.specification()
	if ts == "" {
		ts = fmt.Sprintf("TS number %d", h.ts)
	}
	return fmt.Sprintf("data record format: %d (%s) of %s is not read, only 1 (BER) is", h.format, formats[h.format], ts)
}

// specification is what defines the records of the CDR, "" where that is not known.
func (h cdrHeader) specification() string {
	if int(h.ts) < len(specifications) && specifications[h.ts] != "" {
		return "TS " + specifications[h.ts]
	}
	return ""
}

// follows reports whether rest, what stands behind a CDR, begins with another, with fill
// or is nothing.
func follows(rest []byte, last bool) bool {
	return len(rest) == 0 || fileFill(rest, last) > 0 || beginsBER(look(rest))
}

// beginsBER reports whether b begins with a header whose length is that of the element
// behind it.
func beginsBER(b []byte) bool {
	h, ok := readCDR(b)
	if !ok || h.length < 2 || len(b) == h.size || h.format > formatBER {
		return false
	}
	e, p := ber.ReadHeader(b[h.size:])
	if p != ber.None || !e.Constructed {
		return false
	}
	if e.Indefinite {
		return beginsRecord(b[h.size:])
	}
	return e.Size+e.Length == h.length
}

// fileFill is how many octets of fill data begins with: four zeros or more, or ones,
// or fewer that lead to a CDR. A last zero may belong to the length of the CDR behind.
func fileFill(data []byte, last bool) int {
	c := data[0]
	if c != 0 && c != 0xFF {
		return 0
	}
	n := 1
	for n < len(data) && data[n] == c {
		n++
	}
	switch {
	case n == len(data) && last:
		return n
	case n >= 4 && c == 0:
		return n - 1
	case n >= 4:
		return n
	case len(data) < fillLook && !last || beginsBER(look(data)):
		return 0
	}
	for k := 1; k <= n; k++ {
		if beginsBER(look(data[k:])) {
			return k
		}
	}
	return 0
}

// fillLook is how many bytes it takes to tell what follows three octets of fill.
const fillLook = ber.RecordLook + 3

// look is as much of b as it takes to tell whether a record begins.
func look(b []byte) []byte { return b[:min(len(b), ber.RecordLook)] }
