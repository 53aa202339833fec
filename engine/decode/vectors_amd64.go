package decode

import (
	"encoding/binary"
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/internal/processor"
	"github.com/cdrstream/cdrstream/engine/numbering"
)

// Each of these is what the function of the same name and "Words" does, of the rows of
// a strip. Rows of a batch lie 128 bytes apart.

//go:noescape
func partiesAVX2(c *strip, to unsafe.Pointer, l *leads) (miss, unknown missed)

//go:noescape
func integersAVX2(c *strip, to unsafe.Pointer, shift int, most uint64) (miss missed)

//go:noescape
func secondsAVX2(c *strip, to unsafe.Pointer, scale *[9]uint64, most uint64) (miss missed)

//go:noescape
func chargesAVX2(c *strip, to unsafe.Pointer, scale *[9]uint64) (miss missed)

//go:noescape
func timesAVX2(c *strip, to unsafe.Pointer, date uint64, usual, most *[16]byte, since int64) (miss missed)

//go:noescape
func wordsAVX2(c *strip, to *[SheetRows]uint8, words *table) (miss missed)

//go:noescape
func filledAVX2(out *missed, edges *[SheetRows]uint16, fields int)

//go:noescape
func transposeAVX2(out *[SheetRows]uint16, marks *uint16, fields, across, down int)

//go:noescape
func hashesAVX2(out *[SheetRows]uint64, block *byte, spans *[SheetRows]cdr.Span, rows missed) (miss missed)

//go:noescape
func cellsAVX2(c *strip, cells unsafe.Pointer, starts *laneStarts) (miss missed)

//go:noescape
func idsAVX2(c *strip, to unsafe.Pointer, direction *[SheetRows]uint8, partial *[SheetRows]uint64) (miss missed)

//go:noescape
func packIDsAVX512(text *byte, at int, block *byte, ids *cdr.Span, n int, most *cdr.Span) (end int)

// deriveBMI is deriveRows, whose result it adds to d.
//
//go:noescape
func deriveBMI(s *Sheet, table *[256]usage, drops *[129]cdr.Flags, rings missed, d *derived)

func (s *Sheet) deriveRows(u *Rules, rings missed) (d derived) {
	if !processor.AVX2 {
		return s.deriveRowsWords(u, rings)
	}
	deriveBMI(s, &u.usageTable, &u.dropFlags, rings, &d)
	return d
}

// The assembly knows how far rows and usages lie apart, and asks where the fields of a row
// lie.
var (
	_ = [1]struct{}{}[rowSize-128]
	_ = [1]struct{}{}[unsafe.Sizeof(usage{})-32]
)

//nolint:unused // by the assembly
const (
	rowRelease = unsafe.Offsetof(cdr.Row{}.Release)
	rowStart   = unsafe.Offsetof(cdr.Row{}.Start)
	rowCalling = unsafe.Offsetof(cdr.Row{}.Calling)
	rowCalled  = unsafe.Offsetof(cdr.Row{}.Called)
	rowRing    = unsafe.Offsetof(cdr.Row{}.RingMS)
	rowTalk    = unsafe.Offsetof(cdr.Row{}.TalkMS)
	rowFlags   = unsafe.Offsetof(cdr.Row{}.Flags)
	rowCharge  = unsafe.Offsetof(cdr.Row{}.Charge)
	rowCell    = unsafe.Offsetof(cdr.Row{}.Cell)
	rowRegion  = unsafe.Offsetof(cdr.Row{}.Region)
)

// leads are what [numbering.Leads] are to the assembly.
type leads struct {
	fives   *[8]uint16
	answers *numbering.Lead
}

// The assembly knows how they lie, and that a place lies two words behind its number.
const oddAsk = numbering.OddAsk //nolint:unused // by the assembly

var (
	_ = [1]struct{}{}[unsafe.Sizeof(numbering.Lead{})-32]
	_ = [1]struct{}{}[unsafe.Offsetof(cdr.Row{}.CallingPlace)-unsafe.Offsetof(cdr.Row{}.Calling)-16]
	_ = [1]struct{}{}[unsafe.Offsetof(cdr.Row{}.CalledPlace)-unsafe.Offsetof(cdr.Row{}.Called)-16]
)

func plainParties(c *strip, rows *[SheetRows]cdr.Row, called bool, plan *numbering.Plan) (miss, unknown missed) {
	if !processor.AVX2 {
		return plainPartiesWords(c, rows, called, plan)
	}
	tables, ok := plan.Leads()
	if !ok {
		return c.rows, 0
	}
	to := &rows[0].Calling
	if called {
		to = &rows[0].Called
	}
	return partiesAVX2(c, unsafe.Pointer(to), &leads{fives: unsafe.SliceData(tables.Fives), answers: unsafe.SliceData(tables.Answers)})
}

func plainSeconds(c *strip, to column[uint32]) missed {
	if !processor.AVX2 {
		return plainSecondsWords(c, to)
	}
	return secondsAVX2(c, unsafe.Pointer(to.first), &milliFactors, MaxSeconds*1000)
}

func plainCharges(c *strip, to column[int64]) missed {
	if !processor.AVX2 {
		return plainChargesWords(c, to)
	}
	return chargesAVX2(c, unsafe.Pointer(to.first), &microFactors)
}

// milliFactors and microFactors are what a number without its point counts, by the byte
// of the last eight that the point stood in, 8 where there was none. Where it stood at
// the end the number is read another way, and so it is where digits are too fine: 0.
var milliFactors, microFactors = factors(3), factors(6)

func factors(scale int) (f [9]uint64) {
	for p := 7 - scale; p < 7; p++ {
		f[p] = powersOf10[scale-(7-p)]
	}
	f[8] = powersOf10[scale]
	return f
}

func plainIntegers(c *strip, to column[uint64], most uint64) missed {
	switch {
	case c.rows == 0: // a column that few have
		return 0
	case !processor.AVX2:
		return plainIntegersWords(c, to, most)
	}
	shift := 3
	if to.stride == rowSize {
		shift = 7
	}
	return integersAVX2(c, unsafe.Pointer(to.first), shift, most)
}

func usualTimes(c *strip, to column[cdr.Millis], on usualDay) missed {
	if !processor.AVX2 {
		return usualTimesWords(c, to, on)
	}
	usual := [16]byte([]byte("DDT00:00:00.000Z"))
	binary.LittleEndian.PutUint16(usual[:], uint16(on.day))
	return timesAVX2(c, unsafe.Pointer(to.first), on.date, &usual, &clockDigits, on.since)
}

// clockDigits is how far bytes of DDThh:mm:ss.fffZ may be from those of midnight.
var clockDigits = [16]byte{3: 2, 4: 9, 6: 5, 7: 9, 9: 5, 10: 9, 12: 9, 13: 9, 14: 9}

func (v *vocabulary) read(c *strip, to *[SheetRows]uint8) missed {
	switch {
	case c.rows == 0:
		return 0
	case !processor.AVX2:
		return v.readWords(c, to)
	}
	return wordsAVX2(c, to, &v.table)
}

func filled(out []missed, edges [][SheetRows]uint16) {
	if !processor.AVX2 {
		filledWords(out, edges)
		return
	}
	_ = edges[len(out)]
	filledAVX2(&out[0], &edges[0], len(out))
}

// transpose is transposeWords, in blocks of eight by eight where there are marks enough
// behind the last ones to be read along, and room in out.
func transpose(out [][SheetRows]uint16, marks []uint16, rows int) {
	fields := len(out) - 1
	across, down := (len(out)+7)/8, (rows+7)/8
	if !processor.AVX2 || (down*8-1)*fields+across*8 > cap(marks) || across*8 > cap(out) {
		transposeWords(out, marks, rows)
		return
	}
	transposeAVX2(&out[0], &marks[0], fields, across, down)
}

// hashes hashes texts of more than 32 bytes.
func hashes(out *[SheetRows]uint64, block []byte, spans *[SheetRows]cdr.Span, rows missed) missed {
	if !processor.AVX2 {
		return rows
	}
	return hashesAVX2(out, unsafe.SliceData(block), spans, rows)
}

// usualCells hashes cells written PLMN-LAC-CI, and PLMN-LAC.
func usualCells(c *strip, cells, regions column[uint64]) missed {
	if !processor.AVX2 {
		return usualCellsWords(c, cells, regions)
	}
	return cellsAVX2(c, unsafe.Pointer(cells.first), &starts)
}

// laneStarts are how the two lanes of [cdr.Hash] begin, by the length of a text of at most 16
// bytes.
type laneStarts struct{ x, y [17]uint64 }

var starts = startsOfLanes()

func startsOfLanes() (l laneStarts) {
	for n := range uint64(len(l.x)) {
		l.x[n], l.y[n] = n*0xa0761d6478bd642f+1, n^0xe7037ed1a0b428db
	}
	return l
}

// shortIDs makes identities of ids of 4 to 16 bytes.
func shortIDs(c *strip, to column[uint64], direction *[SheetRows]uint8, partial *[SheetRows]uint64) missed {
	if !processor.AVX2 {
		return c.rows
	}
	return idsAVX2(c, unsafe.Pointer(to.first), direction, partial)
}

// packIDs is copyIDs of ids of at most wordID bytes, of which it keeps eight at a time. Where one
// is longer, or stands at the end of the block, or there may be too little room, it does nothing.
func packIDs(text, block []byte, ids []cdr.Span) (packed []byte, ok bool) {
	const write = 64 // bytes, however few of them count
	at := len(text)
	if !processor.AVX512 || len(block) < wordID || cap(text)-at < len(ids)*wordID+write {
		return text, false
	}
	most := cdr.Span{Off: uint32(len(block) - wordID), Len: wordID}
	end := packIDsAVX512(unsafe.SliceData(text), at, unsafe.SliceData(block), unsafe.SliceData(ids), len(ids), &most)
	if end < 0 {
		return text, false
	}
	return text[:end], true
}
