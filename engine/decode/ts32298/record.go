package ts32298

import (
	"encoding/hex"
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// record is what is read of one record. It is reused from record to record.
type record struct {
	row  decode.Row
	text []byte // made texts: row.At points into it, row.Base is set when all are made
	kind int    // which of kinds.kinds, -1 when that is unknown
	skip bool   // of no interest at all, however well-formed
	full bool   // people look at it: the texts that no column of a batch holds are wanted, too
	odd  uint32 // bit n: note n is to be made

	home string // the network whose switch writes the records, "" when that is not known

	body   []byte       // of the record: member points into it
	seen   uint32       // bit f: the record has member f
	member [32]cdr.Span // the members seen, by field: each domain has its own
}

// read reads one record, as framing cuts it, behind what text holds.
func (r *record) read(raw, text []byte) (problem string) {
	r.row.At, r.text, r.kind, r.skip, r.odd = [decode.Columns]cdr.Span{}, text, -1, false, 0
	r.row.Reset()
	h, body, problem := open(raw)
	if problem != "" {
		return problem
	}
	k, problem := kinds.find(h.Tag, body)
	if problem != "" {
		return problem
	}
	r.kind = k
	if !h.Constructed {
		return fmt.Sprintf("its tag, %s, is that of a record, but it has no members", tagName(h.Tag))
	}
	problem = kinds.kinds[k].read(r, body)
	r.row.Base = r.text
	return problem
}

// open takes the one element that raw begins with apart.
func open(raw []byte) (h ber.Header, body []byte, problem string) {
	h, p := ber.ReadHeader(raw)
	size := h.Size + h.Length
	if h.Indefinite {
		_, size, p = ber.Extent(raw)
		size -= 2
	}
	switch {
	case len(raw) == 0:
		return h, nil, "this is no record: it is empty"
	case p == ber.None && size > len(raw):
		p = ber.CutShort
	}
	if p != ber.None {
		return h, nil, "this is no record: " + string(p)
	}
	body = raw[h.Size:size]
	if len(body) > 0 && body[0] == setTag {
		if in := ber.Walk(body); in.Next() {
			body = in.Content
		}
	}
	return h, body, ""
}

// setTag is the identifier of a SET, which stands within the tag of the CHOICE where a
// writer takes that for explicit.
const setTag = 0x31

// set makes the text that was appended since from that of column c.
func (r *record) set(c decode.Column, from int) {
	r.row.At[c] = cdr.Span{Off: uint32(from), Len: uint32(len(r.text) - from)}
}

// tbcd sets column c to the digits of a TBCD-STRING: an IMSI, an IMEI.
func (r *record) tbcd(c decode.Column, b []byte) {
	from := len(r.text)
	r.text = decode.AppendTBCD(r.text, b)
	r.set(c, from)
}

// note says that something about the record is odd: once, however often it is.
func (r *record) note(n decode.Note) { r.odd |= 1 << n }

// reason says which member of a record is wrong, its octets in hex, and why.
func reason(name string, b []byte, problem string) string {
	if len(b) == 0 {
		return name + ": is empty"
	}
	return fmt.Sprintf("%s: %s %s", name, decode.Quote(hex.AppendEncode(nil, b[:min(len(b), 64)])), problem)
}
