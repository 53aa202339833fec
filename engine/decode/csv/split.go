package csv

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

const (
	ones = 0x0101010101010101
	low7 = 0x7F7F7F7F7F7F7F7F
)

// splitPlain notes where the fields of a line without quotes stand and returns
// how many there are. It looks at eight bytes a step.
func (y *layout) splitPlain(line []byte, r *decode.Row) int {
	r.Base = line
	pattern := ones * uint64(y.separator)
	columns := y.columns
	n, start, i := 0, 0, 0
	for ; i+8 <= len(line); i += 8 {
		x := binary.LittleEndian.Uint64(line[i:]) ^ pattern
		for hits := ^((x&low7 + low7) | x | low7); hits != 0; hits &= hits - 1 {
			end := i + bits.TrailingZeros64(hits)>>3
			if n < len(columns) {
				r.At[columns[n]] = cdr.Span{Off: uint32(start), Len: uint32(end - start)}
			}
			n++
			start = end + 1
		}
	}
	for ; i <= len(line); i++ {
		if i < len(line) && line[i] != y.separator {
			continue
		}
		if n < len(columns) {
			r.At[columns[n]] = cdr.Span{Off: uint32(start), Len: uint32(i - start)}
		}
		n++
		start = i + 1
	}
	return n
}

// splitQuoted is splitPlain for lines with quotes. Where a field holds doubled
// quotes, the fields point into a copy of the line at the end of text.
func (y *layout) splitQuoted(line []byte, r *decode.Row, text *[]byte) (n int, problem string) {
	r.Base = line
	copied := false
	for at := 0; at <= len(line); n++ {
		cell, next, problem := decode.NextCell(line, at, y.separator)
		if problem != "" {
			return n, problem
		}
		at = next
		if n >= len(y.columns) || y.columns[n] == decode.NoColumn {
			continue
		}
		if cell.Doubled {
			if !copied {
				mark := len(*text)
				*text = append(*text, line...)
				r.Base, copied = (*text)[mark:], true
			}
			cell.End = cell.Off + decode.Undouble(r.Base[cell.Off:cell.End])
		}
		r.At[y.columns[n]] = cdr.Span{Off: uint32(cell.Off), Len: uint32(cell.End - cell.Off)}
	}
	return n, ""
}

// quotes tells which lines of a block hold a quote. It searches the block once.
type quotes struct {
	block []byte
	next  int // the first quote at or after the last line asked for; -1 before the first
}

// within reports whether a quote stands in s. Spans must be asked for in order.
func (q *quotes) within(s cdr.Span) bool {
	from, end := int(s.Off), int(s.Off+s.Len)
	if q.next < from {
		n := bytes.IndexByte(q.block[from:], '"')
		if n < 0 {
			n = len(q.block) - from
		}
		q.next = from + n
	}
	return q.next < end
}
