package decode

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// tileRows is how many rows a tile holds: a power of two, so that an index needs
// no check, and few enough for a tile to stay in the nearest cache (10 KiB).
const tileRows = 64

// tile is rows on their way into a batch, in columns.
type tile struct {
	calling, called                                             [tileRows]cdr.Number
	callingPlace, calledPlace                                   [tileRows]cdr.Place
	start, release, highWater                                   [tileRows]cdr.Millis
	ringMS, talkMS, line                                        [tileRows]uint32
	flags                                                       [tileRows]cdr.Flags
	identity, rawHash, call, cell, region, imei, imsi, up, down [tileRows]uint64
	visitedMCC, cause                                           [tileRows]uint16
	charge                                                      [tileRows]int64
	offset                                                      [tileRows]int16
	raw, id                                                     [tileRows]cdr.Span
}

// flush appends the rows of the tile to the batch.
func (w *Writer) flush() {
	if w.rows > 0 {
		w.total(w.rows)
		w.tile.appendTo(w.out, 0, w.rows)
		w.rows = 0
	}
}

// appendTo appends rows from to to of t to b.
func (t *tile) appendTo(b *cdr.Batch, from, to int) {
	n := len(b.Rows)
	b.Rows = slices.Grow(b.Rows, to-from)[:n+to-from]
	for i := range b.Rows[n:] {
		t.row(&b.Rows[n+i], from+i)
	}
	b.HighWater = append(b.HighWater, t.highWater[from:to]...)
	b.RawHash = append(b.RawHash, t.rawHash[from:to]...)
	b.Call = append(b.Call, t.call[from:to]...)
	b.Cause = append(b.Cause, t.cause[from:to]...)
	b.Raw = append(b.Raw, t.raw[from:to]...)
	b.Line = append(b.Line, t.line[from:to]...)
	b.ID = append(b.ID, t.id[from:to]...)
}

// row makes x row k of t. It writes every field once: a composite literal would be made
// elsewhere and copied.
func (t *tile) row(x *cdr.Row, k int) {
	k &= tileRows - 1
	x.Release, x.Identity = t.release[k], t.identity[k]
	x.Calling, x.Called = t.calling[k], t.called[k]
	x.CallingPlace, x.CalledPlace = t.callingPlace[k], t.calledPlace[k]
	x.Start, x.RingMS, x.TalkMS = t.start[k], t.ringMS[k], t.talkMS[k]
	x.Flags, x.Offset, x.VisitedMCC = t.flags[k], t.offset[k], t.visitedMCC[k]
	x.Cell, x.Region, x.IMEI, x.IMSI = t.cell[k], t.region[k], t.imei[k], t.imsi[k]
	x.Up, x.Down, x.Charge = t.up[k], t.down[k], t.charge[k]
}

// move copies row k to row n.
func (t *tile) move(n, k int) {
	t.calling[n], t.called[n] = t.calling[k], t.called[k]
	t.callingPlace[n], t.calledPlace[n] = t.callingPlace[k], t.calledPlace[k]
	t.start[n], t.release[n], t.highWater[n] = t.start[k], t.release[k], t.highWater[k]
	t.ringMS[n], t.talkMS[n], t.line[n], t.flags[n] = t.ringMS[k], t.talkMS[k], t.line[k], t.flags[k]
	t.identity[n], t.rawHash[n], t.call[n] = t.identity[k], t.rawHash[k], t.call[k]
	t.cell[n], t.region[n] = t.cell[k], t.region[k]
	t.imei[n], t.imsi[n], t.visitedMCC[n] = t.imei[k], t.imsi[k], t.visitedMCC[k]
	t.up[n], t.down[n], t.charge[n] = t.up[k], t.down[k], t.charge[k]
	t.cause[n], t.offset[n] = t.cause[k], t.offset[k]
	t.raw[n], t.id[n] = t.raw[k], t.id[k]
}
