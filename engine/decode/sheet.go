package decode

import (
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

const (
	// SheetRows is how many records a Sheet holds at most: one for each bit of a word.
	SheetRows = 64
	// margin is how many bytes of the block stand at least before and behind a field
	// that is read by whole words.
	margin = 24
)

// Sheet is up to SheetRows records that stand in a block of text one behind the
// other, each with the same fields in the same order. [Writer.AppendSheet] reads
// them a column at a time, in short loops over words of text and with hardly a
// branch that depends on what a field says: where each record is of another kind
// than the one before it, a wrong guess costs more than most fields.
//
// Whatever such a loop cannot tell at a glance makes the record odd. Odd records
// are read again, one by one, by [Row.Read] and [Writer.Append], which is where the
// reasons of rejections come from. Sheets are large: who reads many keeps one.
type Sheet struct {
	Block   []byte
	Columns []Column            // of each field
	Has     uint32              // as in Row
	Rows    int                 // how many records there are
	Line    uint32              // line of the first one; each takes one line
	Raw     [SheetRows]cdr.Span // where each record stands
	// Marks are where fields end: field f of record k lies between the bytes at
	// Marks[k*len(Columns)+f] and the next. It may end earlier only at the end of Raw.
	Marks []uint32

	from, to  int    // the rows that columns are read of; others stand too near the ends of the block
	odd, skip uint64 // bit sets of rows: read one by one, filtered
	columns   tile
	last      [2 * SheetRows]uint32 // the strip of the last field
	service   [SheetRows]uint8
	direction [SheetRows]uint8
	outcome   [SheetRows]uint8
	rat       [SheetRows]uint8
	forwarded [SheetRows]uint8
	partial   [SheetRows]uint32
}

// strip is one column of a sheet: the field of row k lies between the bytes
// at[k*stride] and at[k*stride+1].
type strip struct {
	at     []uint32
	stride int
}

// strip returns the column that is field f, from the first row that is read on.
func (s *Sheet) strip(f int) strip {
	n := len(s.Columns)
	if f+1 < n {
		return strip{s.Marks[s.from*n+f:], n}
	}
	for k := s.from; k < s.to; k++ {
		raw := s.Raw[k&(SheetRows-1)]
		s.last[2*(k-s.from)], s.last[2*(k-s.from)+1] = s.Marks[k*n+f], raw.Off+raw.Len
	}
	return strip{s.last[:], 2}
}

// begin finds the rows that columns can be read of: not those at the ends of the
// block, where words of text would reach beyond it.
func (s *Sheet) begin() {
	s.from, s.to = 0, s.Rows
	for s.from < s.to && s.Raw[s.from].Off < margin {
		s.from++
	}
	for s.to > s.from && int(s.Raw[s.to-1].Off+s.Raw[s.to-1].Len)+margin > len(s.Block) {
		s.to--
	}
	s.skip = 0
	s.odd = ^(^uint64(0) << s.from) | ^uint64(0)<<s.to
	if s.to == SheetRows { // which no shift tells
		s.odd = ^(^uint64(0) << s.from)
	}
}

// doubt makes row k odd.
func (s *Sheet) doubt(k int) { s.odd |= 1 << (k & 63) }

// row puts the texts of record k into r.
func (s *Sheet) row(k int, r *Row) {
	n := len(s.Columns)
	r.Base, r.Has = s.Block, s.Has
	for f, c := range s.Columns {
		from := s.Marks[k*n+f] + 1
		r.At[c] = cdr.Span{Off: from, Len: s.Marks[k*n+f+1] - from}
	}
	last := &r.At[s.Columns[n-1]]
	last.Len = s.Raw[k].Off + s.Raw[k].Len - last.Off
}

// text is record k as it stands.
func (s *Sheet) text(k int) Line {
	return Line{Text: s.Raw[k].Of(s.Block), Raw: s.Raw[k], Line: s.Line + uint32(k)}
}

// AppendSheet is [Row.Read] and Append, or Reject, of each record of s. r is room
// for one record.
func (w *Writer) AppendSheet(s *Sheet, clock *Clock, r *Row) {
	s.begin()
	if s.from < s.to {
		s.read(w, clock)
	}
	for k := 0; k < s.Rows; {
		if n := min(bits.TrailingZeros64(s.odd>>k), s.Rows-k); n > 0 {
			w.flush()
			w.take(s, k, k+n)
			k += n
			continue
		}
		s.row(k, r)
		at := s.text(k)
		if problem := r.Read(clock); problem != "" {
			w.Reject(at, problem)
		} else {
			w.Append(r, at)
		}
		k++
	}
}

// read reads all columns.
func (s *Sheet) read(w *Writer, clock *Clock) {
	var fields [Columns]int
	for f, c := range s.Columns {
		fields[c] = f
	}
	column := func(c Column) (strip, bool) {
		if s.Has>>c&1 == 0 {
			return strip{}, false
		}
		return s.strip(fields[c]), true
	}
	t, u := &s.columns, w.rules
	s.hash()
	c, ok := column(CallingNumber)
	s.numbers(c, ok, w, &t.calling, &t.callingPlace)
	c, ok = column(CalledNumber)
	s.numbers(c, ok, w, &t.called, &t.calledPlace)
	c, _ = column(StartTime)
	s.times(c, clock)
	c, ok = column(RingSeconds)
	s.seconds(c, ok, &t.ringMS, cdr.RingUnknown)
	c, ok = column(DurationSeconds)
	s.seconds(c, ok, &t.talkMS, 0)
	c, ok = column(Service)
	s.words(c, ok, &serviceWords, &s.service)
	c, ok = column(DirectionColumn)
	s.words(c, ok, &directionWords, &s.direction)
	c, ok = column(RAT)
	s.words(c, ok, &ratWords, &s.rat)
	c, ok = column(Forwarded)
	s.words(c, ok, &boolWords, &s.forwarded)
	if c, ok = column(Disposition); ok {
		s.words(c, ok, &outcomeWords, &s.outcome)
	} else {
		s.outcomes()
	}
	c, ok = column(Charge)
	s.charges(c, ok)
	c, ok = column(Cause)
	s.causes(c, ok)
	c, ok = column(PartialSequence)
	s.partials(c, ok)
	c, ok = column(UplinkBytes)
	s.volumes(c, ok, &t.up)
	c, ok = column(DownlinkBytes)
	s.volumes(c, ok, &t.down)
	c, ok = column(CellID)
	s.cells(c, ok, u)
	c, ok = column(IMEI)
	s.devices(c, ok)
	imsi, hasIMSI := column(IMSI)
	s.packed(imsi, hasIMSI, &t.imsi)
	plmn, hasPLMN := column(VisitedPLMN)
	s.visited(plmn, hasPLMN)
	s.derive(u)
	if hasIMSI || hasPLMN {
		s.networks(u, imsi, plmn)
	}
	c, ok = column(RecordID)
	s.identities(c, ok)
}
