package asterisk

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

const (
	minFields = 16
	maxFields = 21
)

// places says where a layout has the fields that are used.
type places struct {
	src, dst, start, duration, billsec, disposition int
}

var (
	master = places{src: 1, dst: 2, start: 9, duration: 12, billsec: 13, disposition: 14}
	custom = places{src: 1, dst: 2, start: 8, duration: 11, billsec: 12, disposition: 13}
)

// Where the identities stand in a row of cdr_custom.
const (
	customUnique   = 16
	customSequence = 18
)

// record is one row, cut into fields.
type record struct {
	base   []byte
	count  int
	custom bool // the row is one of cdr_custom
	at     [maxFields]cdr.Span
}

func (r *record) field(i int) []byte { return r.at[i].Of(r.base) }

// places is where the fields of r stand: its layout is the one that has a disposition
// where it belongs. A row that has one in neither place counts as one of cdr_csv.
func (r *record) places() *places {
	_, known := outcome(r.field(custom.disposition))
	r.custom = known && len(r.field(custom.disposition)) > 0
	if r.custom {
		return &custom
	}
	return &master
}

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
		for cell.Off < cell.End && r.base[cell.Off] == ' ' {
			cell.Off++
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
		return fmt.Sprintf("%d fields, a row of Asterisk has %d to %d", r.count, minFields, maxFields)
	}
	return ""
}

// ids returns the unique id, the linked id and the sequence, each empty when
// the row has none.
func (r *record) ids() (unique, linked, sequence []byte) {
	if r.custom {
		if r.count > customUnique {
			unique = r.field(customUnique)
		}
		if r.count > customSequence {
			sequence = r.field(customSequence)
		}
		return unique, nil, sequence
	}
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
	_, ok := creation(b)
	return ok
}

// creation is when the channel of a unique id was made, in seconds since 1970.
func creation(b []byte) (epoch int64, ok bool) {
	n := len(b)
	for n > 0 && b[n-1]-'0' <= 9 {
		n--
	}
	if n == len(b) || n == 0 || b[n-1] != '.' {
		return 0, false
	}
	dot := n - 1
	n = dot
	for unit := int64(1); n > 0 && b[n-1]-'0' <= 9; unit *= 10 {
		n--
		if dot-n > 10 {
			return 0, false
		}
		epoch += int64(b[n]-'0') * unit
	}
	if dot-n < 9 {
		return 0, false
	}
	return epoch, n == 0 || n >= 2 && b[n-1] == '-' && !hasSpace(b[:n-1])
}

func hasSpace(b []byte) bool {
	for _, c := range b {
		if c == ' ' || c >= '\t' && c <= '\r' {
			return true
		}
	}
	return false
}
