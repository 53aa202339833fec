package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// tileRows is how many rows a tile holds: a power of two, so that an index needs
// no check, and few enough for a tile to stay in the nearest cache (10 KiB).
const tileRows = 64

// tile is rows on their way into a batch, in the batch's columns. A row costs one
// store a column here; in the batch, it would cost five instructions a column.
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
	b, t, n := w.out, &w.tile, w.rows
	w.total(n)
	b.Calling = append(b.Calling, t.calling[:n]...)
	b.Called = append(b.Called, t.called[:n]...)
	b.CallingPlace = append(b.CallingPlace, t.callingPlace[:n]...)
	b.CalledPlace = append(b.CalledPlace, t.calledPlace[:n]...)
	b.Start = append(b.Start, t.start[:n]...)
	b.Release = append(b.Release, t.release[:n]...)
	b.HighWater = append(b.HighWater, t.highWater[:n]...)
	b.RingMS = append(b.RingMS, t.ringMS[:n]...)
	b.TalkMS = append(b.TalkMS, t.talkMS[:n]...)
	b.Flags = append(b.Flags, t.flags[:n]...)
	b.Identity = append(b.Identity, t.identity[:n]...)
	b.RawHash = append(b.RawHash, t.rawHash[:n]...)
	b.Call = append(b.Call, t.call[:n]...)
	b.Cell = append(b.Cell, t.cell[:n]...)
	b.Region = append(b.Region, t.region[:n]...)
	b.IMEI = append(b.IMEI, t.imei[:n]...)
	b.IMSI = append(b.IMSI, t.imsi[:n]...)
	b.VisitedMCC = append(b.VisitedMCC, t.visitedMCC[:n]...)
	b.Up = append(b.Up, t.up[:n]...)
	b.Down = append(b.Down, t.down[:n]...)
	b.Charge = append(b.Charge, t.charge[:n]...)
	b.Cause = append(b.Cause, t.cause[:n]...)
	b.Offset = append(b.Offset, t.offset[:n]...)
	b.Raw = append(b.Raw, t.raw[:n]...)
	b.Line = append(b.Line, t.line[:n]...)
	b.ID = append(b.ID, t.id[:n]...)
	w.rows = 0
}
