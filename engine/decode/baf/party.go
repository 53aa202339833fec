package baf

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// parties sets the texts of the two parties.
func (r *record) parties(text *[]byte) {
	row := &r.row
	mark := len(*text)
	area := 0
	if r.has>>originArea&1 != 0 {
		area = r.values[originArea]
	}
	if number := r.values[originNumber]; r.has>>originNumber&1 != 0 && (area > 0 || number > 0) {
		row.CallingInternational = area > 0
		*text = appendNumber(*text, area, number)
		row.At[decode.CallingNumber] = cdr.Span{Len: uint32(len(*text) - mark)}
	}
	if r.has>>targetNumber&1 != 0 {
		from := len(*text)
		*text, row.CalledInternational = r.appendTarget(*text, area)
		row.At[decode.CalledNumber] = cdr.Span{Off: uint32(from - mark), Len: uint32(len(*text) - from)}
	}
	row.Base = (*text)[mark:]
}

// appendTarget appends the terminating number. international says that it has a
// country code.
func (r *record) appendTarget(dst []byte, home int) (to []byte, international bool) {
	area, number := r.values[targetArea], r.values[targetNumber]
	if area == 0 && number == 0 {
		return dst, false
	}
	where := 0
	if r.has>>overseas&1 != 0 {
		where = r.values[overseas]
	}
	switch {
	case where == inward:
		return dst, false
	case where >= foreign: // the digits stand at the end of both fields
		n := where + 4
		if where == foreign {
			n = digitsOf(area*10_000_000 + number)
		}
		return appendDigits(dst, area*10_000_000+number, n), true
	case area == 0 && number < 1_000_000:
		return appendDigits(dst, number, digitsOf(number)), false
	case area == 0:
		area = home
	}
	return appendNumber(dst, area%1000, number), area > 0
}

// Overseas indicators.
const (
	foreign = 2 // of another plan; from 3 on with so many digits, less four
	inward  = 9 // a code that operators dial
)

// appendNumber appends a number of the North American plan, without a country where the
// area is not known.
func appendNumber(dst []byte, area, number int) []byte {
	if area > 0 {
		dst = appendDigits(append(dst, '1'), area, 3)
	}
	return appendDigits(dst, number, 7)
}

func digitsOf(v int) (n int) {
	for ; v > 0; v /= 10 {
		n++
	}
	return n
}
