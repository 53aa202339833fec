package json

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// scanner walks one line. After a problem its methods return at once or do no
// harm: callers look at problem where they loop.
type scanner struct {
	text    []byte // of the line; strings are unescaped in place
	pos     int
	problem string
	value   bool // the problem is with a value, not with the syntax
}

const maxDepth = 64

// fail keeps the first problem.
func (s *scanner) fail(problem string) {
	if s.problem == "" {
		s.problem = problem
	}
}

// peek skips blanks and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.pos = decode.JSONBlank(s.text, s.pos); s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

// object reads the line's one object into r.
func (s *scanner) object(r *decode.Row) {
	if s.peek() != '{' {
		s.fail("an object was expected")
		return
	}
	s.pos++
	if s.peek() == '}' {
		s.pos++
	} else {
		for s.member(r) {
		}
	}
	if s.problem == "" && s.peek() != 0 || s.problem == "" && s.pos < len(s.text) {
		s.fail("text after the object")
	}
}

// member reads "key": value and the comma or brace behind it; true when there
// is another member.
func (s *scanner) member(r *decode.Row) bool {
	key, ok := s.key()
	if !ok {
		return false
	}
	c := decode.ColumnNamed(key.Of(s.text))
	if c == decode.NoColumn {
		s.skip(0)
	} else {
		s.column(c, r)
	}
	return s.problem == "" && s.more('}')
}

// key reads a key and its colon.
func (s *scanner) key() (key cdr.Span, ok bool) {
	if s.peek() != '"' {
		s.fail("a key in quotes was expected")
		return key, false
	}
	key = s.str()
	if s.problem != "" {
		return key, false
	}
	if s.peek() != ':' {
		s.fail("a colon was expected")
		return key, false
	}
	s.pos++
	return key, true
}

// more reads what follows a member or element: a comma, or the closing bracket.
func (s *scanner) more(closing byte) bool {
	c := s.peek()
	if c != ',' && c != closing {
		s.fail("a comma or a closing bracket was expected")
		return false
	}
	s.pos++
	return c == ','
}

// column reads the value of column c.
func (s *scanner) column(c decode.Column, r *decode.Row) {
	r.Has |= 1 << c
	switch b := s.peek(); b {
	case '"':
		r.At[c] = s.str()
	case '{', '[':
		s.problem, s.value = c.String()+": is neither a text nor a number", true
	case 'n':
		r.At[c] = cdr.Span{}
		s.word("null")
	case 't', 'f':
		start := s.pos
		s.skip(0)
		r.At[c] = cdr.Span{Off: uint32(start), Len: uint32(s.pos - start)}
		if s.problem == "" && c != decode.Forwarded {
			s.problem, s.value = c.String()+": is neither a text nor a number", true
		}
	default:
		start := s.pos
		s.number()
		r.At[c] = cdr.Span{Off: uint32(start), Len: uint32(s.pos - start)}
	}
}

// skip passes over any value.
func (s *scanner) skip(depth int) {
	switch c := s.peek(); {
	case c == '"':
		s.str()
	case c == 't':
		s.word("true")
	case c == 'f':
		s.word("false")
	case c == 'n':
		s.word("null")
	case c != '{' && c != '[':
		s.number()
	case depth == maxDepth:
		s.fail("nested too deep")
	case c == '{':
		s.skipObject(depth + 1)
	default:
		s.skipArray(depth + 1)
	}
}

func (s *scanner) skipObject(depth int) {
	s.pos++
	if s.peek() == '}' {
		s.pos++
		return
	}
	for {
		if _, ok := s.key(); !ok {
			return
		}
		s.skip(depth)
		if s.problem != "" || !s.more('}') {
			return
		}
	}
}

func (s *scanner) skipArray(depth int) {
	s.pos++
	if s.peek() == ']' {
		s.pos++
		return
	}
	for {
		s.skip(depth)
		if s.problem != "" || !s.more(']') {
			return
		}
	}
}

// word passes over a literal.
func (s *scanner) word(w string) {
	if len(s.text)-s.pos < len(w) || string(s.text[s.pos:s.pos+len(w)]) != w {
		s.fail("a value was expected")
		return
	}
	s.pos += len(w)
}

// number passes over a number of JSON's grammar.
func (s *scanner) number() {
	end, problem := decode.JSONNumber(s.text, s.pos)
	if s.pos = end; problem != "" {
		s.fail(problem)
	}
}
