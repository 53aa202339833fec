package profile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// lineForm is how columns stand in a line.
type lineForm struct {
	delimiter, quote byte // quote 0: none
	escape           escape
	before, after    string
	end              byte  // of a record, 0: lines
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
		names = append(names, strings.ToLower(string(decode.Trim(r.texts()[off:end]))))
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
			return fmt.Errorf("the header row does not name %s: %s", s.name, d.advice(s.name, names))
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

// advice is what to do about a column that the header row does not name.
func (d *delimited) advice(name string, names []string) string {
	if len(names) == 1 {
		return fmt.Sprintf("with the delimiter %q it is one column, %s", d.delimiter, cut(names[0]))
	}
	if near := nearest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return "name the columns as it does, or list those that may be missing under optional; it names " + cut(strings.Join(names, ", "))
}

func (c *columnCutter) framing() decode.Framing {
	if c.end == 0 {
		return nil
	}
	return endFraming{end: c.end, quote: c.quote}
}

// cut implements cutter.
func (c *columnCutter) cut(r *record) string {
	from := 0
	if c.before != "" && prefixed(r.raw, c.before) {
		from = len(c.before)
	}
	if k := len(r.raw) - len(c.after); c.after != "" && k >= from && string(r.raw[k:]) == c.after {
		r.raw = r.raw[:k]
	}
	var last [maxBack]cell // the last columns, each at its number modulo maxBack
	n, problem := 0, ""
	if c.escape != backslashQuote && (c.quote == 0 || bytes.IndexByte(r.raw[from:], c.quote) < 0) {
		n = c.split(r, from, &last)
	} else {
		n, problem = c.walk(r, from, &last)
	}
	if problem != "" || !c.all {
		return problem
	}
	return c.finish(r, n, &last)
}

// split cuts a line without quotes and escapes, eight bytes at a time. It returns how
// many columns there are, or as many as are wanted.
func (c *columnCutter) split(r *record, start int, last *[maxBack]cell) int {
	const low, high = 0x7F7F7F7F7F7F7F7F, 0x8080808080808080
	line := r.raw
	delimiters := uint64(c.delimiter) * 0x0101010101010101
	n := 0
	pos := start
	for ; pos+8 <= len(line); pos += 8 {
		x := binary.LittleEndian.Uint64(line[pos:]) ^ delimiters
		for found := ^(x&low + low | x | low) & high; found != 0; found &= found - 1 {
			end := pos + bits.TrailingZeros64(found)>>3
			if !c.take(r, n, start, end, last) {
				return n
			}
			n++
			start = end + 1
		}
	}
	for ; pos < len(line); pos++ {
		if line[pos] == c.delimiter {
			if !c.take(r, n, start, pos, last) {
				return n
			}
			n++
			start = pos + 1
		}
	}
	c.take(r, n, start, len(line), last)
	return n + 1
}

// take notes column n; false when no more are wanted.
func (c *columnCutter) take(r *record, n, off, end int, last *[maxBack]cell) bool {
	if n < len(c.want) {
		if i := c.want[n]; i >= 0 {
			r.at(int(i), off, end)
		}
	} else if !c.all {
		return false
	}
	if c.all {
		last[n%maxBack] = cell{uint32(off), uint32(end), true}
	}
	return true
}

// walk cuts any line, column by column.
func (c *columnCutter) walk(r *record, pos int, last *[maxBack]cell) (n int, problem string) {
	for ; pos <= len(r.raw); n++ {
		off, end, next, problem := c.column(r, pos)
		if problem != "" {
			return n, fmt.Sprintf("column %d: %s", n+1, problem)
		}
		if !c.take(r, n, off, end, last) {
			return n, ""
		}
		pos = next
	}
	return n, ""
}

// finish checks how many columns there are, and finds those counted from the end.
func (c *columnCutter) finish(r *record, n int, last *[maxBack]cell) string {
	if len(c.widths) > 0 && !slices.Contains(c.widths, n) {
		return c.width(n)
	}
	for i, to := range c.back {
		if to >= 0 && i < n {
			r.cells[to] = last[(n-1-i)%maxBack]
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
	if n == 1 {
		return "1 column, a record has " + strings.Join(want, " or ")
	}
	return fmt.Sprintf("%d columns, a record has %s", n, strings.Join(want, " or "))
}
