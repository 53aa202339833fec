package cucm

import (
	"errors"
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// Decoder reads records of Cisco Unified Communications Manager. Its zero value is
// ready.
type Decoder struct{}

var (
	_ decode.Decoder   = Decoder{}
	_ decode.RowReader = Decoder{}
	_ decode.Typed     = Decoder{}
)

// layout is the decode.Layout of this package.
type layout struct {
	header
	rules *decode.Rules
}

// The types of records.
const (
	typeCall = iota
	typeQuality
	typeOther
)

// Name is cucm.
func (Decoder) Name() string { return "cucm" }

// About implements [decode.Decoder].
func (Decoder) About() string {
	return "Cisco Unified Communications Manager, CDR files of releases 9 to 15"
}

// Types implements [decode.Typed].
func (Decoder) Types() []string { return []string{"cdr", "cmr", "other"} }

// Detect is sure when the first line is the row of names.
func (Decoder) Detect(head []byte) decode.Match {
	h, err := readHeader(head)
	switch {
	case err != nil:
		return decode.Match{Why: "no row of names that begins with cdrRecordType"}
	case h.quality:
		return decode.Match{Score: 98, Why: "quality records (CMR) of Cisco CUCM, not calls: all of them are filtered"}
	case h.missing() != "":
		return decode.Match{Why: "a row of names of Cisco CUCM without " + h.missing()}
	}
	return decode.Match{Score: 98, Why: fmt.Sprintf("row of %d names of Cisco CUCM, from cdrRecordType on", len(h.columns))}
}

// Open reads the rows of names and types.
func (Decoder) Open(head []byte, s *decode.Source) (decode.Layout, int, error) {
	h, err := readHeader(head)
	if err == nil && !h.quality && h.missing() != "" {
		err = errors.New("the row of names lacks " + h.missing())
	}
	if err != nil {
		return nil, 0, err
	}
	return &layout{header: h, rules: decode.NewRules(s)}, h.size, nil
}

// Decode implements [decode.Decoder].
func (Decoder) Decode(l decode.Layout, block []byte, out *cdr.Batch, t *decode.Tally) {
	y := l.(*layout)
	w := decode.NewWriter(y.rules, out, t)
	var r record
	var row decode.Row
	lines := decode.NewLines(block)
	for lines.Next() {
		if y.quality {
			w.Type(typeQuality)
			w.Skip()
			continue
		}
		problem := r.split(y.columns, lines.At.Text, w.Scratch())
		if problem == "" {
			if r.again() {
				continue
			}
			if kind := r.kind(); kind != typeCall {
				w.Type(kind)
				w.Skip()
				continue
			}
			w.Type(typeCall)
			problem = r.row(&row)
		}
		if problem != "" {
			w.Reject(lines.At, problem)
			continue
		}
		w.Append(&row, lines.At)
	}
	w.Close(lines.Count())
}

// ReadRow implements [decode.RowReader].
func (Decoder) ReadRow(l decode.Layout, line []byte, out *decode.Row) string {
	y := l.(*layout)
	if y.quality {
		return "a quality record"
	}
	var r record
	var text []byte
	if problem := r.split(y.columns, line, &text); problem != "" {
		return problem
	}
	return r.row(out)
}
