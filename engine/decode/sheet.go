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
	Columns []Column // of each field
	Has     uint32   // as in Row
	Rows    int      // how many records there are; SetRaw tells where each one stands
	Line    uint32   // line of the first one; each takes one line
	Returns bool     // a carriage return stands behind some records
	// Marks are where fields begin, in bytes from Base: field f of record k begins at
	// Marks[k*len(Columns)+f] and ends one byte before what the next says. It may end
	// earlier only at the end of a record.
	Marks []uint16
	Base  int

	page      page
	from, to  int    // the rows that columns are read of; others stand too near the ends of the block
	odd, skip uint64 // bit sets of rows: read one by one, filtered
	columns   tile
	last      [2 * SheetRows]uint16 // the marks of the last field
	dashes    dashed                // of the cell before
	lac       lac                   // of cells with such dashes
	heads     [SheetRows]uint64     // the first eight digits of a number
	service   [SheetRows]uint8
	direction [SheetRows]uint8
	outcome   [SheetRows]uint8
	rat       [SheetRows]uint8
	forwarded [SheetRows]uint8
	partial   [SheetRows]uint32
}

// SetRaw tells that record k stands from start to end in the block.
func (s *Sheet) SetRaw(k, start, end int) {
	s.columns.raw[k&(SheetRows-1)] = cdr.Span{Off: uint32(start), Len: uint32(end - start)}
}

// strip returns the column that is field f.
func (s *Sheet) strip(f int) strip {
	n := len(s.Columns)
	if f+1 < n || !s.Returns {
		return stripOf(s.Marks[s.from*n+f:], n, s.to-s.from)
	}
	for k := s.from; k < s.to; k++ {
		raw := s.columns.raw[k&(SheetRows-1)]
		s.last[2*(k-s.from)], s.last[2*(k-s.from)+1] = s.Marks[k*n+f], uint16(int(raw.Off+raw.Len)-s.Base+1)
	}
	return stripOf(s.last[:], 2, s.to-s.from)
}

// begin finds the rows that columns can be read of: not those at the ends of the
// block, where words of text would reach beyond it.
func (s *Sheet) begin() {
	s.from, s.to = 0, s.Rows
	for s.from < s.to && s.columns.raw[s.from].Off < margin {
		s.from++
	}
	for s.to > s.from && int(s.columns.raw[s.to-1].Off+s.columns.raw[s.to-1].Len)+margin > len(s.Block) {
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
		from, next := uint32(s.Marks[k*n+f]), uint32(s.Marks[k*n+f+1])
		r.At[c] = cdr.Span{Off: uint32(s.Base) + from, Len: next - 1 - from}
	}
	last := &r.At[s.Columns[n-1]]
	last.Len = s.columns.raw[k].Off + s.columns.raw[k].Len - last.Off
}

// text is record k as it stands.
func (s *Sheet) text(k int) Line {
	return Line{Text: s.columns.raw[k].Of(s.Block), Raw: s.columns.raw[k], Line: s.Line + uint32(k)}
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
	column := func(c Column) strip {
		if s.Has>>c&1 == 0 {
			return strip{}
		}
		return s.strip(fields[c])
	}
	s.page = pageOf(s.Block[s.Base:])
	t, u := &s.columns, w.rules
	s.hash()
	s.numbers(column(CallingNumber), w, &t.calling, &t.callingPlace)
	s.numbers(column(CalledNumber), w, &t.called, &t.calledPlace)
	s.times(column(StartTime), clock)
	s.seconds(column(RingSeconds), &t.ringMS, cdr.RingUnknown)
	s.seconds(column(DurationSeconds), &t.talkMS, 0)
	s.words(column(Service), &serviceWords, &s.service)
	s.words(column(DirectionColumn), &directionWords, &s.direction)
	s.words(column(RAT), &ratWords, &s.rat)
	s.words(column(Forwarded), &boolWords, &s.forwarded)
	if c := column(Disposition); c.has() {
		s.words(c, &outcomeWords, &s.outcome)
	} else {
		s.outcomes()
	}
	s.charges(column(Charge))
	integers(s, column(Cause), &t.cause, 1<<16-1)
	integers(s, column(PartialSequence), &s.partial, 1<<32-1)
	integers(s, column(UplinkBytes), &t.up, MaxBytes)
	integers(s, column(DownlinkBytes), &t.down, MaxBytes)
	s.cells(column(CellID), u)
	s.devices(column(IMEI))
	imsi, plmn := column(IMSI), column(VisitedPLMN)
	s.packed(imsi, &t.imsi)
	served := s.visited(plmn)
	if imsi.has() {
		served |= s.filled(imsi)
	}
	s.derive(u)
	s.networks(u, served, imsi, plmn)
	s.identities(column(RecordID), u.s.KeepIDs)
}
