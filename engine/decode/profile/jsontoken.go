package profile

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// The tokens of JSON that values are made of.

// str passes over a string and returns what stands between its quotes.
func (s *jsonScan) str() (text []byte, escaped bool) {
	start := s.pos + 1
	for i := start; ; {
		n := decode.JSONStop(s.text, i)
		s.pos = n
		switch {
		case n == len(s.text):
			s.fail("a string that is not closed")
			return nil, false
		case s.text[n] == '"':
			s.pos++
			return s.text[start:n], escaped
		case s.text[n] != '\\':
			s.fail("a control character in a string")
			return nil, false
		}
		escaped = true
		if i = escapeEnd(s.text, n); i == 0 {
			s.fail("an escape that JSON does not know")
			return nil, false
		}
	}
}

// escapeEnd is where the escape at b[at] ends, 0 if it is malformed.
func escapeEnd(b []byte, at int) int {
	if at+1 >= len(b) || bytes.IndexByte([]byte(`"\/bfnrtu`), b[at+1]) < 0 {
		return 0
	}
	if b[at+1] != 'u' {
		return at + 2
	}
	if at+6 > len(b) {
		return 0
	}
	for _, c := range b[at+2 : at+6] {
		if decode.HexDigit(c) < 0 {
			return 0
		}
	}
	return at + 6
}

// unescaped appends a text whose escapes are known to be well-formed.
func unescaped(dst, text []byte) []byte {
	from := len(dst)
	dst = append(dst, text...)
	b := dst[from:]
	end := 0
	for i := 0; i < len(b); {
		if b[i] == '\\' {
			end, i = decode.JSONUnescape(b, end, i)
			continue
		}
		b[end] = b[i]
		end, i = end+1, i+1
	}
	return dst[:from+end]
}

// word passes over a literal.
func (s *jsonScan) word(w string) []byte {
	if len(s.text)-s.pos < len(w) || string(s.text[s.pos:s.pos+len(w)]) != w {
		s.fail("a value was expected")
		return nil
	}
	s.pos += len(w)
	return s.text[s.pos-len(w) : s.pos]
}

// number passes over a number of JSON's grammar.
func (s *jsonScan) number() {
	end, problem := decode.JSONNumber(s.text, s.pos)
	if s.pos = end; problem != "" {
		s.fail(problem)
	}
}
