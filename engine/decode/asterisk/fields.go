package asterisk

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// Where the fields stand that are used.
const (
	src         = 1
	dst         = 2
	start       = 9
	answer      = 10
	end         = 11
	duration    = 12
	billsec     = 13
	disposition = 14

	minFields = 16
	maxFields = 21
)

// record is one row, cut into fields.
type record struct {
	base  []byte
	count int
	at    [maxFields]cdr.Span
}

func (r *record) field(i int) []byte { return r.at[i].Of(r.base) }

// split cuts line into fields. Where one holds doubled quotes, the fields point
// into a copy of the line at the end of text.
func (r *record) split(line []byte, text *[]byte) (problem string) {
	r.base, r.count = line, 0
	copied := false
	for at := 0; at <= len(line); r.count++ {
		cell, next, problem := decode.NextCell(line, at, ',')
		if problem != "" {
			return problem
		}
		at = next
		if r.count >= maxFields {
			continue
		}
		if cell.Doubled {
			if !copied {
				mark := len(*text)
				*text = append(*text, line...)
				r.base, copied = (*text)[mark:], true
			}
			cell.End = cell.Off + decode.Undouble(r.base[cell.Off:cell.End])
		}
		r.at[r.count] = cdr.Span{Off: uint32(cell.Off), Len: uint32(cell.End - cell.Off)}
	}
	if r.count < minFields || r.count > maxFields {
		return fmt.Sprintf("%d fields, a Master.csv row has %d to %d", r.count, minFields, maxFields)
	}
	return ""
}

// ids returns the unique id, the linked id and the sequence, each empty when
// the row has none.
func (r *record) ids() (unique, linked, sequence []byte) {
	optional := r.count - minFields // fields after amaflags
	if optional >= 3 {
		linked, sequence = r.field(r.count-2), r.field(r.count-1)
		optional -= 3
	}
	if optional == 2 || optional == 1 && looksUnique(r.field(minFields)) {
		unique = r.field(minFields)
	}
	return unique, linked, sequence
}

// looksUnique matches ^(\S+-)?\d{9,10}\.\d+$, from the end.
func looksUnique(b []byte) bool {
	n := len(b)
	for n > 0 && b[n-1]-'0' <= 9 {
		n--
	}
	if n == len(b) || n == 0 || b[n-1] != '.' {
		return false
	}
	dot := n - 1
	n = dot
	for n > 0 && b[n-1]-'0' <= 9 {
		n--
	}
	if dot-n < 9 || dot-n > 10 {
		return false
	}
	return n == 0 || n >= 2 && b[n-1] == '-' && !hasSpace(b[:n-1])
}

func hasSpace(b []byte) bool {
	for _, c := range b {
		if c == ' ' || c >= '\t' && c <= '\r' {
			return true
		}
	}
	return false
}
