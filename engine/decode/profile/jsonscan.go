package profile

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// jsonScan walks one object and sets the cells that paths lead to. It changes nothing
// in the text; all texts of cells are made. After a problem its methods return at once
// or do no harm.
type jsonScan struct {
	text    []byte
	pos     int
	problem string
	value   bool // the problem is with a value, not with the syntax

	tree   []jsonNode
	leaves []jsonLeaf
	r      *record
	name   [64]byte // a name that had escapes
}

const (
	maxJSONDepth = 64
	nowhere      = -1 // no path leads here
)

func (s *jsonScan) fail(problem string) {
	if s.problem == "" {
		s.problem = problem
	}
}

// record reads the text's one object.
func (s *jsonScan) record() (problem string) {
	if s.peek() != '{' {
		s.fail("an object was expected")
	} else if s.any(0, 0); s.problem == "" && (s.peek() != 0 || s.pos < len(s.text)) {
		s.fail("text after the object")
	}
	if s.problem == "" || s.value {
		return s.problem
	}
	return fmt.Sprintf("malformed JSON at byte %d: %s", s.pos, s.problem)
}

// peek skips blanks and returns the next byte, 0 at the end.
func (s *jsonScan) peek() byte {
	if s.pos = decode.JSONBlank(s.text, s.pos); s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

// any reads a value at a node, or passes over it nowhere.
func (s *jsonScan) any(node, depth int) {
	if depth > maxJSONDepth {
		s.fail("nested too deep")
		return
	}
	c := s.peek()
	if node != nowhere && c != '[' {
		for _, e := range s.tree[node].elements { // one element in place of an array of one
			if e.index <= 0 && s.problem == "" {
				start := s.pos
				s.any(e.node, depth+1)
				s.pos = start
			}
		}
	}
	switch c {
	case '{':
		s.object(node, depth)
	case '[':
		s.array(node, depth)
	default:
		s.single(node, c)
	}
}

// again empties the cells at and below a node that a value comes for: of members of
// the same name the last counts.
func (s *jsonScan) again(node int) {
	for _, i := range s.tree[node].below {
		s.r.cells[i] = cell{}
	}
}

func (s *jsonScan) object(node, depth int) {
	s.composite(node)
	s.pos++
	if s.peek() == '}' {
		s.pos++
		return
	}
	for s.problem == "" {
		name, ok := s.key()
		if !ok {
			return
		}
		next := nowhere
		if node != nowhere {
			if next = s.tree[node].member(name); next != nowhere {
				s.again(next)
			}
		}
		if s.any(next, depth+1); !s.more('}') {
			return
		}
	}
}

func (s *jsonScan) array(node, depth int) {
	s.composite(node)
	s.pos++
	if s.peek() == ']' {
		s.pos++
		return
	}
	for i := 0; s.problem == ""; i++ {
		if node != nowhere {
			start := s.pos
			for _, e := range s.tree[node].elements {
				if e.index == i || e.index == -1 {
					s.again(e.node)
					s.any(e.node, depth+1)
					s.pos = start
				}
			}
		}
		if s.any(nowhere, depth+1); !s.more(']') {
			return
		}
	}
}

// composite tells where a text was wanted of an object or an array.
func (s *jsonScan) composite(node int) {
	if node == nowhere || len(s.tree[node].cells) == 0 || s.problem != "" {
		return
	}
	s.problem, s.value = s.leaves[s.tree[node].cells[0]].path+": is neither a text nor a number", true
}

// key reads a name and its colon.
func (s *jsonScan) key() (name []byte, ok bool) {
	if s.peek() != '"' {
		s.fail("a key in quotes was expected")
		return nil, false
	}
	name, escaped := s.str()
	if escaped && len(name) <= len(s.name) {
		name = unescaped(s.name[:0], name)
	}
	if s.problem == "" && s.peek() != ':' {
		s.fail("a colon was expected")
	}
	s.pos++
	return name, s.problem == ""
}

// more reads what follows a member or element: a comma, or the closing bracket.
func (s *jsonScan) more(closing byte) bool {
	if s.problem != "" {
		return false
	}
	c := s.peek()
	if c != ',' && c != closing {
		s.fail("a comma or a closing bracket was expected")
		return false
	}
	s.pos++
	return c == ','
}

// single reads a value that is no object and no array. null is a text that is there
// and empty.
func (s *jsonScan) single(node int, c byte) {
	start, escaped := s.pos, false
	var text []byte
	switch c {
	case '"':
		text, escaped = s.str()
	case 't':
		text = s.word("true")
	case 'f':
		text = s.word("false")
	case 'n':
		s.word("null")
	default:
		s.number()
		text = s.text[start:s.pos]
	}
	if node == nowhere || s.problem != "" {
		return
	}
	for _, i := range s.tree[node].cells {
		from := s.r.begin()
		if escaped {
			s.r.buf = unescaped(s.r.buf, text)
		} else {
			s.r.buf = append(s.r.buf, text...)
		}
		if s.leaves[i].url {
			s.r.percent(from)
		}
		s.r.made(i, from)
	}
}
