package csv

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// split notes where the fields of any one line stand: the slow way, for lines
// with quotes or spaces around fields and for whatever is wrong. Where a field holds doubled quotes, the
// row points into a copy of the line at the end of text.
func (y *layout) split(line []byte, r *decode.Row, text *[]byte) (problem string) {
	r.Base = line
	copied := false
	n := 0
	for at := 0; at <= len(line); n++ {
		cell, next, problem := decode.NextCell(line, at, y.separator)
		if problem != "" {
			return problem
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
	if n != len(y.columns) {
		return fmt.Sprintf("%d fields, the header has %d", n, len(y.columns))
	}
	r.Trim()
	return ""
}
