package json

import (
	"bytes"
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// Decoder reads canonical JSON lines. Its zero value is ready.
type Decoder struct{}

var (
	_ decode.Decoder   = Decoder{}
	_ decode.RowReader = Decoder{}
)

// Name is json.
func (Decoder) Name() string { return "json" }

// About implements [decode.Decoder].
func (Decoder) About() string { return "canonical JSON, an object a line" }

// detectLines is how many records Detect looks at.
const detectLines = 20

// Detect is sure when one of the first lines is an object with start_time and a
// party.
func (Decoder) Detect(head []byte) decode.Match {
	bom := decode.BOM(head)
	lines := decode.NewLines(decode.CompleteLines(head[bom:]))
	objects := false
	for i := 0; i < detectLines && lines.Next(); i++ {
		var r decode.Row
		var text []byte
		objects = objects || bytes.HasPrefix(bytes.TrimLeft(lines.At.Text, " \t"), []byte("{"))
		if scan(lines.At.Text, &r, &text) == "" && r.Has>>decode.StartTime&1 != 0 && r.Has&decode.PartyColumns != 0 {
			return decode.Match{Score: 95, Why: "JSON objects with start_time and a party"}
		}
	}
	if objects {
		return decode.Match{Why: "no JSON object with start_time and a party among the first lines"}
	}
	return decode.Match{Why: "no JSON object a line"}
}

// Open skips a byte order mark; there is no header.
func (Decoder) Open(head []byte, s *decode.Source) (decode.Layout, int, error) {
	return decode.NewRules(s), decode.BOM(head), nil
}

// Decode implements [decode.Decoder].
func (Decoder) Decode(l decode.Layout, block []byte, out *cdr.Batch, t *decode.Tally) {
	rules := l.(*decode.Rules)
	clock := rules.Clock()
	w := decode.NewWriter(rules, out, t)
	var row decode.Row
	lines := decode.NewLines(block)
	for lines.Next() {
		problem := scan(lines.At.Text, &row, w.Scratch())
		if problem == "" {
			row.Trim()
			problem = row.Read(&clock)
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
func (Decoder) ReadRow(l decode.Layout, line []byte, r *decode.Row) string {
	clock := l.(*decode.Rules).Clock()
	var text []byte
	if problem := scan(line, r, &text); problem != "" {
		return problem
	}
	r.Trim()
	return r.Read(&clock)
}

// scan notes in r where the values of the object in line stand. When the line
// holds escapes, r points into a decoded copy of it at the end of text.
func scan(line []byte, r *decode.Row, text *[]byte) (problem string) {
	r.Base, r.Has, r.At = line, 0, [decode.Columns]cdr.Span{}
	if bytes.IndexByte(line, '\\') >= 0 {
		mark := len(*text)
		*text = append(*text, line...)
		r.Base = (*text)[mark:]
	}
	s := scanner{text: r.Base}
	if s.object(r); s.problem == "" {
		return ""
	}
	if s.value {
		return s.problem
	}
	return fmt.Sprintf("malformed JSON at byte %d: %s", s.pos, s.problem)
}
