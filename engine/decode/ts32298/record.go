package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// record is what is read of one record. It is reused from record to record.
type record struct {
	row   decode.Row
	text  []byte               // made texts: row.At points into it, row.Base is set when all are made
	kind  int                  // which of kinds.kinds, -1 when that is unknown
	skip  bool                 // of no interest at all, however well-formed
	full  bool                 // people look at it: the texts that no column of a batch holds are wanted, too
	notes [decode.Notes]uint16 // what is odd
}

// read reads one record, as framing cuts it, behind what text holds.
func (r *record) read(raw, text []byte) (problem string) {
	r.row.At, r.text, r.kind, r.skip = [decode.Columns]cdr.Span{}, text, -1, false
	r.notes = [decode.Notes]uint16{}
	r.row.Reset()
	w := ber.Walk(raw)
	if !w.Next() {
		return "this is no record: " + string(w.Problem)
	}
	if r.kind, problem = kinds.find(w.Tag, w.Content); problem != "" {
		r.kind = -1
		return problem
	}
	problem = kinds.kinds[r.kind].read(r, w.Content)
	r.row.Base = r.text
	return problem
}

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

// note counts that something is odd.
func (r *record) note(n decode.Note) { r.notes[n]++ }
