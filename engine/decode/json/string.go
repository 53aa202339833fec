package json

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// str passes over the string that begins here and returns where its text
// stands, unescaped.
func (s *scanner) str() cdr.Span {
	start := s.pos + 1
	end := start // of the text so far
	for i := start; ; {
		n := decode.JSONStop(s.text, i)
		if end != i {
			copy(s.text[end:], s.text[i:n])
		}
		end += n - i
		switch {
		case n == len(s.text):
			s.fail("a string that is not closed")
		case s.text[n] == '"':
			s.pos = n + 1
			return cdr.Span{Off: uint32(start), Len: uint32(end - start)}
		case s.text[n] != '\\':
			s.fail("a control character in a string")
		default:
			wrote, next := decode.JSONUnescape(s.text, end, n)
			if next > 0 {
				end, i = wrote, next
				continue
			}
			s.fail("an escape that JSON does not know")
		}
		s.pos = n
		return cdr.Span{}
	}
}
