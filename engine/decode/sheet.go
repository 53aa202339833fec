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
	Rows    int      // how many records there are; SetRaw or SetRaws tells where each one stands
	Line    uint32   // line of the first one; each takes one line
	Returns bool     // a carriage return stands behind some records
	// Marks are where fields begin, in bytes from Base: field f of record k begins at
	// Marks[k*len(Columns)+f] and ends one byte before what the next says. It may end
	// earlier only at the end of a record.
	Marks []uint16
	Base  int

	from, to int                 // the rows that columns are read of; others stand too near the ends of the block
	valid    missed              // the same as a set
	odd      missed              // rows that are read one by one
	skip     missed              // rows that are filtered
	unknown  missed              // rows of which a number is of no country
	edges    [][SheetRows]uint16 // the marks of each field, and those behind the last one
	filled   []missed            // the rows of each field that have a text
	raw      [SheetRows]cdr.Span

	room      room
	first     int // row of the batch that the room begins with
	service   [SheetRows]uint8
	direction [SheetRows]uint8
	outcome   [SheetRows]uint8
	rat       [SheetRows]uint8
	forwarded [SheetRows]uint8
	cause     [SheetRows]uint64
	partial   [SheetRows]uint64
	usage     [SheetRows]uint8 // the place of each in the table of usages

	sums  sums       // of all rows, if none is odd or filtered
	high  cdr.Millis // the latest release up to the last row, likewise
	noted missed     // rows of which there is a note
}

// SetRaw tells that record k stands from start to end in the block.
func (s *Sheet) SetRaw(k, start, end int) {
	s.raw[k&(SheetRows-1)] = cdr.Span{Off: uint32(start), Len: uint32(end - start)}
}

// SetRaws tells where the records stand, as many as a sheet has: it returns how many.
func (s *Sheet) SetRaws(spans []cdr.Span) int { return copy(s.raw[:], spans) }

// begin finds the rows that columns can be read of: not those at the ends of the
// block, where words of text would reach beyond it.
func (s *Sheet) begin() {
	s.from, s.to = 0, s.Rows
	for s.from < s.to && s.raw[s.from].Off < margin {
		s.from++
	}
	for s.to > s.from && int(s.raw[s.to-1].Off+s.raw[s.to-1].Len)+margin > len(s.Block) {
		s.to--
	}
	s.valid = ^missed(0) >> (SheetRows - s.to) &^ (^(^missed(0) << s.from)) // no shift where to is 0: nothing is valid
	if s.from >= s.to {
		s.valid = 0
	}
	s.odd, s.skip, s.unknown = ^s.valid, 0, 0
}

// doubt makes row k odd.
func (s *Sheet) doubt(k int) { s.odd.add(k) }

// row puts the texts of record k into r.
func (s *Sheet) row(k int, r *Row) {
	n := len(s.Columns)
	r.Base, r.Has = s.Block, s.Has
	for f, c := range s.Columns {
		from, next := uint32(s.Marks[k*n+f]), uint32(s.Marks[k*n+f+1])
		r.At[c] = cdr.Span{Off: uint32(s.Base) + from, Len: next - 1 - from}
	}
	last := &r.At[s.Columns[n-1]]
	last.Len = s.raw[k].Off + s.raw[k].Len - last.Off
}

// text is record k as it stands.
func (s *Sheet) text(k int) Line {
	return Line{Text: s.raw[k].Of(s.Block), Raw: s.raw[k], Line: s.Line + uint32(k)}
}

// AppendSheet is [Row.Read] and Append, or Reject, of each record of s. r is room
// for one record.
func (w *Writer) AppendSheet(s *Sheet, clock *Clock, r *Row) {
	w.reserve()
	s.begin()
	if s.valid != 0 {
		s.room, s.first = w.room(), w.rows
		s.read(w, clock)
	}
	for k := 0; k < s.Rows; {
		if n := min(bits.TrailingZeros64(uint64(s.odd>>k)), s.Rows-k); n > 0 {
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
	s.cut()
	var strips [Columns]strip
	text := pageOf(s.Block[s.Base:])
	for f, c := range s.Columns {
		if c != NoColumn {
			strips[c] = strip{text: text, from: &s.edges[f], next: &s.edges[f+1], rows: s.filled[f] & s.valid}
		}
	}
	rows, u := s.room.rows, w.rules
	clear(rows[s.from:s.to])
	s.hash(w, strips[RecordID].rows)
	s.numbers(&strips[CallingNumber], w, false)
	s.numbers(&strips[CalledNumber], w, true)
	s.times(&strips[StartTime], clock)
	s.seconds(&strips[RingSeconds], inRows(&rows[0].RingMS))
	s.seconds(&strips[DurationSeconds], inRows(&rows[0].TalkMS))
	s.words(&strips[Service], serviceWords, &s.service)
	s.words(&strips[DirectionColumn], directionWords, &s.direction)
	s.words(&strips[RAT], ratWords, &s.rat)
	s.words(&strips[Forwarded], boolWords, &s.forwarded)
	if s.Has>>Disposition&1 != 0 {
		s.words(&strips[Disposition], outcomeWords, &s.outcome)
	} else {
		s.outcomes()
	}
	s.charges(&strips[Charge])
	s.cause, s.partial = [SheetRows]uint64{}, [SheetRows]uint64{}
	s.integers(&strips[Cause], column[uint64]{&s.cause[0], 8}, 1<<16-1)
	s.integers(&strips[PartialSequence], column[uint64]{&s.partial[0], 8}, 1<<32-1)
	s.integers(&strips[UplinkBytes], inRows(&rows[0].Up), MaxBytes)
	s.integers(&strips[DownlinkBytes], inRows(&rows[0].Down), MaxBytes)
	s.cells(&strips[CellID], u)
	s.devices(&strips[IMEI])
	s.served(&strips[IMSI])
	s.visited(&strips[VisitedPLMN])
	s.derive(w, &strips)
	s.networks(u, &strips[IMSI], &strips[VisitedPLMN])
	s.identities(&strips[RecordID], u.s.KeepIDs)
	*s.room.raw = s.raw
	clear(s.room.call[:])
}

// cut makes the edges of all fields, and tells which have a text.
func (s *Sheet) cut() {
	n := len(s.Columns)
	if n+1 > len(s.edges) {
		s.edges, s.filled = make([][SheetRows]uint16, (n+8)&^7), make([]missed, (n+8)&^7)
	}
	transpose(s.edges[:n+1], s.Marks, s.Rows)
	if s.Returns {
		last := &s.edges[n]
		for k := range s.Rows {
			last[k&(SheetRows-1)] = uint16(int(s.raw[k&(SheetRows-1)].Off+s.raw[k&(SheetRows-1)].Len) - s.Base + 1)
		}
	}
	filled(s.filled[:n], s.edges)
}
