package tap

import (
	"bytes"
	"fmt"
	"maps"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// Decoder reads TAP files. Its zero value is ready.
type Decoder struct{}

var (
	_ decode.Decoder   = Decoder{}
	_ decode.Framed    = Decoder{}
	_ decode.Claimer   = Decoder{}
	_ decode.Typed     = Decoder{}
	_ decode.RowReader = Decoder{}
)

// Name is tap.
func (Decoder) Name() string { return "tap" }

// About implements [decode.Decoder].
func (Decoder) About() string { return "GSMA TAP 3.10 to 3.12, roaming events as they are charged" }

// Detect is sure when the file begins as a batch or a notification of TAP 3 does.
func (Decoder) Detect(head []byte) decode.Match {
	h, problem := readHead(head)
	if problem != "" {
		return decode.Match{Why: problem}
	}
	return decode.Match{Score: 100, Why: h.String()}
}

// Open reads what stands before the first event. A notification holds none.
func (Decoder) Open(head []byte, s *decode.Source) (l decode.Layout, skip int, err error) {
	h, problem := readHead(head)
	if problem != "" {
		return nil, 0, fmt.Errorf("this is no TAP file: %s", problem)
	}
	return newLayout(&h, s), h.size, nil
}

// Framing cuts a batch into its events and the groups around them.
func (Decoder) Framing(decode.Layout) decode.Framing { return framing }

var framing = &ber.Stream{
	Container: func(t ber.Tag) bool {
		return t == ber.Application(transferBatch) || t == ber.Application(callEventDetails)
	},
	Record: beginsEvent,
}

// beginsEvent reports whether b begins like an event: all members of one have tags
// of class application with a number above 30.
func beginsEvent(b []byte) bool {
	h, p := ber.ReadHeader(b)
	if p != ber.None || !h.Constructed || h.Size >= len(b) {
		return false
	}
	if _, ok := kindOf(h.Tag); !ok {
		return false
	}
	first, p := ber.ReadHeader(b[h.Size:])
	return p == ber.None && b[h.Size]|0x20 == 0x7F && (h.Indefinite || first.Size <= h.Length)
}

// Claims is the number of the file.
func (Decoder) Claims(l decode.Layout) decode.Claims { return l.(*layout).claims }

// Types are the kinds of events.
func (Decoder) Types() []string { return kindNames[:] }

// Decode implements [decode.Decoder].
func (Decoder) Decode(l decode.Layout, block []byte, out *cdr.Batch, t *decode.Tally) {
	layout := l.(*layout)
	w := decode.NewWriter(layout.rules, out, t)
	frames := decode.NewFrames(framing, block)
	var r record
	for frames.Next() {
		if frames.Problem != "" {
			w.Reject(frames.At, frames.Problem)
			continue
		}
		layout.element(&r, frames.At, &w)
	}
	w.Close(frames.Count())
}

// element takes an event, or a group beside the events.
func (l *layout) element(r *record, at decode.Line, w *decode.Writer) {
	tag, content := ber.Element(at.Text)
	if k, ok := kindOf(tag); ok {
		w.Type(int(k))
		l.event(r, k, content, at, w)
		return
	}
	switch tag {
	case ber.Application(auditControlInfo):
		w.Claim(l.audit(content))
	case ber.Application(batchControlInfo), ber.Application(accountingInfo), ber.Application(networkInfo):
		if other := l.contradiction(tag, content); other != "" {
			w.Reject(at, "a second batch is in this file, of "+other+": cut the file in two")
		}
	case ber.Application(messageTexts), ber.Application(notification):
	default:
		w.Reject(at, fmt.Sprintf("this is no event of TAP: its tag is %d of class %d", tag.Number(), tag.Class()))
	}
}

// contradiction says what a group of a second batch in a file tells that the events
// behind it should be read by, and are not: they are read by the head of the first.
func (l *layout) contradiction(group ber.Tag, content []byte) string {
	h := head{decimals: -1}
	switch group {
	case ber.Application(batchControlInfo):
		if h.control(content); !bytes.Equal(h.sender, l.sender) || !bytes.Equal(h.recipient, l.recipient) {
			return "another sender or recipient"
		}
	case ber.Application(accountingInfo):
		if h.accounting(content); h.decimals != l.decimals {
			return "other tapDecimalPlaces"
		}
	case ber.Application(networkInfo):
		if h.network(content); !maps.Equal(h.offsets, l.offsets) {
			return "another table of offsets"
		}
	}
	return ""
}

func (l *layout) event(r *record, k kind, content []byte, at decode.Line, w *decode.Writer) {
	if !k.folded() {
		w.Skip()
		return
	}
	problem := r.read(l, k, content, *w.Scratch())
	r.Hand(w, at, problem)
}

// audit is what the trailer claims. The sum of charges is of interest where charges
// are read.
func (l *layout) audit(content []byte) (c decode.Claims) {
	for w := ber.Walk(content); w.Next(); {
		n, ok := ber.Uint(w.Content)
		switch {
		case !ok:
		case w.Tag == ber.Application(eventCount) && n < 1<<62:
			c.Has, c.Records = c.Has|decode.ClaimRecords, int64(n)
		case w.Tag == ber.Application(totalCharge) && l.wholesale:
			if v, fine := micros(n, l.decimals); fine {
				c.Has, c.Charge = c.Has|decode.ClaimCharge, v
			}
		}
	}
	return c
}

// ReadRow implements [decode.RowReader].
func (Decoder) ReadRow(l decode.Layout, b []byte, out *decode.Row) string {
	tag, content := ber.Element(b)
	k, ok := kindOf(tag)
	if !ok || !k.folded() {
		return "this is no event of a call, a message or a session"
	}
	var r record
	problem := r.read(l.(*layout), k, content, nil)
	*out = r.Row
	return problem
}
