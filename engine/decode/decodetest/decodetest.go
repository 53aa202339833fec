// Package decodetest holds what the tests of all decoders share: a source with
// every rule at its default, records taken back out of batches, and the checks
// that hold for any decoder and any bytes.
package decodetest

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/numbering"
)

// Source returns a source that folds both legs, in UTC.
func Source(t testing.TB) *decode.Source {
	t.Helper()
	plan, err := numbering.New(numbering.Options{})
	if err != nil {
		t.Fatal(err)
	}
	numbers, err := plan.Normalizer(numbering.Source{})
	if err != nil {
		t.Fatal(err)
	}
	return &decode.Source{
		Name: "test", Zone: time.UTC, Numbers: numbers, Originating: true, Terminating: true, Attempts: true,
		HomePLMNs: []string{"23415", "310410"}, DropCauses: []uint16{27, 38, 41, 42, 44, 47, 102, 111},
	}
}

// Open opens head and fails the test if it cannot.
func Open(t testing.TB, d decode.Decoder, head []byte, s *decode.Source) (l decode.Layout, skip int) {
	t.Helper()
	l, skip, err := d.Open(head, s)
	if err != nil {
		t.Fatal(err)
	}
	return l, skip
}

// Records takes the rows of b out again.
func Records(b *cdr.Batch) []cdr.Record {
	rows := make([]cdr.Record, b.Len())
	for i := range rows {
		rows[i] = cdr.Record{
			Calling: b.Rows[i].Calling, Called: b.Rows[i].Called, CallingPlace: b.Rows[i].CallingPlace, CalledPlace: b.Rows[i].CalledPlace,
			Start: b.Rows[i].Start, Release: b.Rows[i].Release, RingMS: b.Rows[i].RingMS, TalkMS: b.Rows[i].TalkMS, Flags: b.Rows[i].Flags,
			Identity: b.Rows[i].Identity, RawHash: b.HashOf(i), Call: b.Call[i],
			Cell: b.Rows[i].Cell, Region: b.Rows[i].Region, IMEI: b.Rows[i].IMEI, IMSI: b.Rows[i].IMSI, VisitedMCC: b.Rows[i].VisitedMCC,
			Up: b.Rows[i].Up, Down: b.Rows[i].Down, Charge: b.Rows[i].Charge, Cause: b.Cause[i], Offset: b.Rows[i].Offset,
			Raw: b.Raw[i], Line: b.Line[i], ID: append([]byte(nil), b.ID[i].Of(b.Text)...),
		}
	}
	for _, n := range b.Names {
		text := bytes.Clone(n.Text.Of(b.Text))
		if n.Called {
			rows[n.Row].CalledName = text
		} else {
			rows[n.Row].CallingName = text
		}
	}
	return rows
}

// OwnNotes are the notes that the decoder of a format makes itself, without those that
// the writer makes of any record.
func OwnNotes(t *decode.Tally) [decode.Notes]int64 {
	n := t.Notes
	n[decode.ZeroAnswer], n[decode.LongCall], n[decode.UnknownNumber] = 0, 0, 0
	return n
}

// Check decodes block and checks what holds for any decoder and any bytes: the
// ledger adds up, spans stand in the block in order, names are told, the columns
// are of one length; the same batch, used again, gives the same; block after
// block of whole lines, or of pieces of a framing, gives what one block gives.
func Check(t testing.TB, d decode.Decoder, l decode.Layout, block []byte) {
	t.Helper()
	var whole cdr.Batch
	var tally decode.Tally
	d.Decode(l, block, &whole, &tally)
	checkColumns(t, &whole)
	framing := decode.FramingOf(d, l)
	checkLedger(t, &whole, &tally, block, framing)
	want := Records(&whole)

	whole.Reset()
	var again decode.Tally
	d.Decode(l, block, &whole, &again)
	tally.Scratch, again.Scratch = nil, nil
	if got := Records(&whole); !reflect.DeepEqual(got, want) || !reflect.DeepEqual(again, tally) {
		t.Fatalf("decoding again into the same batch gives another result: %+v, %+v; want %+v, %+v", got, again, want, tally)
	}
	rows, sum := pieceByPiece(d, l, split(block, framing))
	if !reflect.DeepEqual(rows, want) || !reflect.DeepEqual(sum, tally) {
		t.Fatalf("a block a line gives another result: %+v, %+v; want %+v, %+v", rows, sum, want, tally)
	}
}

// split cuts a block into its lines, or pieces.
func split(block []byte, framing decode.Framing) (pieces [][]byte) {
	if framing == nil {
		return bytes.SplitAfter(block, []byte("\n"))
	}
	for len(block) > 0 {
		p := framing.Cut(block, true)
		pieces = append(pieces, block[:p.Size])
		block = block[p.Size:]
	}
	return pieces
}

// pieceByPiece decodes every piece as a block of its own and moves the spans to
// where they are in the whole.
func pieceByPiece(d decode.Decoder, l decode.Layout, pieces [][]byte) ([]cdr.Record, decode.Tally) {
	rows := []cdr.Record{}
	var sum decode.Tally
	off := uint32(0)
	for _, line := range pieces {
		var b cdr.Batch
		var t decode.Tally
		d.Decode(l, line, &b, &t)
		for _, r := range Records(&b) {
			r.Raw.Off += off
			r.Line += uint32(sum.Lines)
			rows = append(rows, r)
		}
		for _, r := range t.Rejects {
			r.Raw.Off += off
			r.Line += uint32(sum.Lines)
			sum.Rejects = append(sum.Rejects, r)
		}
		sum.Read += t.Read
		sum.Filtered += t.Filtered
		sum.Lines += t.Lines
		sum.Claims.Merge(t.Claims)
		sum.Totals.Add(&t.Totals)
		for i := range t.Notes {
			sum.Notes[i] += t.Notes[i]
		}
		for i := range t.Types {
			sum.Types[i] += t.Types[i]
		}
		off += uint32(len(line))
	}
	return rows, sum
}

func checkLedger(t testing.TB, b *cdr.Batch, tally *decode.Tally, block []byte, framing decode.Framing) {
	t.Helper()
	if tally.Read != int64(b.Len())+tally.Filtered+int64(len(tally.Rejects)) {
		t.Fatalf("read %d, but %d rows, %d filtered, %d rejected", tally.Read, b.Len(), tally.Filtered, len(tally.Rejects))
	}
	check := checkSpan
	if framing != nil {
		check = checkFrames(t, framing, block, tally)
	} else if n := bytes.Count(block, []byte("\n")); tally.Lines != int64(n) {
		t.Fatalf("%d lines counted of %d", tally.Lines, n)
	}
	for _, r := range tally.Rejects {
		check(t, r.Raw, r.Line, block)
		if r.Reason == "" {
			t.Fatalf("%q rejected without a reason", r.Raw.Of(block))
		}
	}
	end := uint32(0)
	for i, s := range b.Raw {
		check(t, s, b.Line[i], block)
		if s.Off < end {
			t.Fatalf("row %d stands before its predecessor's end", i)
		}
		end = s.Off + s.Len
		if b.RawHash[i] != cdr.Hash(s.Of(block)) {
			t.Fatalf("row %d: the raw hash is not of the raw text", i)
		}
	}
}

// checkFrames returns the check that a span is one of those that the framing cuts.
func checkFrames(t testing.TB, framing decode.Framing, block []byte, tally *decode.Tally) func(testing.TB, cdr.Span, uint32, []byte) {
	t.Helper()
	var records []cdr.Span
	frames := decode.NewFrames(framing, block)
	for frames.Next() {
		records = append(records, frames.At.Raw)
	}
	if tally.Lines != frames.Count() || tally.Read > frames.Count() {
		t.Fatalf("%d records and %d frames counted of %d", tally.Read, tally.Lines, frames.Count())
	}
	return func(t testing.TB, s cdr.Span, line uint32, _ []byte) {
		t.Helper()
		if int(line) >= len(records) || records[line] != s {
			t.Fatalf("span %v is said to be record %d, which the framing does not say", s, line)
		}
	}
}

func checkSpan(t testing.TB, s cdr.Span, line uint32, block []byte) {
	t.Helper()
	if int(s.Off)+int(s.Len) > len(block) || s.Len == 0 {
		t.Fatalf("span %v is not in a block of %d bytes", s, len(block))
	}
	if n := bytes.Count(block[:s.Off], []byte("\n")); n != int(line) {
		t.Fatalf("span %v is said to be on line %d, is on %d", s, line, n)
	}
	if raw := s.Of(block); bytes.IndexByte(raw, '\n') >= 0 {
		t.Fatalf("%q holds a line end", raw)
	}
}

func checkColumns(t testing.TB, b *cdr.Batch) {
	t.Helper()
	v := reflect.ValueOf(b).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if name != "Names" && name != "Text" && name != "Block" && name != "Parties" && v.Field(i).Len() != b.Len() {
			t.Fatalf("column %s has %d rows of %d", name, v.Field(i).Len(), b.Len())
		}
	}
	high := cdr.Millis(-1 << 62)
	names := 0
	for i := range b.Len() {
		high = max(high, b.Rows[i].Release)
		if b.HighWater[i] != high {
			t.Fatalf("row %d: high water %d, want %d", i, b.HighWater[i], high)
		}
		nobody := b.Rows[i].Calling|b.Rows[i].Called == 0 && b.Rows[i].Flags&cdr.Joined != cdr.Closes
		if nobody || b.Rows[i].Calling == 0 && b.Rows[i].Flags.Has(cdr.Originating) || b.Rows[i].Called == 0 && b.Rows[i].Flags.Has(cdr.Terminating) {
			t.Fatalf("row %d carries a leg of nobody, or has no party", i)
		}
		if b.Rows[i].Flags&cdr.Joined != 0 && b.Call[i] == 0 {
			t.Fatalf("row %d belongs to other records of no call", i)
		}
		for _, called := range []bool{false, true} {
			n := b.Rows[i].Calling
			if called {
				n = b.Rows[i].Called
			}
			if !n.IsName() {
				continue
			}
			if names == len(b.Names) || b.Names[names].Row != int32(i) || b.Names[names].Called != called || cdr.Name(b.Names[names].Text.Of(b.Text)) != n {
				t.Fatalf("row %d: the name of %v is not told", i, n)
			}
			names++
		}
	}
	if names != len(b.Names) {
		t.Fatalf("%d names told, %d used", len(b.Names), names)
	}
}
