package sip

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// Decoder reads what the accounting modules of SIP servers write. Both read the same
// lines; they differ in what they are surer of.
type Decoder string

// The decoders.
const (
	Kamailio Decoder = "kamailio"
	OpenSIPS Decoder = "opensips"
)

var (
	_ decode.Decoder   = Kamailio
	_ decode.RowReader = Kamailio
	_ decode.Typed     = Kamailio
)

// layout is the decode.Layout of this package.
type layout struct {
	extras
	rules *decode.Rules
}

// Name is kamailio or opensips.
func (d Decoder) Name() string { return string(d) }

// About implements [decode.Decoder].
func (d Decoder) About() string {
	if d == OpenSIPS {
		return "OpenSIPS acc: events, and calls with setuptime and duration"
	}
	return "Kamailio acc and acc_json: events, and calls of dialogs"
}

// Types implements [decode.Typed].
func (Decoder) Types() []string {
	return []string{"answer", "end", "attempt", "call", "message", "other"}
}

// detectLines is how many lines Detect looks at.
const detectLines = 20

// Detect is sure when most of the first lines are events or calls.
func (d Decoder) Detect(head []byte) decode.Match {
	x := guess(head)
	lines := decode.NewLines(decode.CompleteLines(head))
	n, good, theirs := 0, 0, false
	for n < detectLines && lines.Next() {
		n++
		var r record
		var text []byte
		if r.read(lines.At.Text, &x, &text) == "" && r.certain() {
			good++
			theirs = theirs || r.told(created)
		}
	}
	if good == 0 || good*2 < n {
		return decode.Match{Why: "no lines of an acc module: method|from_tag|to_tag|callid|code|reason|time, timestamp=...;method=..., or JSON of them"}
	}
	score := 90
	if (d == OpenSIPS) != theirs {
		score = 80
	}
	return decode.Match{Score: score, Why: fmt.Sprintf("accounting of a SIP server: %d of the first %d lines are events or calls of an acc module", good, n)}
}

// Open looks for the columns that tell the parties; there is no header.
func (Decoder) Open(head []byte, s *decode.Source) (decode.Layout, int, error) {
	bom := decode.BOM(head)
	return &layout{extras: guess(head[bom:]), rules: decode.NewRules(s)}, bom, nil
}

// Decode implements [decode.Decoder].
func (Decoder) Decode(l decode.Layout, block []byte, out *cdr.Batch, t *decode.Tally) {
	y := l.(*layout)
	clock := y.rules.Clock()
	w := decode.NewWriter(y.rules, out, t)
	var r record
	var row decode.Row
	lines := decode.NewLines(block)
	for lines.Next() {
		k := kindOther
		problem := r.read(lines.At.Text, &y.extras, w.Scratch())
		if problem == "" {
			k, problem = r.row(&row, &clock)
		}
		if problem != "" {
			w.Reject(lines.At, problem)
			continue
		}
		w.Type(int(k))
		if k == kindOther {
			w.Skip()
			continue
		}
		w.Append(&row, lines.At)
	}
	w.Close(lines.Count())
}

// ReadRow implements [decode.RowReader].
func (Decoder) ReadRow(l decode.Layout, line []byte, out *decode.Row) string {
	y := l.(*layout)
	clock := y.rules.Clock()
	var r record
	var text []byte
	if problem := r.read(line, &y.extras, &text); problem != "" {
		return problem
	}
	k, problem := r.row(out, &clock)
	if problem == "" && k == kindOther {
		return "of no interest"
	}
	return problem
}

// read cuts a line, whichever kind it is of. Fields of JSON with escapes point into a copy
// at the end of text.
func (r *record) read(line []byte, x *extras, text *[]byte) (problem string) {
	*r = record{}
	if at := jsonStart(line); at >= 0 {
		return r.json(line, at, text)
	}
	if at := logStart(line); at >= 0 {
		r.log(line, at)
		return ""
	}
	if bytes.IndexByte(line, '|') >= 0 {
		return r.flat(line, x)
	}
	return "is no line of an acc module"
}

// certain reports whether a line is of an acc module beyond doubt: it has a method of SIP,
// a status and a time, or times that agree.
func (r *record) certain() bool {
	var row decode.Row
	clock := decode.NewClock(nil)
	k, problem := r.row(&row, &clock)
	switch {
	case problem != "":
		return false
	case k == kindCall && r.told(began):
		end, _, _ := clock.Parse(r.text(ended))
		off := row.Start + cdr.Millis(row.TalkMS) - end
		return row.Start > longAgo && off >= -1000 && off <= 1000
	case k != kindOther:
		return true
	}
	_, _, problem = clock.Parse(r.text(when))
	_, bad := decode.Integer(r.text(code))
	return problem == "" && bad == "" && slices.Contains(methods, string(r.text(method)))
}

// longAgo is 2001: a time before it is some other number.
const longAgo = cdr.Millis(1_000_000_000_000)

// methods are those of SIP (RFC 3261, 3262, 3265, 3311, 3428, 3515, 3903, 6086).
var methods = []string{"INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "OPTIONS", "PRACK", "SUBSCRIBE", "NOTIFY", "PUBLISH", "INFO", "REFER", "MESSAGE", "UPDATE"}

// jsonStart is where an object begins, alone or behind the head of a line of syslog; -1 if
// none does.
func jsonStart(line []byte) int {
	at := bytes.IndexByte(line, '{')
	if at > 0 && !bytes.HasSuffix(bytes.TrimRight(line[:at], " \t"), []byte(":")) && len(bytes.TrimSpace(line[:at])) > 0 {
		return -1
	}
	return at
}
