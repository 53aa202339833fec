package asterisk

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// Decoder reads the rows of Asterisk's cdr_csv and cdr_custom. Its zero value is ready.
type Decoder struct{}

var (
	_ decode.Decoder   = Decoder{}
	_ decode.RowReader = Decoder{}
)

// Name is asterisk.
func (Decoder) Name() string { return "asterisk" }

// About implements [decode.Decoder].
func (Decoder) About() string {
	return "Asterisk Master.csv (cdr_csv), 16 to 21 columns, and the stock columns of cdr_custom"
}

// detectLines is how many rows Detect looks at.
const detectLines = 20

// Detect is sure when most of the first rows have as many fields as those of a
// Master.csv, a start, both times in seconds and a known disposition where they belong.
func (Decoder) Detect(head []byte) decode.Match {
	lines := decode.NewLines(decode.CompleteLines(head))
	clock := decode.NewClock(nil)
	rows, good, custom := 0, 0, 0
	for rows < detectLines && lines.Next() {
		rows++
		var r record
		var row decode.Row
		var text []byte
		if lines.At.Text[0] != '"' || r.split(lines.At.Text, &text) != "" {
			continue
		}
		if _, problem := r.row(&row, &clock); problem != "" {
			continue
		}
		good++
		if r.custom {
			custom++
		}
	}
	if good == 0 || good*2 < rows {
		return decode.Match{Why: "no rows of 16 to 21 fields in quotes with a start, duration, billsec and disposition"}
	}
	module := "cdr_csv"
	if custom*2 > good {
		module = "cdr_custom"
	}
	return decode.Match{Score: 90, Why: "rows of 16 to 21 fields in quotes with start, duration, billsec and disposition in the places of Asterisk's " + module}
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
	var r record
	var row decode.Row
	lines := decode.NewLines(block)
	for lines.Next() {
		var odd oddities
		problem := r.split(lines.At.Text, w.Scratch())
		if problem == "" {
			odd, problem = r.row(&row, &clock)
		}
		if problem != "" {
			w.Reject(lines.At, problem)
			continue
		}
		if odd.clock {
			w.Note(decode.OddClock)
		}
		if odd.ambiguous {
			w.Note(decode.AmbiguousTime)
		}
		w.Append(&row, lines.At)
	}
	w.Close(lines.Count())
}

// ReadRow implements [decode.RowReader].
func (Decoder) ReadRow(l decode.Layout, line []byte, out *decode.Row) string {
	clock := l.(*decode.Rules).Clock()
	var r record
	var text []byte
	if problem := r.split(line, &text); problem != "" {
		return problem
	}
	_, problem := r.row(out, &clock)
	return problem
}
