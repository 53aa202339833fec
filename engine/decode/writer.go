package decode

import (
	"math"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Line is where a record stands.
type Line struct {
	Text []byte   // the record as it stands, without line end
	Raw  cdr.Span // of Text in the block
	Line uint32   // counted from 0 at the start of the block
}

// Writer puts the records of one block into a batch and a tally. Rows are written where
// they stay, into room behind those that count; between NewWriter and Close nobody else
// may look at the batch.
type Writer struct {
	rules *Rules
	out   *cdr.Batch
	tally *Tally
	rows  int        // of the batch; behind them is room
	high  cdr.Millis // latest release so far
	text  int        // bytes of the batch's text in use by names
	sums  sums       // of the last rows
	first int        // row of the block
	block []byte     // of rows that were left without a hash, nil where none was
}

// NewWriter begins a block.
func NewWriter(u *Rules, out *cdr.Batch, t *Tally) Writer {
	w := Writer{rules: u, out: out, tally: t, rows: out.Len(), high: math.MinInt64, text: len(out.Text), sums: noSums, first: out.Len()}
	if n := out.Len(); n > 0 {
		w.high = out.HighWater[n-1]
	}
	return w
}

// Scratch is where a decoder may append a copy of a line that it changes. What
// it appends lasts until Append or Reject.
func (w *Writer) Scratch() *[]byte { return &w.out.Text }

// Close ends the block, which held so many line feeds.
//
// Nobody asks for the hash of a raw record but to tell duplicates apart, so that it is
// wanted of those alone that wait for others: see [cdr.Batch.HashOf]. Where the source's
// lateness is known, rows of a sheet have none but those of which it is the identity, unless
// the whole block lies no farther than that before the latest.
func (w *Writer) Close(lines int64) {
	w.hashLatest()
	w.cut()
	w.tally.Lines += lines
}

// Reject counts a record that cannot be read.
func (w *Writer) Reject(at Line, reason string) {
	w.tally.Read++
	w.tally.Rejects = append(w.tally.Rejects, Reject{Raw: at.Raw, Line: at.Line, Reason: reason})
	w.out.Text = w.out.Text[:w.text]
}

// Note counts that something about a record is odd.
func (w *Writer) Note(n Note) { w.tally.Notes[n]++ }

// Type counts a record of the format's type i.
func (w *Writer) Type(i int) { w.tally.Types[i]++ }

// Skip counts a record that is well-formed and of no interest: filtered.
func (w *Writer) Skip() {
	w.tally.Read++
	w.tally.Filtered++
	w.out.Text = w.out.Text[:w.text]
}

// Claim takes over what a trailer claims of its file.
func (w *Writer) Claim(c Claims) { w.tally.Claims.Merge(c) }

// parties are the two parties of a row after the number rules. Where one is a
// name, its text stands in the batch's text.
type parties struct {
	calling, called           cdr.Number
	callingPlace, calledPlace cdr.Place
	callingName, calledName   cdr.Span
}

// Append applies the rules to r and adds the record to the batch, or counts in
// the tally why it does not. It keeps nothing of r.
func (w *Writer) Append(r *Row, at Line) {
	var p parties
	w.normalize(r, &p)
	u := w.rules
	d := r.direction()
	legs := r.legs(d)
	if r.At[IMSI].Len > 0 {
		p.serve(legs, cdr.Digits(r.Text(IMSI)))
	}
	if p.calling|p.called == 0 && r.Marks != cdr.Closes { // the answer tells the parties of a call
		w.Reject(at, "no party")
		return
	}
	release := r.Start
	if !u.s.EventStart {
		release = r.release()
	}
	if u.s.Latest.Before(release) {
		w.Reject(at, "its time is too far in the future: "+Time(release))
		return
	}
	if legs &= u.folded | cdr.ServedCalled; legs&(cdr.Originating|cdr.Terminating) == 0 && !u.s.KeepUnused {
		w.tally.Totals.add(&r.Values, release)
		w.Skip()
		return
	}
	w.tally.Read++
	w.put(r, &p, p.present(legs), d, release, at)
}

func (w *Writer) normalize(r *Row, p *parties) {
	numbers := w.rules.s.Numbers
	if text := r.Text(CallingNumber); len(text) > 0 {
		if p.calling, p.callingPlace = numbers.International(text); p.calling == 0 {
			p.calling, p.callingPlace, p.callingName = w.party(text, r.CallingInternational)
		}
	}
	if text := r.Text(CalledNumber); len(text) > 0 {
		if p.called, p.calledPlace = numbers.International(text); p.called == 0 {
			p.called, p.calledPlace, p.calledName = w.party(text, r.CalledInternational)
		}
	}
}

// party is a party in any notation; where it is a name, name is its text.
func (w *Writer) party(text []byte, international bool) (n cdr.Number, place cdr.Place, name cdr.Span) {
	b := w.out
	from := uint32(len(b.Text))
	n, place, b.Text = w.rules.s.Numbers.Party(b.Text, text, international)
	return n, place, cdr.Span{Off: from, Len: uint32(len(b.Text)) - from}
}

// serve lets the IMSI stand for the served party where that has no number.
func (p *parties) serve(legs cdr.Flags, imsi cdr.Number) {
	if legs&cdr.ServedCalled != 0 {
		if p.called == 0 {
			p.called = cdr.IMSIOf(imsi)
		}
	} else if p.calling == 0 {
		p.calling = cdr.IMSIOf(imsi)
	}
}

// present takes away the legs that have no party. A record that is left with
// none still counts as accepted: it was well-formed and not excluded.
func (p *parties) present(legs cdr.Flags) cdr.Flags {
	if p.calling == 0 {
		legs &^= cdr.Originating
	}
	if p.called == 0 {
		legs &^= cdr.Terminating
	}
	return legs
}

// put writes the row behind the last one.
func (w *Writer) put(r *Row, p *parties, legs cdr.Flags, d Direction, release cdr.Millis, at Line) {
	b, i, u := w.out, w.rows, w.rules
	if i == len(b.Rows) {
		w.reserve()
	}
	w.rows++
	w.high = max(w.high, release)
	raw, x := cdr.Hash(at.Text), &b.Rows[i]
	x.Release, x.Identity, x.Start = release, r.identity(d, raw), r.Start
	x.Calling, x.Called, x.CallingPlace, x.CalledPlace = p.calling, p.called, p.callingPlace, p.calledPlace
	x.RingMS, x.TalkMS, x.Offset = r.RingMS, r.TalkMS, r.Offset
	x.Up, x.Down, x.Charge = r.Up, r.Down, r.Charge
	x.Flags = u.flags(r, legs)
	x.Cell, x.Region, x.IMEI, x.IMSI, x.VisitedMCC = 0, 0, 0, 0, 0
	if text := r.Text(CellID); len(text) > 0 {
		x.Cell, x.Region = HashText(text), u.region(text)
	}
	if r.At[IMEI].Len|r.At[IMSI].Len|r.At[VisitedPLMN].Len != 0 {
		x.IMEI, x.IMSI, x.VisitedMCC = device(r.Text(IMEI)), packDigits(r.Text(IMSI)), mcc(r.Text(VisitedPLMN))
	}
	w.count(x.Flags, r.TalkMS, r.Charge, release)
	if known(p.calling, p.callingPlace) == 0 || known(p.called, p.calledPlace) == 0 {
		w.unknown(p)
	}
	b.HighWater[i], b.RawHash[i], b.Call[i], b.Cause[i] = w.high, raw, r.Call, r.Cause
	b.Raw[i], b.Line[i] = at.Raw, at.Line
	if (p.calling | p.called).IsName() {
		w.name(p)
	}
	b.ID[i] = cdr.Span{}
	if u.s.KeepIDs {
		b.ID[i] = w.keep(r.Text(RecordID))
	}
	w.out.Text = w.out.Text[:w.text]
}

// keep adds a text to those of the batch that stay. What a name is made of stands
// before it.
func (w *Writer) keep(text []byte) cdr.Span {
	if len(text) == 0 {
		return cdr.Span{}
	}
	s := cdr.Span{Off: uint32(w.text), Len: uint32(len(text))}
	w.out.Text = append(w.out.Text[:w.text], text...)
	w.text = len(w.out.Text)
	return s
}

// name tells the texts of the names in the last row.
func (w *Writer) name(p *parties) {
	b, row := w.out, int32(w.rows-1)
	if p.calling.IsName() {
		b.Names = append(b.Names, cdr.NameRef{Row: row, Text: p.callingName})
	}
	if p.called.IsName() {
		b.Names = append(b.Names, cdr.NameRef{Row: row, Called: true, Text: p.calledName})
	}
	w.text = len(b.Text)
}
