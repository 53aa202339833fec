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

// Decode implements [decode.Decoder].
func (Decoder) Decode(l decode.Layout, block []byte, out *cdr.Batch, t *decode.Tally) {
	y := l.(*layout)
	clock := y.rules.Clock()
	w := decode.NewWriter(y.rules, out, t)
	row := decode.Row{Has: y.has}
	var lines lines
	lines.begin(y, block)
	for lines.next(&row, w.Scratch()) {
		problem := lines.problem
		if problem == "" {
			problem = row.Read(&clock)
		}
		if problem != "" {
			w.Reject(lines.at, problem)
			continue
		}
		w.Append(&row, lines.at)
	}
	w.Close(int64(lines.count))
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
