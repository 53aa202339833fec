package decode

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// room is where the next rows of a batch go. What is written there lies behind the
// rows that count, where nobody looks.
type room struct {
	rows          *[SheetRows]cdr.Row
	highWater     *[SheetRows]cdr.Millis
	rawHash, call *[SheetRows]uint64
	cause         *[SheetRows]uint16
	raw, id       *[SheetRows]cdr.Span
	line          *[SheetRows]uint32
}

// reserve makes room for SheetRows rows behind the last one.
func (w *Writer) reserve() {
	w.total()
	b, n := w.out, w.rows+SheetRows
	if n <= len(b.Rows) {
		return
	}
	b.Rows = longer(b.Rows, n)
	b.HighWater = longer(b.HighWater, n)
	b.RawHash, b.Call, b.Cause = longer(b.RawHash, n), longer(b.Call, n), longer(b.Cause, n)
	b.Raw, b.Line, b.ID = longer(b.Raw, n), longer(b.Line, n), longer(b.ID, n)
}

// longer is s with n elements.
func longer[T any](s []T, n int) []T { return slices.Grow(s, max(n-len(s), 0))[:n] }

// room is the room that is reserved.
func (w *Writer) room() room {
	b, n := w.out, w.rows
	return room{
		rows: (*[SheetRows]cdr.Row)(b.Rows[n:]), highWater: (*[SheetRows]cdr.Millis)(b.HighWater[n:]),
		rawHash: (*[SheetRows]uint64)(b.RawHash[n:]), call: (*[SheetRows]uint64)(b.Call[n:]), cause: (*[SheetRows]uint16)(b.Cause[n:]),
		raw: (*[SheetRows]cdr.Span)(b.Raw[n:]), id: (*[SheetRows]cdr.Span)(b.ID[n:]), line: (*[SheetRows]uint32)(b.Line[n:]),
	}
}

// cut takes the room off the batch.
func (w *Writer) cut() {
	w.total()
	b, n := w.out, w.rows
	b.Rows, b.HighWater = b.Rows[:n], b.HighWater[:n]
	b.RawHash, b.Call, b.Cause = b.RawHash[:n], b.Call[:n], b.Cause[:n]
	b.Raw, b.Line, b.ID = b.Raw[:n], b.Line[:n], b.ID[:n]
}

// move copies n rows from row from on to row to, before it.
func (w *Writer) move(to, from, n int) {
	if to == from || n == 0 {
		return
	}
	b := w.out
	moveRows(b.Rows, to, from, n)
	moveRows(b.HighWater, to, from, n)
	moveRows(b.RawHash, to, from, n)
	moveRows(b.Call, to, from, n)
	moveRows(b.Cause, to, from, n)
	moveRows(b.Raw, to, from, n)
	moveRows(b.Line, to, from, n)
	moveRows(b.ID, to, from, n)
}

func moveRows[T any](s []T, to, from, n int) { copy(s[to:], s[from:from+n]) }
