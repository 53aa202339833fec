package profile

import "bytes"

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
