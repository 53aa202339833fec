package main

import (
	"bytes"
	"context"
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
	if reader.decoder, reader.why, err = r.decoder(name, look); err != nil {
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
	likely := len(r.samples) > 0
	for _, s := range r.samples {
		same, like := s.in(ctx, f)
		if same {
			return head, ""
		}
		likely = likely && like
	}
	if likely { // the texts were corrected
		return head, ""
	}
	return nil, "that is another file now: the records are not where they were"
}

// in looks whether a record still stands in f where it stood, or what may have been it
// before it was corrected: a line that begins there, or mostly the same bytes.
func (s *sample) in(ctx context.Context, f *file.File) (same, like bool) {
	before := min(s.offset, 1)
	if f.Seek(ctx, source.Position{Offset: s.offset - before}) != nil {
		return false, false
	}
	there, err := f.Head(ctx)
	if err != nil || len(there) <= int(before) {
		return false, false
	}
	line := before == 0 || there[0] == '\n'
	there = there[before:]
	equal := 0
	for i := range min(len(s.raw), len(there)) {
		if s.raw[i] == there[i] {
			equal++
		}
	}
	return len(s.raw) > 0 && equal == len(s.raw), line || equal > len(s.raw)/2
}
