//go:build !amd64

package decode

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/numbering"
)

func plainParties(c *strip, rows *[SheetRows]cdr.Row, called bool, plan *numbering.Plan) (miss, unknown missed) {
	return plainPartiesWords(c, rows, called, plan)
}
func plainSeconds(c *strip, to column[uint32]) missed { return plainSecondsWords(c, to) }
func plainCharges(c *strip, to column[int64]) missed  { return plainChargesWords(c, to) }
func plainIntegers(c *strip, to column[uint64], most uint64) missed {
	return plainIntegersWords(c, to, most)
}
func usualTimes(c *strip, to column[cdr.Millis], on usualDay) missed {
	return usualTimesWords(c, to, on)
}
func (v *vocabulary) read(c *strip, to *[SheetRows]uint8) missed  { return v.readWords(c, to) }
func filled(out []missed, edges [][SheetRows]uint16)              { filledWords(out, edges) }
func transpose(out [][SheetRows]uint16, marks []uint16, rows int) { transposeWords(out, marks, rows) }

func (s *Sheet) deriveRows(u *Rules, rings missed) derived { return s.deriveRowsWords(u, rings) }

func hashes(_ *[SheetRows]uint64, _ []byte, _ *[SheetRows]cdr.Span, rows missed) missed { return rows }
func usualCells(c *strip, cells, regions column[uint64]) missed {
	return usualCellsWords(c, cells, regions)
}
func shortIDs(c *strip, _ column[uint64], _ *[SheetRows]uint8, _ *[SheetRows]uint64) missed {
	return c.rows
}
func packIDs(text, _ []byte, _ []cdr.Span) (packed []byte, ok bool) { return text, false }
