package csv

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// lines walks the records of a block, each cut into its fields on the way.
type lines struct {
	at      decode.Line // the record that next found
	problem string      // why its fields cannot be told apart, or ""
	count   uint32      // line feeds passed

	y     *layout
	block []byte
	pos   int
	marks marks
}

func (s *lines) begin(y *layout, block []byte) {
	s.y, s.block = y, block
	s.marks.block, s.marks.separator, s.marks.blank = block, y.separator, '\t'
	if y.separator == '\t' {
		s.marks.blank = ' '
	}
	s.marks.fill(0)
}

// next moves to the next record and puts the places of its fields into r; false
// at the end of the block.
func (s *lines) next(r *decode.Row, text *[]byte) bool {
	start := s.pos
	if start >= len(s.block) {
		return false
	}
	end, ok := s.marks.end(start)
	columns := s.y.columns
	if !ok || !s.marks.plain(start, end) || !s.marks.take(columns, start, end, r) {
		return s.slow(r, text)
	}
	number := s.count
	next := end + 1
	if end > start && s.block[end-1] == '\r' {
		end--
		if end > start && s.block[end-1] <= ' ' {
			return s.slow(r, text)
		}
		r.At[columns[len(columns)-1]].Len--
	}
	r.Base = s.block
	if s.pos = next; next <= len(s.block) {
		s.count++
	}
	s.at = decode.Line{Text: s.block[start:end], Raw: cdr.Span{Off: uint32(start), Len: uint32(end - start)}, Line: number}
	s.problem = ""
	return true
}

// slow is next for everything out of the ordinary, blank lines first of all.
func (s *lines) slow(r *decode.Row, text *[]byte) bool {
	rest := decode.NewLines(s.block[s.pos:])
	found := rest.Next()
	s.at = rest.At
	s.at.Raw.Off += uint32(s.pos)
	s.at.Line += s.count
	s.pos += rest.Passed()
	s.count += uint32(rest.Count())
	if !found {
		return false
	}
	s.marks.seek(s.pos)
	s.problem = s.y.split(s.at.Text, r, text)
	return true
}
