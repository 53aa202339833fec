package numbering

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// slow is Party for whatever is not plain digits: rules 1 and 2, then the others
// on what is left.
func (n *Normalizer) slow(dst, text []byte, international bool) (cdr.Number, cdr.Place, []byte) {
	text = bytes.Trim(text, " \t")
	if n.isNull(text) {
		return 0, 0, dst
	}
	from := len(dst)
	dst = appendDialled(dst, withoutScheme(text))
	name := dst[from:]
	if n.isNull(name) {
		return 0, 0, dst[:from]
	}
	digits, plus := bytes.CutPrefix(name, plusSign)
	if len(digits) == 0 {
		return 0, 0, dst[:from]
	}
	if !allDigits(digits) {
		return cdr.Name(name), 0, dst
	}
	return n.number(dst[:from], digits, cdr.Digits(digits), plus, international)
}

// withoutScheme cuts tel:, sip: or sips: and, then, @host and parameters.
func withoutScheme(text []byte) []byte {
	for _, scheme := range [...]string{"tel:", "sip:", "sips:"} {
		if len(text) >= len(scheme) && equalFold(text[:len(scheme)], scheme) {
			text = text[len(scheme):]
			if i := bytes.IndexAny(text, "@;"); i >= 0 {
				text = text[:i]
			}
			return text
		}
	}
	return text
}

// appendDialled appends text without the punctuation of written numbers.
func appendDialled(dst, text []byte) []byte {
	for _, c := range text {
		switch c {
		case ' ', '\t', '-', '(', ')', '.':
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// isNull reports whether text is one of the words for no number that are not all
// digits.
func (n *Normalizer) isNull(text []byte) bool {
	for _, w := range n.nulls {
		if len(w) == len(text) && equalFold(text, w) {
			return true
		}
	}
	return false
}

// equalFold compares texts of one length without regard to ASCII case.
func equalFold(a []byte, b string) bool {
	for i, c := range a {
		if c != b[i] && (c|0x20 != b[i]|0x20 || c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

func allDigits(text []byte) bool {
	for _, c := range text {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}
