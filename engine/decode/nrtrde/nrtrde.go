package nrtrde

import (
	"bytes"
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// Decoder reads NRTRDE files. Its zero value is ready.
type Decoder struct{}

var (
	_ decode.Decoder   = Decoder{}
	_ decode.Framed    = Decoder{}
	_ decode.Claimer   = Decoder{}
	_ decode.Typed     = Decoder{}
	_ decode.RowReader = Decoder{}
)

// Name is nrtrde.
func (Decoder) Name() string { return "nrtrde" }

// About implements [decode.Decoder].
func (Decoder) About() string { return "GSMA NRTRDE 2.1, roaming events within hours" }

// Detect is sure when the file begins as NRTRDE 2 does.
func (Decoder) Detect(head []byte) decode.Match {
	h, problem := readHead(head)
	if problem != "" {
		return decode.Match{Why: problem}
	}
	return decode.Match{Score: 100, Why: h.String()}
}

// Open reads what stands before the events.
func (Decoder) Open(head []byte, s *decode.Source) (l decode.Layout, skip int, err error) {
	h, problem := readHead(head)
	if problem != "" {
		return nil, 0, fmt.Errorf("this is no NRTRDE file: %s", problem)
	}
	return newLayout(&h, s), h.size, nil
}

// Framing cuts a file into its events and the elements around them.
func (Decoder) Framing(decode.Layout) decode.Framing { return framing }

var framing = &ber.Stream{
	Container: func(t ber.Tag) bool { return t == ber.Application(file) || t == ber.Application(callEventList) },
	Record:    beginsEvent,
}

// beginsEvent reports whether b begins like an event: with its IMSI, IMEI or start.
func beginsEvent(b []byte) bool {
	h, p := ber.ReadHeader(b)
	if p != ber.None || !h.Constructed || h.Size >= len(b) {
		return false
	}
	if _, ok := kindOf(h.Tag); !ok {
		return false
	}
	first, p := ber.ReadHeader(b[h.Size:])
	if p != ber.None || !h.Indefinite && first.Size > h.Length {
		return false
	}
	return first.Tag == ber.Application(34) || first.Tag == ber.Application(33) || first.Tag == ber.Application(21)
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

// element takes an event, or an element beside the events.
func (l *layout) element(r *record, at decode.Line, w *decode.Writer) {
	tag, content := ber.Element(at.Text)
	if k, ok := kindOf(tag); ok {
		w.Type(int(k))
		l.event(r, k, content, at, w)
		return
	}
	switch tag {
	case ber.Application(eventCount):
		if n, ok := ber.Uint(content); ok && n < 1<<62 {
			w.Claim(decode.Claims{Has: decode.ClaimRecords, Records: int64(n)})
		}
	case ber.Application(sender), ber.Application(recipient):
		first := l.sender
		if tag == ber.Application(recipient) {
			first = l.recipient
		}
		if !bytes.Equal(bytes.TrimSpace(content), first) {
			w.Reject(at, "a second file begins here, of another sender or recipient: cut it in two")
		}
	case ber.Application(specification), ber.Application(release), ber.Application(sequence), ber.Application(fileAvailable), ber.Application(utcOffset):
	default:
		w.Reject(at, fmt.Sprintf("this is no event of NRTRDE: its tag is %d of class %d", tag.Number(), tag.Class()))
	}
}

func (l *layout) event(r *record, k kind, content []byte, at decode.Line, w *decode.Writer) {
	problem := r.read(l, k, content, *w.Scratch())
	r.Hand(w, at, problem)
}

// ReadRow implements [decode.RowReader].
func (Decoder) ReadRow(l decode.Layout, b []byte, out *decode.Row) string {
	tag, content := ber.Element(b)
	k, ok := kindOf(tag)
	if !ok {
		return "this is no event"
	}
	var r record
	problem := r.read(l.(*layout), k, content, nil)
	*out = r.Row
	return problem
}
