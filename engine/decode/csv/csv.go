package csv

import (
	"strings"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// Decoder reads canonical CSV. Its zero value is ready.
type Decoder struct{}

var (
	_ decode.Decoder   = Decoder{}
	_ decode.RowReader = Decoder{}
)

// layout is the decode.Layout of this package.
type layout struct {
	header
	rules *decode.Rules
}

// Name is csv.
func (Decoder) Name() string { return "csv" }

// About implements [decode.Decoder].
func (Decoder) About() string { return "canonical CSV, with a header row" }

// Detect is sure when the first line names start_time and a party.
func (Decoder) Detect(head []byte) decode.Match {
	h, err := readHeader(head)
	if err != nil {
		return decode.Match{Why: "no header row"}
	}
	if m := h.missing(); m != "" {
		return decode.Match{Why: "no header row that names " + m}
	}
	var names []string
	for _, c := range h.columns {
		if c != decode.NoColumn && len(names) < 4 {
			names = append(names, c.String())
		}
	}
	return decode.Match{Score: 95, Why: "header row names " + strings.Join(names, ", ")}
}

// Open reads the header row.
func (Decoder) Open(head []byte, s *decode.Source) (decode.Layout, int, error) {
	h, err := readHeader(head)
	if err == nil {
		err = h.check()
	}
	if err != nil {
		return nil, 0, err
	}
	return &layout{header: h, rules: decode.NewRules(s)}, h.size, nil
}

// reader is what reading a block takes. It is kept from block to block: it is large.
type reader struct {
	scan  scan
	sheet decode.Sheet
	row   decode.Row
}

func readerIn(t *decode.Tally) *reader {
	r, ok := t.Scratch.(*reader)
	if !ok {
		r = new(reader)
		t.Scratch = r
	}
	return r
}

// Decode implements [decode.Decoder].
func (Decoder) Decode(l decode.Layout, block []byte, out *cdr.Batch, t *decode.Tally) {
	y := l.(*layout)
	clock := y.rules.Clock()
	w := decode.NewWriter(y.rules, out, t)
	r := readerIn(t)
	r.begin(y, block)
	lines := uint32(0)
	for pos := 0; pos < len(block); {
		r.sheet.Line = lines
		next := r.scan.sheet(&r.sheet, pos)
		if r.sheet.Rows > 0 {
			w.AppendSheet(&r.sheet, &clock, &r.row)
			lines += uint32(r.sheet.Rows)
			if next > len(block) {
				lines-- // of the last one
			}
			pos = next
			continue
		}
		passed, feeds := y.slow(&w, &clock, &r.row, block, pos, lines)
		pos += passed
		lines += feeds
	}
	w.Close(int64(lines))
	r.end()
}

func (r *reader) begin(y *layout, block []byte) {
	r.scan.begin(&y.header, block)
	r.sheet.Block, r.sheet.Columns, r.sheet.Has = block, y.columns, y.has
	r.row = decode.Row{Has: y.has}
}

// end lets go of what is not ours.
func (r *reader) end() {
	r.scan.block, r.sheet.Block, r.sheet.Columns, r.sheet.Marks, r.row.Base = nil, nil, nil, nil, nil
}

// slow reads the record at pos, whatever it is like, and the blank lines before it.
func (y *layout) slow(w *decode.Writer, clock *decode.Clock, r *decode.Row, block []byte, pos int, line uint32) (passed int, feeds uint32) {
	lines := decode.NewLines(block[pos:])
	if lines.Next() {
		at := lines.At
		at.Raw.Off += uint32(pos)
		at.Line += line
		problem := y.split(at.Text, r, w.Scratch())
		if problem == "" {
			problem = r.Read(clock)
		}
		if problem != "" {
			w.Reject(at, problem)
		} else {
			w.Append(r, at)
		}
	}
	return lines.Passed(), uint32(lines.Count())
}

// ReadRow implements [decode.RowReader].
func (Decoder) ReadRow(l decode.Layout, line []byte, r *decode.Row) string {
	y := l.(*layout)
	clock := y.rules.Clock()
	*r = decode.Row{Has: y.has}
	var text []byte
	if problem := y.split(line, r, &text); problem != "" {
		return problem
	}
	return r.Read(&clock)
}
