package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/decode"
)

// Types of numbers, TS 24.008 10.5.4.7.
const (
	international = 1
	alphanumeric  = 5
)

// directory sets column c to a directory number: TS 24.008 octet 3, an extension bit,
// the type and the plan of the number, octet 3a where the bit is not set, then the
// digits. That holds for the numbers of a call and for addresses of MAP (TS 29.002),
// which always have the bit set.
//
//	91 44 77 09 61 42 50
//	|  447790162405
//	1 001 0001: no octet 3a, international, E.164
func (r *record) directory(c decode.Column, b []byte) {
	if len(b) < 2 {
		return
	}
	kind, digits := b[0]>>4&7, b[1:]
	if b[0] < 0x80 && presentation(b[1]) {
		digits = b[2:]
	}
	r.digits(c, kind, digits)
}

// presentation reports whether c may be octet 3a: the last one, with its spare bits
// clear.
func presentation(c byte) bool { return c&0x9C == 0x80 }

// digits sets column c to digits of TBCD. An international number begins with +, unless
// it begins with what no country code does.
func (r *record) digits(c decode.Column, kind byte, b []byte) {
	from := len(r.text)
	if kind == international && len(b) > 0 && b[0]&15-1 < 9 {
		r.text = append(r.text, '+')
	}
	r.text = decode.AppendTBCD(r.text, b)
	r.set(c, from)
	if kind == international {
		r.international(c)
	}
}

// international tells that column c holds an international number.
func (r *record) international(c decode.Column) {
	if c == decode.CalledNumber {
		r.row.CalledInternational = true
	} else {
		r.row.CallingInternational = true
	}
}

// address sets column c to an address of a short message: TS 23.040, 9.1.2.5. It begins
// with the count of its digits, or, in many switches' records, without one, with the
// type of number.
func (r *record) address(c decode.Column, b []byte) {
	count := -1
	if len(b) > 2 && b[0] < 0x80 && b[1] >= 0x80 && len(b)-2 == (int(b[0])+1)/2 {
		count, b = int(b[0]), b[1:]
	}
	if len(b) < 2 {
		return
	}
	kind := b[0] >> 4 & 7
	if kind != alphanumeric {
		r.digits(c, kind, b[1:])
		return
	}
	if count < 0 {
		count = 2 * (len(b) - 1)
	}
	from := len(r.text)
	r.text = appendGSM7(r.text, b[1:], count*4/7)
	r.set(c, from)
}
