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

	y      *layout
	block  []byte
	pos    int
	marks  marks
	quotes quotes
}

func newLines(y *layout, block []byte) lines {
	s := lines{
		y: y, block: block,
		marks:  marks{block: block, separator: ones * uint64(y.separator)},
		quotes: quotes{block: block, next: -1},
	}
	s.marks.seek(0)
	return s
}

// next moves to the next record and puts the places of its fields into r; false
// at the end of the block.
func (s *lines) next(r *decode.Row, text *[]byte) bool {
	start := s.pos
	if start >= len(s.block) {
		return false
	}
	columns := s.y.columns
	end, ok := s.marks.take(columns, start, r)
	if !ok || s.quotes.within(start, end) {
		return s.slow(r, text)
	}
	r.Base = s.block
	number := s.count
	if s.pos = end + 1; end < len(s.block) {
		s.count++
	}
	if end > start && s.block[end-1] == '\r' {
		end--
		r.At[columns[len(columns)-1]].Len--
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
