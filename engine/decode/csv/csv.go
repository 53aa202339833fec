package csv

import (
	"fmt"
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

// Decode implements [decode.Decoder].
func (Decoder) Decode(l decode.Layout, block []byte, out *cdr.Batch, t *decode.Tally) {
	y := l.(*layout)
	clock := y.rules.Clock()
	w := decode.NewWriter(y.rules, out, t)
	row := decode.Row{Has: y.has}
	quotes := quotes{block: block, next: -1}
	lines := decode.NewLines(block)
	for lines.Next() {
		problem := y.split(lines.At.Text, quotes.within(lines.At.Raw), &row, w.Scratch())
		if problem == "" {
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
	y := l.(*layout)
	clock := y.rules.Clock()
	*r = decode.Row{Has: y.has}
	var text []byte
	if problem := y.split(line, true, r, &text); problem != "" {
		return problem
	}
	return r.Read(&clock)
}

func (y *layout) split(line []byte, quoted bool, r *decode.Row, text *[]byte) (problem string) {
	n := 0
	if quoted {
		n, problem = y.splitQuoted(line, r, text)
	} else {
		n = y.splitPlain(line, r)
	}
	if problem == "" && n != len(y.columns) {
		return fmt.Sprintf("%d fields, the header has %d", n, len(y.columns))
	}
	return problem
}
