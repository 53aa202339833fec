package main

import (
	"bytes"
	"fmt"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/rejects"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// again reads a record. The result is one row of the batch, or why there is none.
func (r *rejectReader) again(raw []byte) (row *decode.Row, why string) {
	r.batch.Reset()
	r.tally.Reset()
	if r.framing == nil {
		if bytes.IndexByte(raw, '\n') >= 0 {
			return nil, "the text holds a line end, and records are lines"
		}
		r.decoder.Decode(r.layout, append(bytes.Clone(raw), '\n'), &r.batch, &r.tally)
	} else if p := r.cut(raw); p.Kind == decode.RecordPiece && int(p.Record.Len) == len(raw) {
		r.decoder.Decode(r.layout, raw, &r.batch, &r.tally)
	} else if why := r.alone(raw); why != "" {
		return nil, why
	}
	switch {
	case len(r.tally.Rejects) > 0:
		return nil, r.tally.Rejects[0].Reason
	case r.batch.Len() != 1:
		return nil, fmt.Sprintf("it is no record of a call or other usage, as %s reads it", r.decoder.Name())
	}
	if reader, ok := r.decoder.(decode.RowReader); ok {
		row = new(decode.Row)
		if reader.ReadRow(r.layout, raw, row) != "" {
			row = nil
		}
	}
	return row, ""
}

func (r *rejectReader) cut(raw []byte) decode.Piece {
	if len(raw) == 0 {
		return decode.Piece{}
	}
	return r.framing.Cut(raw, true)
}

// alone reads a framed record without what stands around it in a file.
func (r *rejectReader) alone(raw []byte) string {
	reader, ok := r.decoder.(decode.RowReader)
	if !ok {
		return fmt.Sprintf("%s cannot read a record alone: replay the source again", r.decoder.Name())
	}
	var row decode.Row
	if why := reader.ReadRow(r.layout, raw, &row); why != "" {
		return why
	}
	w := decode.NewWriter(decode.NewRules(r.rules), &r.batch, &r.tally)
	w.Append(&row, decode.Line{Text: raw, Raw: cdr.Span{Len: uint32(len(raw))}})
	w.Close(1)
	return ""
}

// fate is what became of a reject in this run.
type fate struct {
	sum   rejects.Sum // of its text
	still int         // which line of FILE.rejects.jsonl it is; -1: none
	why   string
}

// entry reads one reject again. One that comes several times is read until one of its
// texts is readable.
func (r *reprocessing) entry(e *rejects.Entry) error {
	r.counts.read++
	key, now := e.Key(), fate{sum: e.Sum(), still: -1}
	before, again := r.seen[key]
	if again && (before.still < 0 || before.sum == now.sum) {
		r.counts.repeated++
		return nil
	}
	if !again {
		switch r.out.Standing(e) {
		case rejects.Written:
			r.counts.before++
			r.seen[key] = now
			return nil
		case rejects.Changed:
			r.counts.corrected++
			r.seen[key] = now
			return nil
		}
	}
	line, why := r.line(e)
	switch {
	case why != "" && again:
		r.counts.repeated++
		return nil
	case why != "":
		now.still, now.why = r.kept, kindOf(why)
		r.seen[key] = now
		return r.keep(e, why)
	case again:
		r.counts.failed--
		r.counts.repeated++
		r.reasons[before.why]--
		r.still.Drop(before.still)
	}
	r.seen[key] = now
	r.counts.written++
	if r.options.dry {
		return nil
	}
	return outputError(r.out.Add(e, line))
}

// line is what is written of a reject.
func (r *reprocessing) line(e *rejects.Entry) (line []byte, why string) {
	if why := e.Refused(); why != "" {
		return nil, why
	}
	reader := r.readers[e.Source]
	row, why := reader.again(e.Raw)
	switch {
	case why != "":
		return nil, why
	case r.options.asIs:
		return append(bytes.Clone(e.Raw), '\n'), ""
	case reader.batch.Call[0] != 0:
		return nil, "it belongs to other records of its call, which JSON lines cannot tell: use --as-is"
	}
	return append(decode.AppendCanonical(nil, &reader.batch, 0, row), '\n'), ""
}

// keep sets aside again what cannot be read.
func (r *reprocessing) keep(e *rejects.Entry, why string) error {
	r.counts.failed++
	r.reasons.add(why)
	still := *e
	if e.Refused() == "" {
		still.Reason = why
	}
	if r.kept++; r.options.dry {
		return nil
	}
	return outputError(r.still.Add(still.Append(nil)))
}
