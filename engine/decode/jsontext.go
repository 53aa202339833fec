package decode

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// What the readers of JSON (RFC 8259) share: blanks, strings, numbers.

// JSONBlank returns where the first byte at or after i stands that is no blank, len(b)
// when there is none.
func JSONBlank(b []byte, i int) int {
	for i < len(b) {
		c := b[i]
		if c > ' ' || c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			break
		}
		i++
	}
	return i
}

// JSONStop returns where the first quote, backslash or control character at or
// after i stands, len(b) when there is none. It looks at eight bytes a step; the
// lowest bit found is exact, those above may not be.
func JSONStop(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		q, e := x^'"'*ones, x^'\\'*ones
		hits := ((q-ones)&^q | (e-ones)&^e | (x-' '*ones)&^x) & (0x80 * ones)
		if hits != 0 {
			return i + bits.TrailingZeros64(hits)>>3
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == '"' || c == '\\' || c < ' ' {
			return i
		}
	}
	return i
}

// JSONUnescape decodes the escape at b[from] to b[to:], which is never behind from.
// It returns the ends of both, next 0 when the escape is malformed.
func JSONUnescape(b []byte, to, from int) (end, next int) {
	if from+1 >= len(b) {
		return 0, 0
	}
	c := b[from+1]
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		return unescapeRune(b, to, from)
	default:
		return 0, 0
	}
	b[to] = c
	return to + 1, from + 2
}

// unescapeRune decodes \uXXXX, or two of them that are a surrogate pair. Half a
// pair is U+FFFD.
func unescapeRune(b []byte, to, from int) (end, next int) {
	r, ok := hex4(b, from+2)
	if !ok {
		return 0, 0
	}
	next = from + 6
	if utf16.IsSurrogate(r) {
		pair := rune(utf8.RuneError)
		if next+1 < len(b) && b[next] == '\\' && b[next+1] == 'u' {
			if low, ok := hex4(b, next+2); ok {
				pair = utf16.DecodeRune(r, low)
			}
		}
		if r = pair; r != utf8.RuneError {
			next += 6
		}
	}
	return to + utf8.EncodeRune(b[to:next], r), next
}

func hex4(b []byte, at int) (r rune, ok bool) {
	if at+4 > len(b) {
		return 0, false
	}
	for _, c := range b[at : at+4] {
		v := HexDigit(c)
		if v < 0 {
			return 0, false
		}
		r = r<<4 | rune(v)
	}
	return r, true
}

// JSONNumber returns where the number ends that begins at i. The problem is why it is
// none.
func JSONNumber(b []byte, i int) (end int, problem string) {
	if i < len(b) && b[i] == '-' {
		i++
	}
	whole := digitsOf(b[i:])
	switch {
	case whole == 0:
		problem = "a value was expected"
	case b[i] == '0':
		whole = 1
	}
	i += whole
	if i < len(b) && b[i] == '.' {
		i, problem = jsonDigits(b, i+1, problem)
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		i, problem = jsonDigits(b, i, problem)
	}
	return i, problem
}

// jsonDigits passes over digits, of which there must be one. It keeps a problem there is.
func jsonDigits(b []byte, i int, problem string) (end int, _ string) {
	n := digitsOf(b[i:])
	if n == 0 && problem == "" {
		problem = "digits were expected"
	}
	return i + n, problem
}
