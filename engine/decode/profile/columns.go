package profile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// lineForm is how columns stand in a line.
type lineForm struct {
	delimiter, quote byte // quote 0: none
	escape           escape
	before, after    string
	widths           []int // how many columns there may be, any if empty
}

// maxBack is how far from the end of a line columns may be counted.
const maxBack = 8

// columnCutter cuts lines into columns.
type columnCutter struct {
	lineForm
	want  []int16        // cell of each column from the front, -1: none
	back  [maxBack]int16 // likewise from the end: back[0] is the last
	count int            // cell of how many columns there are, -1: none
	all   bool           // every column has to be looked at
}

// open reads the header row, if there is to be one.
func (d *delimited) open(head []byte) (cutter, int, error) {
	c := &columnCutter{lineForm: d.lineForm, count: -1}
	skip := decode.BOM(head)
	skip += skipLines(head[skip:], d.skip)
	var names []string
	if d.header {
		var size int
		var err error
		if names, size, err = c.names(head[skip:]); err != nil {
			return nil, 0, err
		}
		skip += size
		c.widths = []int{len(names)}
	}
	return c, skip, d.place(c, names)
}

// skipLines is how many bytes the first lines of head take up.
func skipLines(head []byte, lines int) (size int) {
	for range lines {
		n := bytes.IndexByte(head[size:], '\n')
		if n < 0 {
			return len(head)
		}
		size += n + 1
	}
	return size
}

// names reads the header row at the beginning of head.
func (c *columnCutter) names(head []byte) (names []string, size int, err error) {
	lines := decode.NewLines(head)
	if !lines.Next() {
		return nil, 0, fmt.Errorf("the file is empty; the first line must name the columns")
	}
	if lines.Passed() == len(head) && len(head) >= decode.MaxHead {
		return nil, 0, fmt.Errorf("the header row is longer than %d bytes", decode.MaxHead)
	}
	r := record{raw: lines.At.Text, mark: -1}
	for pos := 0; pos <= len(r.raw); {
		off, end, next, problem := c.column(&r, pos)
		if problem != "" {
			return nil, 0, fmt.Errorf("header row: column %d: %s", len(names)+1, problem)
		}
		names = append(names, strings.ToLower(string(trim(r.texts()[off:end]))))
		pos = next
	}
	return names, lines.Passed(), nil
}

// place finds the columns of the cells.
func (d *delimited) place(c *columnCutter, names []string) error {
	for i := range c.back {
		c.back[i] = -1
	}
	for i, s := range d.sources {
		place := s.place
		switch {
		case s.count:
			c.count, c.all = i, true
			continue
		case s.name != "":
			if place = slices.Index(names, s.name); place >= 0 {
				break
			}
			if slices.Contains(d.optional, s.name) {
				continue
			}
			return fmt.Errorf("the header row does not name %s", s.name)
		case place < 0:
			c.back[-place-1], c.all = int16(i), true
			continue
		}
		for len(c.want) <= place {
			c.want = append(c.want, -1)
		}
		c.want[place] = int16(i)
	}
	c.all = c.all || len(c.widths) > 0
	return nil
}

func (c *columnCutter) framing() decode.Framing { return nil }

// cut implements cutter.
func (c *columnCutter) cut(r *record) string {
	var ring [maxBack]cell
	n, from := 0, 0
	if c.before != "" && prefixed(r.raw, c.before) {
		from = len(c.before)
	}
	if k := len(r.raw) - len(c.after); c.after != "" && k >= from && string(r.raw[k:]) == c.after {
		r.raw = r.raw[:k]
	}
	for pos := from; pos <= len(r.raw); n++ {
		off, end, next, problem := c.column(r, pos)
		if problem != "" {
			return fmt.Sprintf("column %d: %s", n+1, problem)
		}
		pos = next
		if n < len(c.want) {
			if i := c.want[n]; i >= 0 {
				r.at(int(i), off, end)
			}
		} else if !c.all {
			return ""
		}
		ring[n%maxBack] = cell{uint32(off), uint32(end), true}
	}
	if len(c.widths) > 0 && !slices.Contains(c.widths, n) {
		return c.width(n)
	}
	for i, to := range c.back {
		if to >= 0 && i < n {
			r.cells[to] = ring[(n-1-i)%maxBack]
		}
	}
	if c.count >= 0 {
		from := r.begin()
		r.buf = appendInt(r.buf, n)
		r.made(c.count, from)
	}
	return ""
}

func appendInt(b []byte, n int) []byte {
	if n >= 10 {
		b = appendInt(b, n/10)
	}
	return append(b, byte('0'+n%10))
}

func (c *columnCutter) width(n int) string {
	var want []string
	for _, w := range c.widths {
		want = append(want, fmt.Sprint(w))
	}
	return fmt.Sprintf("%d columns, a record has %s", n, strings.Join(want, " or "))
}

// column finds the column that begins at pos. next is where the following one begins,
// beyond the line when this was the last.
func (c *columnCutter) column(r *record, pos int) (off, end, next int, problem string) {
	line := r.raw
	if c.quote != 0 {
		start := pos
		for start < len(line) && line[start] == ' ' {
			start++
		}
		if start < len(line) && line[start] == c.quote {
			return c.quoted(r, start+1)
		}
	}
	if c.escape == backslashQuote {
		return c.escaped(r, pos, c.delimiter)
	}
	n := bytes.IndexByte(line[pos:], c.delimiter)
	if n < 0 {
		n = len(line) - pos
	}
	if c.quote != 0 && c.escape == doubledQuote && bytes.IndexByte(line[pos:pos+n], c.quote) >= 0 {
		return 0, 0, 0, "a quote inside a column that is not quoted"
	}
	return pos, pos + n, pos + n + 1, ""
}

const openQuote = "a quote that is not closed (a column holds no line break)"

// quoted finds the column whose text begins at pos, behind its quote.
func (c *columnCutter) quoted(r *record, pos int) (off, end, next int, problem string) {
	switch c.escape {
	case backslashQuote:
		if off, end, next, problem = c.escaped(r, pos, c.quote); problem != "" {
			return off, end, next, problem
		}
		if next > len(r.raw) {
			return 0, 0, 0, openQuote
		}
	case unescapedQuote:
		return c.unescaped(r.raw, pos)
	default:
		doubled := false
		for end = pos; ; end += 2 {
			n := bytes.IndexByte(r.raw[end:], c.quote)
			if n < 0 {
				return 0, 0, 0, openQuote
			}
			end += n
			if c.escape == noQuote || end+1 == len(r.raw) || r.raw[end+1] != c.quote {
				break
			}
			doubled = true
		}
		off, next = pos, end+1
		if doubled {
			end = c.undouble(r, off, end)
		}
	}
	for next < len(r.raw) && r.raw[next] == ' ' {
		next++
	}
	if next < len(r.raw) && r.raw[next] != c.delimiter {
		return 0, 0, 0, "text after a closing quote"
	}
	return off, end, next + 1, ""
}

// undouble makes doubled quotes of a text single, in a copy of the record.
func (c *columnCutter) undouble(r *record, off, end int) int {
	r.begin()
	b := r.buf[r.mark:]
	n := off
	for i := off; i < end; i++ {
		b[n] = b[i]
		n++
		if b[i] == c.quote {
			i++
		}
	}
	return n
}

// escaped finds a text that begins at pos and goes on to a byte that no backslash
// precedes; next is behind it.
func (c *columnCutter) escaped(r *record, pos int, until byte) (off, end, next int, problem string) {
	end = pos
	marks := 0
	for end < len(r.raw) && r.raw[end] != until {
		if r.raw[end] == '\\' && end+1 < len(r.raw) {
			marks++
			end++
		}
		end++
	}
	next = end + 1
	if marks == 0 {
		return pos, end, next, ""
	}
	r.begin()
	b := r.buf[r.mark:]
	n := pos
	for i := pos; i < end; i++ {
		if b[i] == '\\' && i+1 < end {
			i++
		}
		b[n] = b[i]
		n++
	}
	return pos, n, next, ""
}

// unescaped finds the end of a quoted text that may hold quotes: a quote that ends the
// line, or behind which a delimiter and another quote follow.
func (c *columnCutter) unescaped(line []byte, pos int) (off, end, next int, problem string) {
	for end = pos; ; end++ {
		n := bytes.IndexByte(line[end:], c.quote)
		if n < 0 {
			return 0, 0, 0, openQuote
		}
		end += n
		next = skipSpaces(line, end+1)
		if next == len(line) {
			return pos, end, next + 1, ""
		}
		if line[next] != c.delimiter {
			continue
		}
		if after := skipSpaces(line, next+1); after < len(line) && line[after] == c.quote {
			return pos, end, next + 1, ""
		}
	}
}

func skipSpaces(line []byte, pos int) int {
	for pos < len(line) && line[pos] == ' ' {
		pos++
	}
	return pos
}
