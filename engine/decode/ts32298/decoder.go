package ts32298

import (
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// Decoder reads records of TS 32.298. Its zero value is ready.
type Decoder struct{}

var (
	_ decode.Decoder   = Decoder{}
	_ decode.Framed    = Decoder{}
	_ decode.RowReader = Decoder{}
	_ decode.Claimer   = Decoder{}
	_ decode.Typed     = Decoder{}
)

// layout is what Open learnt about a file.
type layout struct {
	rules   *decode.Rules
	framing decode.Framing
	claims  decode.Claims
	home    string // network of the switch, see record
}

// Name is 3gpp.
func (Decoder) Name() string { return "3gpp" }

// About implements [decode.Decoder].
func (Decoder) About() string {
	return "3GPP TS 32.298 charging records (MSC, PGW, IMS, CHF), in files of TS 32.297 or without"
}

// Types implements [decode.Typed].
func (Decoder) Types() []string { return kinds.names }

// Claims implements [decode.Claimer].
func (Decoder) Claims(l decode.Layout) decode.Claims { return l.(*layout).claims }

// Framing implements [decode.Framed].
func (Decoder) Framing(l decode.Layout) decode.Framing { return l.(*layout).framing }

// Decode implements [decode.Decoder].
func (Decoder) Decode(l decode.Layout, block []byte, out *cdr.Batch, t *decode.Tally) {
	f := l.(*layout)
	w := decode.NewWriter(f.rules, out, t)
	r := recordIn(t)
	r.home = f.home
	frames := decode.NewFrames(f.framing, block)
	for frames.Next() {
		if frames.Problem != "" {
			w.Reject(frames.At, frames.Problem)
			continue
		}
		r.decode(&w, frames.At)
	}
	w.Close(frames.Count())
	r.text, r.body, r.row.Base = nil, nil, nil // what it points to is not ours
}

// recordIn is the record that is kept from block to block: it is handed to readers, so
// that it would be allocated for each.
func recordIn(t *decode.Tally) *record {
	r, ok := t.Scratch.(*record)
	if !ok {
		r = new(record)
		t.Scratch = r
	}
	return r
}

// decode reads the record at at and hands it to w.
func (r *record) decode(w *decode.Writer, at decode.Line) {
	if body := envelope(at.Text); body != nil {
		claim(w, body)
		return
	}
	scratch := w.Scratch()
	problem := r.read(at.Text, *scratch)
	*scratch = r.text
	if r.kind >= 0 {
		w.Type(int(kinds.types[r.kind]))
	}
	switch {
	case problem != "":
		w.Reject(at, problem)
		return
	case r.skip:
		w.Skip()
	default:
		w.Append(&r.row, at)
	}
	for odd := r.odd; odd != 0; odd &= odd - 1 {
		w.Note(decode.Note(bits.TrailingZeros32(odd)))
	}
}

// ReadRow implements [decode.RowReader].
func (Decoder) ReadRow(l decode.Layout, raw []byte, out *decode.Row) string {
	r := record{full: true, home: l.(*layout).home}
	problem := r.read(raw, nil)
	*out = r.row
	return problem
}
