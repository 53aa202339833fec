package sip

import (
	"bytes"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// json reads the members of the object that begins at from. Where the line holds
// escapes, the fields point into a copy of it at the end of text.
func (r *record) json(line []byte, from int, text *[]byte) (problem string) {
	r.base = line
	if bytes.IndexByte(line[from:], '\\') >= 0 {
		mark := len(*text)
		*text = append(*text, line...)
		r.base = (*text)[mark:]
	}
	s := scanner{text: r.base, pos: from}
	n := named{r: r}
	if s.object(&n); s.bad {
		return "malformed JSON at byte " + strconv.Itoa(s.pos)
	}
	return ""
}

// scanner walks an object of which only the members at the top matter. Once bad is set
// its methods do no harm.
type scanner struct {
	text []byte
	pos  int
	bad  bool
}

// peek skips blanks and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for s.pos < len(s.text) && (s.text[s.pos] == ' ' || s.text[s.pos] == '\t' || s.text[s.pos] == '\r') {
		s.pos++
	}
	if s.pos == len(s.text) {
		return 0
	}
	return s.text[s.pos]
}

// take passes over c.
func (s *scanner) take(c byte) bool {
	if s.peek() != c || s.bad {
		return false
	}
	s.pos++
	return true
}

func (s *scanner) need(c byte) {
	if !s.take(c) {
		s.bad = true
	}
}

func (s *scanner) object(n *named) {
	s.need('{')
	if s.take('}') {
		return
	}
	for !s.bad {
		key := s.str()
		s.need(':')
		if s.bad {
			return
		}
		if c := s.peek(); c == '{' || c == '[' {
			s.skip()
		} else {
			n.set(key.Of(s.text), s.scalar())
		}
		if s.take(',') {
			continue
		}
		s.need('}')
		return
	}
}

// scalar passes over a string, a number or a word, and returns its text: none of null.
func (s *scanner) scalar() cdr.Span {
	if s.peek() == '"' {
		return s.str()
	}
	start := s.pos
	for s.pos < len(s.text) {
		if c := s.text[s.pos]; c-'0' > 9 && (c < 'a' || c > 'z') && c != '.' && c != '-' && c != '+' && c != 'E' {
			break
		}
		s.pos++
	}
	if s.bad = s.bad || s.pos == start; s.bad || string(s.text[start:s.pos]) == "null" {
		return cdr.Span{}
	}
	return cdr.Span{Off: uint32(start), Len: uint32(s.pos - start)}
}

// skip passes over an object or an array: over brackets in pairs, and strings.
func (s *scanner) skip() {
	depth := 0
	for !s.bad {
		switch s.peek() {
		case 0:
			s.bad = true
		case '"':
			s.str()
		case '{', '[':
			depth++
			s.pos++
		case '}', ']':
			s.pos++
			if depth--; depth == 0 {
				return
			}
		default:
			s.pos++
		}
	}
}

// str passes over a string and returns where its text stands, unescaped in place.
func (s *scanner) str() cdr.Span {
	if s.need('"'); s.bad {
		return cdr.Span{}
	}
	start, end := s.pos, s.pos
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		switch c {
		case '"':
			s.pos++
			return cdr.Span{Off: uint32(start), Len: uint32(end - start)}
		case '\\':
			to, next := decode.JSONUnescape(s.text, end, s.pos)
			if s.bad = next == 0; !s.bad {
				end, s.pos = to, next
			}
		default:
			if end != s.pos {
				s.text[end] = c
			}
			end++
			s.pos++
		}
		if s.bad {
			break
		}
	}
	s.bad = true
	return cdr.Span{}
}
