package baf

import (
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// Decoder reads Bellcore AMA records. Its zero value is ready.
type Decoder struct{}

var (
	_ decode.Decoder   = Decoder{}
	_ decode.Framed    = Decoder{}
	_ decode.RowReader = Decoder{}
)

// layout is how the records of a source are read.
type layout struct {
	rules   *decode.Rules
	decades decades
}

// Name is baf.
func (Decoder) Name() string { return "baf" }

// About implements [decode.Decoder].
func (Decoder) About() string { return "Bellcore AMA format, GR-1100-CORE" }

// detectRecords is how many records Detect looks at.
const detectRecords = 10

// Detect is sure when what stands behind the first descriptor words has the header of a
// record, field by field.
func (Decoder) Detect(head []byte) decode.Match {
	var r record
	good, all := 0, 0
	for len(head) > 0 && all < detectRecords {
		p := framing{}.Cut(head, false)
		if p.Kind == decode.NeedMore {
			break
		}
		if p.Kind != decode.FillPiece {
			all++
		}
		if p.Kind == decode.RecordPiece {
			if _, why := r.header(p.Record.Of(head)); why == "" {
				good++
			}
		}
		head = head[p.Size:]
	}
	if good == 0 || good*2 < all {
		return decode.Match{Why: "no descriptor words with AMA records of packed digits behind them"}
	}
	return decode.Match{Score: 95, Why: "descriptor words with AMA records of packed digits behind them"}
}

// Open skips nothing: there is no header.
func (Decoder) Open(_ []byte, s *decode.Source) (decode.Layout, int, error) {
	return &layout{rules: decode.NewRules(s), decades: decades{zone: s.Zone, latest: s.Latest}}, 0, nil
}

// Framing implements [decode.Framed].
func (Decoder) Framing(decode.Layout) decode.Framing { return framing{} }

// Decode implements [decode.Decoder].
func (Decoder) Decode(l decode.Layout, block []byte, out *cdr.Batch, t *decode.Tally) {
	lay := l.(*layout)
	clock := lay.rules.Clock()
	w := decode.NewWriter(lay.rules, out, t)
	var r record
	frames := decode.NewFrames(framing{}, block)
	for frames.Next() {
		if frames.Problem != "" {
			w.Reject(frames.At, frames.Problem)
			continue
		}
		why, call := r.parse(frames.At.Text, &lay.decades, &clock, w.Scratch())
		switch {
		case why != "":
			w.Reject(frames.At, why)
		case !call:
			w.Skip()
		default:
			for _, n := range r.notes[:r.noted] {
				w.Note(n)
			}
			w.Append(&r.row, frames.At)
		}
	}
	w.Close(frames.Count())
}

// parse reads a record. call is false of one that tells of none.
func (r *record) parse(raw []byte, d *decades, clock *decode.Clock, text *[]byte) (why string, call bool) {
	rest, why := r.header(raw)
	if why != "" || r.fields == nil {
		return why, false
	}
	if why = r.read(rest); why != "" {
		return why, false
	}
	if why = r.call(d, clock, text); why != "" {
		return why, false
	}
	r.identify(raw)
	return "", true
}

// ReadRow implements [decode.RowReader].
func (Decoder) ReadRow(l decode.Layout, raw []byte, out *decode.Row) string {
	lay := l.(*layout)
	clock := lay.rules.Clock()
	var r record
	var text []byte
	why, call := r.parse(raw, &lay.decades, &clock, &text)
	if why == "" && !call {
		return "it tells of no call"
	}
	*out = r.row
	return why
}

// decades tells the years of dates with one digit.
type decades struct {
	zone   *time.Location
	latest *decode.Limit
}

const (
	unlimitedDecade = 2020 // where nothing limits the time
	lastDecade      = 2090
	firstDecade     = 1980
)

// year is that of a date YMMDD: the latest that does not begin behind the limit.
func (d *decades) year(date int) int {
	digit := date / 10000
	if d.latest == nil {
		return unlimitedDecade + digit
	}
	for decade := lastDecade; decade > firstDecade; decade -= 10 {
		begin := time.Date(decade+digit, time.Month(date/100%100), date%100, 0, 0, 0, 0, d.zone)
		if !d.latest.Before(cdr.Millis(begin.UnixMilli())) {
			return decade + digit
		}
	}
	return firstDecade + digit
}
