package decode

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Lines walks the records of a block of text, one a line. Line ends are LF or
// CRLF, the last may be missing; blank lines are no records.
//
//	for lines := decode.NewLines(block); lines.Next(); {
//		lines.At ...
//	}
type Lines struct {
	At Line // the record Next found

	block []byte
	pos   int
	line  uint32
}

// NewLines starts at the beginning of block.
func NewLines(block []byte) Lines { return Lines{block: block} }

// Next moves to the next record; false at the end of the block.
func (s *Lines) Next() bool {
	for s.pos < len(s.block) {
		start, number := s.pos, s.line
		rest := s.block[start:]
		n := bytes.IndexByte(rest, '\n')
		if n < 0 {
			n = len(rest)
			s.pos = len(s.block)
		} else {
			s.pos += n + 1
			s.line++
		}
		if n > 0 && rest[n-1] == '\r' {
			n--
		}
		if n == 0 || rest[0] <= ' ' && len(Trim(rest[:n])) == 0 {
			continue
		}
		s.At = Line{Text: rest[:n], Raw: cdr.Span{Off: uint32(start), Len: uint32(n)}, Line: number}
		return true
	}
	return false
}

// Count is the count of line feeds passed so far; of the block, once Next
// returned false.
func (s *Lines) Count() int64 { return int64(s.line) }

// Passed is how many bytes of the block lie behind.
func (s *Lines) Passed() int { return s.pos }
