package csv

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// scan finds where the fields of a block of lines end, some thousand bytes at a
// time, and hands them out as sheets of records.
type scan struct {
	block            []byte
	separator, blank byte // blank is what fields are trimmed of besides spaces
	fields           int  // of a record
	special          [16]byte
	calm             bool // the stretch before was plain, and so the next is likely to be
	wanted           int  // words of a stretch: those of a sheet

	base  int    // the words are of block[base:], where a line begins
	count int    // words made
	odd   uint64 // odd bits of all words together; where it is 0, words have none
	even  bool   // every line of the stretch has as many marks as a record has fields
	lines int    // how many lines are known to be plain records, of which spans tell
	next  int    // the mark that precedes the next line
	found int    // the last mark
	words words
	marks [1 + stretch*64 + marksRoom]uint16 // what is behind each mark, in bytes from base; the first is 0
	spans [stretch * 64 / 2]cdr.Span         // of lines; a line has two marks at least
}

// begin begins a block of records under a header.
func (s *scan) begin(h *header, block []byte) {
	s.block, s.separator, s.blank, s.fields = block, h.separator, '\t', len(h.columns)
	if h.separator == '\t' {
		s.blank = ' '
	}
	s.special, s.calm, s.wanted = specialBytes(s.separator, s.blank), s.fields > 1, stretch
	s.fill(0)
}

// sheet puts the records into out that begin at pos, as many as can be told by
// their marks alone: none when the first one cannot. next is where they end.
func (s *scan) sheet(out *decode.Sheet, pos int) (next int) {
	s.seek(pos)
	rows := s.rows(out)
	if rows == 0 && s.next+s.fields > s.found && s.base < pos && s.more() { // there may be more of the line
		s.fill(pos)
		rows = s.rows(out)
	}
	from := s.next
	s.next += rows * s.fields
	out.Rows, out.Base, out.Marks = rows, s.base, s.marks[from:s.next+1]
	next = s.behind(s.next)
	s.learn(rows, next-s.behind(from))
	return next
}

// learn makes the next stretch as long as a sheet is likely to be: what is behind the last
// line of a sheet is looked at again.
func (s *scan) learn(rows, size int) {
	s.wanted = stretch
	if rows >= decode.SheetRows/2 {
		s.wanted = min(stretch, size*decode.SheetRows/rows/64+spare)
	}
}

// behind is where the text behind a mark begins in the block.
func (s *scan) behind(mark int) int { return s.base + int(s.marks[mark]) }

// more reports whether the block goes on behind the stretch.
func (s *scan) more() bool { return s.base+s.count*64 < len(s.block) }

// seek makes the line at pos the next one.
func (s *scan) seek(pos int) {
	used := pos - s.base
	if used > s.count*64 || used > s.count*64/2 && s.found-s.next < s.fields*decode.SheetRows/2 && s.more() {
		s.fill(pos)
		return
	}
	if s.behind(s.next) == pos {
		return
	}
	for s.even, s.lines = false, 0; s.next < s.found && s.behind(s.next) != pos; s.next++ {
	}
}

// rows finds the places of lines that are plain and have as many fields as a record.
func (s *scan) rows(out *decode.Sheet) (n int) {
	mark := s.next
	out.Returns = false
	if s.lines > 0 {
		return out.SetRaws(s.spans[mark/s.fields : s.lines])
	}
	if s.even && s.odd == 0 {
		n = s.clearRows(out)
		mark += n * s.fields
	}
	for n < decode.SheetRows && mark+s.fields <= s.found {
		start, end := s.behind(mark), s.behind(mark+s.fields)-1
		if !s.even && !s.line(mark) || s.odd != 0 && !s.plain(start, end) {
			break
		}
		if end > start && s.block[end-1] == '\r' {
			end--
			if end > start && s.block[end-1] <= ' ' {
				break
			}
			out.Returns, s.calm = true, false
		}
		out.SetRaw(n, start, end)
		mark += s.fields
		n++
	}
	return n
}

// clearRows is rows of a stretch of which every line is plain and a record, up to one
// with a carriage return.
func (s *scan) clearRows(out *decode.Sheet) (n int) {
	block, base, fields := s.block, s.base, s.fields
	start := s.behind(s.next)
	for mark := s.next + fields; n < decode.SheetRows && mark <= s.found; mark += fields {
		next := base + int(s.marks[mark])
		if at := next - 2; at >= start && block[at] == '\r' {
			break
		}
		out.SetRaw(n, start, next-1)
		start = next
		n++
	}
	return n
}

// line reports whether the record behind a mark is a line: of its marks the last
// one is a line feed, and no other.
func (s *scan) line(mark int) bool {
	for i := mark + 1; i < mark+s.fields; i++ {
		if s.feed(i) {
			return false
		}
	}
	return s.feed(mark + s.fields)
}

// feed reports whether a mark is a line feed.
func (s *scan) feed(mark int) bool {
	at := s.behind(mark) - 1
	return at == len(s.block) || s.block[at] == '\n'
}

// fill makes the words and marks of the stretch that begins with the line at pos.
// A line feed is added at the end of the block.
func (s *scan) fill(pos int) {
	text := s.block[pos:]
	whole := min(len(text)/64, s.wanted)
	s.base, s.next, s.count = pos, 0, whole
	if s.calm && whole == s.wanted && s.plainly(text[:whole*64]) {
		return
	}
	s.odd = classify(&s.words, text[:whole*64], s.separator, s.blank)
	if whole < s.wanted {
		s.lastWord(text, whole)
	}
	s.found = flatten(s.marks[1:], &s.words, s.count)
	s.even, s.lines = s.evenly(), 0
	s.calm = s.odd == 0 && s.even && s.fields > 1
}

// plainly is fill of a stretch that is all plain records, as nearly all are; false where
// it is not, or cannot be told.
//
// Its marks are those of all special bytes, and their sum tells whether there were others
// than separators, and a line feed at the end of each line: the separator is the largest of
// the special bytes, or the smallest, so that any other in its place makes another sum.
func (s *scan) plainly(text []byte) bool {
	sum, ok := mark(&s.words, text, &s.special)
	if !ok {
		return false
	}
	s.found = flatten(s.marks[1:], &s.words, s.count)
	s.odd, s.even, s.lines = 0, true, s.found/s.fields
	return sum == s.lines*'\n'+(s.found-s.lines)*int(s.separator) &&
		lines(s.spans[:s.lines], s.marks[:], text, s.base, s.fields) == s.lines
}

// lastWord makes word i, of the fewer than 64 bytes that end the block.
func (s *scan) lastWord(text []byte, i int) {
	var b [64]byte
	var w words
	b[copy(b[:], text[i*64:])] = '\n'
	odd := classify(&w, b[:], s.separator, s.blank)
	if i > 0 && (text[i*64-1] == ' ' || text[i*64-1] == s.blank) {
		odd |= w.marks[0] & 1
	}
	s.words.marks[i], s.words.odd[i] = w.marks[0], odd
	s.words.feeds += w.feeds
	s.odd |= odd
	s.count++
}

// evenly reports whether every line of the stretch has as many marks as a record
// has fields: there are as many line feeds as records, and each record has one for
// its last mark.
func (s *scan) evenly() bool {
	feeds := s.words.feeds
	for mark := s.fields; mark <= s.found; mark += s.fields {
		if !s.feed(mark) {
			return false
		}
		feeds--
	}
	if n := len(s.block); n > 0 && s.found%s.fields == 1 && s.behind(s.found) == n+1 && s.block[n-1] == '\n' {
		feeds-- // the one that was added ends no line
	}
	return feeds == 0
}

// plain reports whether no field of block[start:end] has quotes or is to be
// trimmed.
func (s *scan) plain(start, end int) bool {
	from, to := start-s.base, end-s.base
	found := s.words.odd[from>>6] >> (from & 63) << (from & 63)
	for i := from >> 6; i < to>>6; i++ {
		if found != 0 {
			return false
		}
		found = s.words.odd[i+1]
	}
	return found<<(63-to&63) == 0
}
