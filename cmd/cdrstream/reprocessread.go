package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/rejects"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

// rejectReader reads the rejects of one source.
type rejectReader struct {
	decoder decode.Decoder
	layout  decode.Layout
	framing decode.Framing // nil: records are lines
	rules   *decode.Source
	lead    []byte // what precedes the records
	why     string // this decoder

	samples []sample
	batch   cdr.Batch
	tally   decode.Tally
}

// sample is a record and where it stood.
type sample struct {
	offset int64
	raw    []byte
}

const (
	samplesKept = 16
	sampleSize  = 4 << 10
)

// prepare looks at all there is to read before anything is written: every line must be
// one of rejects, and it must be known how the records of each source are read.
func (r *reprocessing) prepare(ctx context.Context, paths []string) error {
	if r.options.head != "" {
		var err error
		if r.head, err = headOf(ctx, r.options.head); err != nil {
			return usage(err)
		}
	}
	if err := r.each(ctx, paths, r.sample); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(r.readers)) {
		if err := r.open(ctx, name, r.readers[name]); err != nil {
			return err
		}
		r.readers[name].samples = nil
	}
	return nil
}

func headOf(ctx context.Context, path string) ([]byte, error) {
	f, err := file.Open(path, file.Options{})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head, err := f.Head(ctx)
	return bytes.Clone(head), err
}

func (r *reprocessing) sample(e *rejects.Entry) error {
	if e.Refused() != "" {
		return nil
	}
	reader := r.readers[e.Source]
	if reader == nil {
		reader = &rejectReader{}
		r.readers[e.Source] = reader
	}
	if len(reader.samples) < samplesKept {
		reader.samples = append(reader.samples, sample{e.Offset, bytes.Clone(e.Raw[:min(len(e.Raw), sampleSize)])})
	}
	return nil
}

// open finds out how the records of a source are read.
func (r *reprocessing) open(ctx context.Context, name string, reader *rejectReader) (err error) {
	if reader.rules, err = r.source(name); err != nil {
		return err
	}
	reader.rules.KeepIDs, reader.rules.KeepUnused = true, true
	head, lacking := r.head, ""
	if head == nil {
		head, lacking = reader.sourceHead(ctx, name)
	}
	look := head
	if head == nil {
		look = reader.text()
	}
	if reader.decoder, reader.why, err = r.builder.decoder(name, look); err != nil {
		if head == nil {
			return usagef("%w; of %s, which the rejects came from, %s: name the format with --format", err, name, lacking)
		}
		return err
	}
	var skip int
	if reader.layout, skip, err = reader.decoder.Open(head, reader.rules); err != nil {
		if head == nil {
			return usagef("%s: %w; it stands in front of the records of a source, and %s: name a file that begins with it with --head", name, err, lacking)
		}
		return usagef("%s: %w", name, err)
	}
	if bom := decode.BOM(head); skip > bom {
		reader.lead = append(bytes.TrimSuffix(bytes.Clone(head[bom:skip]), []byte("\n")), '\n')
	}
	reader.framing = decode.FramingOf(reader.decoder, reader.layout)
	return r.leadOf(name, reader)
}

// leadOf makes sure that records written as they are have one lead.
func (r *reprocessing) leadOf(name string, reader *rejectReader) error {
	if !r.options.asIs {
		return nil
	}
	if reader.framing != nil {
		return usagef("%s: records of %s are no lines, and can be written as JSON lines alone: leave --as-is out", name, reader.decoder.Name())
	}
	if r.lead == nil {
		r.lead = append([]byte{}, reader.lead...)
	}
	if !bytes.Equal(r.lead, reader.lead) {
		return usagef("%s: what precedes its records differs from other sources: write each with an --out of its own, or leave --as-is out", name)
	}
	return nil
}

// text is some of the records, as lines.
func (r *rejectReader) text() (b []byte) {
	for _, s := range r.samples {
		b = append(append(b, s.raw...), '\n')
	}
	return b
}

// sourceHead is the beginning of a source, if that is a file and still the one that the
// records came from; else lacking says what is wrong.
func (r *rejectReader) sourceHead(ctx context.Context, name string) (head []byte, lacking string) {
	if readOnce(name) {
		return nil, "that is no file"
	}
	f, err := file.Open(name, file.Options{})
	if err != nil {
		return nil, "that is not there"
	}
	defer f.Close()
	if head, err = f.Head(ctx); err != nil {
		return nil, "that cannot be read"
	}
	head = bytes.Clone(head)
	begin := true
	for _, s := range r.samples {
		same, line := s.in(ctx, f)
		if same {
			return head, ""
		}
		begin = begin && line
	}
	if begin && len(r.samples) > 0 { // the texts were corrected
		return head, ""
	}
	return nil, "that is another file now: the records are not where they were"
}

// in looks whether a record still stands in f where it stood, or at least a line begins
// there.
func (s *sample) in(ctx context.Context, f *file.File) (same, line bool) {
	before := min(s.offset, 1)
	if f.Seek(ctx, source.Position{Offset: s.offset - before}) != nil {
		return false, false
	}
	there, err := f.Head(ctx)
	if err != nil || len(there) <= int(before) {
		return false, false
	}
	line = before == 0 || there[0] == '\n'
	return len(s.raw) > 0 && bytes.HasPrefix(there[before:], s.raw), line
}

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
