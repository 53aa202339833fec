package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/profile"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

const inspectHelp = `Show how a file is understood: the format that was detected and why, then each
record as one JSON line under the names of the canonical format, after the
number and time rules of the configuration, those of which replay folds no leg
included. A record that would be rejected, or holds nothing to fold, is shown with
the reason and its text. Records that tell of a call in pieces, answer and end, are
shown as the call. The rest of the output is itself a file that replay reads.`

func newInspectCommand(s streams) *cobra.Command {
	var limit int64
	var quiet bool
	c := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show the format of a file and its records as JSON lines",
		Long:  inspectHelp,
		Example: `  cdrstream inspect --limit 5 traffic.csv
  zcat old.gz | cdrstream inspect --timezone Europe/Paris -`,
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.Int64VarP(&limit, "limit", "n", 0, "stop after `N` records, 0 = never")
	cf := addConfigFlags(fs, "format", "timezone")
	cf.addProfile()
	fs.BoolVarP(&quiet, "quiet", "q", false, "do not tell format and counts on standard error")
	c.RunE = func(c *cobra.Command, args []string) error {
		cfg, warnings, err := cf.load()
		if err != nil {
			return err
		}
		if done, err := cf.printed(cfg, s.out); done {
			return err
		}
		if err := arguments(cobra.ExactArgs(1), "one FILE (or - for standard input)")(c, args); err != nil {
			return err
		}
		b, err := newBuilder(cfg, time.Now())
		if err != nil {
			return err
		}
		log := newLogger(s.err, quiet)
		for _, w := range warnings {
			log.Warn(w)
		}
		i := &inspection{builder: b, limit: limit, out: bufio.NewWriter(s.out), log: log, joined: newJoined()}
		return flush(i.out, i.run(c.Context(), args[0]))
	}
	return c
}

// inspection shows the records of one file.
type inspection struct {
	*builder
	limit int64
	out   *bufio.Writer
	log   *slog.Logger

	name    string
	decoder decode.Decoder
	layout  decode.Layout
	framing decode.Framing // nil: records are lines
	rules   *decode.Source
	batch   cdr.Batch
	tally   decode.Tally
	scratch []byte
	joined  joined

	records, rejected, filtered int64
}

func (i *inspection) run(ctx context.Context, path string) error {
	f, err := openFile(ctx, path, file.Options{MaxRecord: int(i.cfg.MaxRecord)})
	if err != nil {
		return usage(err)
	}
	defer f.Close()
	if err := i.open(ctx, f); err != nil {
		return err
	}
	if err := i.read(ctx, f); err != nil {
		return err
	}
	for _, a := range i.joined.open() {
		why := noEnd
		if i.enough() {
			why = noEndYet
		}
		if err := i.unjoined(a.at, why, a.line); err != nil {
			return err
		}
	}
	i.log.Info("read", "file", i.name, "records", i.records, "rejected", i.rejected, "filtered", i.filtered)
	return nil
}

// open finds out how the file is read.
func (i *inspection) open(ctx context.Context, f *file.File) (err error) {
	i.name = f.Name()
	head, err := f.Head(ctx)
	if err != nil {
		return err
	}
	if i.rules, err = i.source(i.name); err != nil {
		return err
	}
	i.rules.KeepUnused = true
	d, why, err := i.builder.decoder(i.name, head)
	if err != nil {
		return err
	}
	layout, skip, err := d.Open(head, i.rules)
	if err != nil {
		return usagef("%s: %w", i.name, err)
	}
	i.framing = decode.FramingOf(d, layout)
	f.Frame(i.framing)
	f.Skip(skip)
	i.decoder, i.layout = d, layout
	i.log.Info("format", "file", i.name, "format", d.Name(), "why", why)
	return nil
}

func (i *inspection) read(ctx context.Context, f *file.File) error {
	var buf []byte
	for !i.enough() {
		block, err := f.Read(ctx, buf[:0])
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		for _, o := range block.Oversize {
			if err := i.reject(o.At, fmt.Sprintf("%d bytes, more than max_record", o.Size), o.Head); err != nil {
				return err
			}
		}
		if err := i.block(block); err != nil {
			return err
		}
		if err != nil {
			return nil
		}
		buf = block.Buffer(buf)
	}
	return nil
}

func (i *inspection) enough() bool { return i.limit > 0 && i.records >= i.limit }

// block shows the records of a block, one at a time.
func (i *inspection) block(b source.Block) error {
	if i.framing != nil {
		return i.frames(b)
	}
	lines := decode.NewLines(b.Data)
	for !i.enough() && lines.Next() {
		if err := i.record(position(b, lines.At), lines.At.Text, lines.At.Text); err != nil {
			return err
		}
	}
	return nil
}

// frames is block of a format whose records are not lines. A record is decoded with
// what stands around it in the piece.
func (i *inspection) frames(b source.Block) error {
	frames := decode.NewFrames(i.framing, b.Data)
	for !i.enough() {
		from := frames.Passed()
		if !frames.Next() {
			break
		}
		if err := i.record(position(b, frames.At), b.Data[from:frames.Passed()], frames.At.Text); err != nil {
			return err
		}
	}
	return nil
}

// position is where a record of b stands in its file.
func position(b source.Block, at decode.Line) source.Position {
	return source.Position{Offset: b.Start.Offset + int64(at.Raw.Off), Line: b.Start.Line + int64(at.Line)}
}

// record shows one record, which stands in a piece of a block. The decoder judges it
// as it would in a run.
func (i *inspection) record(at source.Position, piece, line []byte) error {
	i.batch.Reset()
	i.tally.Reset()
	i.decoder.Decode(i.layout, piece, &i.batch, &i.tally)
	switch {
	case i.tally.Read == 0: // a header or trailer among the records
		return nil
	case len(i.tally.Rejects) > 0:
		return i.reject(at, i.tally.Rejects[0].Reason, line)
	case i.batch.Len() == 0:
		i.filtered++
		return i.aside(at, i.whyFiltered(), line)
	}
	i.records++
	if f := i.batch.Rows[0].Flags; !f.Has(cdr.Originating) && !f.Has(cdr.Terminating) && !f.Has(cdr.Closes) {
		i.filtered++
	}
	var row *decode.Row
	if reader, ok := i.decoder.(decode.RowReader); ok {
		var r decode.Row
		if reader.ReadRow(i.layout, line, &r) == "" {
			row = &r
		}
	}
	b := &i.batch
	if row != nil && b.Rows[0].Flags&cdr.Joined != 0 {
		var why string
		switch b, row, why = i.joined.join(b, row, at, line); {
		case why != "":
			return i.unjoined(at, why, line)
		case b == nil:
			return nil
		}
	}
	i.scratch = append(decode.AppendJSON(i.scratch[:0], b, 0, row), '\n')
	_, err := i.out.Write(i.scratch)
	return err
}

// whyFiltered says why the decoder left the record out that it has just seen.
func (i *inspection) whyFiltered() string {
	if _, ok := i.decoder.(*profile.Decoder); ok && i.tally.Types == (decode.Tally{}).Types {
		return "filtered: it is of none of the types that the profile has under records"
	}
	return "filtered: there is nothing in it to fold"
}

// unjoined shows a record that was counted and makes no call.
func (i *inspection) unjoined(at source.Position, reason string, raw []byte) error {
	i.scratch = appendAside(i.scratch[:0], i.name, at, reason, raw)
	_, err := i.out.Write(i.scratch)
	return err
}

func (i *inspection) reject(at source.Position, reason string, raw []byte) error {
	i.rejected++
	return i.aside(at, reason, raw)
}

// aside shows a record that would not be used.
func (i *inspection) aside(at source.Position, reason string, raw []byte) error {
	i.records++
	i.scratch = appendAside(i.scratch[:0], i.name, at, reason, raw)
	_, err := i.out.Write(i.scratch)
	return err
}

// appendAside appends a record that is not used, as rejects/*.jsonl has it.
func appendAside(dst []byte, name string, at source.Position, reason string, raw []byte) []byte {
	j := struct {
		Source    string `json:"source"`
		Line      int64  `json:"line"`
		Offset    int64  `json:"offset"`
		Reason    string `json:"reason"`
		Raw       string `json:"raw,omitempty"`
		RawBase64 []byte `json:"raw_base64,omitempty"`
	}{Source: name, Line: at.Line + 1, Offset: at.Offset, Reason: reason}
	if utf8.Valid(raw) {
		j.Raw = string(raw)
	} else {
		j.RawBase64 = raw
	}
	b, err := json.Marshal(j)
	if err != nil {
		panic(err) // texts and numbers always marshal
	}
	return append(append(dst, b...), '\n')
}
