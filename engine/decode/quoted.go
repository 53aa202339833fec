package decode

import "bytes"

// Cell is one field of a line of separated values.
type Cell struct {
	Off, End int  // its text in the line, quotes left out
	Doubled  bool // it holds doubled quotes
}

// NextCell finds the field that begins at from. next is where the following
// field begins, beyond len(line) when this was the last. Spaces around a quoted
// field do not count. A quote inside an unquoted field and text after a closing
// quote are problems.
func NextCell(line []byte, from int, separator byte) (c Cell, next int, problem string) {
	start := from
	for start < len(line) && line[start] == ' ' {
		start++
	}
	if start < len(line) && line[start] == '"' {
		return quotedCell(line, start+1, separator)
	}
	n := bytes.IndexByte(line[from:], separator)
	if n < 0 {
		n = len(line) - from
	}
	if bytes.IndexByte(line[from:from+n], '"') >= 0 {
		return c, 0, "a quote inside a field that is not quoted"
	}
	return Cell{Off: from, End: from + n}, from + n + 1, ""
}

func quotedCell(line []byte, from int, separator byte) (c Cell, next int, problem string) {
	c.Off, c.End = from, from
	for {
		n := bytes.IndexByte(line[c.End:], '"')
		if n < 0 {
			return c, 0, "a quote that is not closed (a field holds no line break)"
		}
		c.End += n
		if c.End+1 == len(line) || line[c.End+1] != '"' {
			break
		}
		c.Doubled = true
		c.End += 2
	}
	next = c.End + 1
	for next < len(line) && line[next] == ' ' && separator != ' ' {
		next++
	}
	if next < len(line) && line[next] != separator {
		return c, 0, "text after a closing quote"
	}
	return c, next + 1, ""
}

// Undouble turns doubled quotes in b into single ones, in place, and returns
// the new length.
func Undouble(b []byte) int {
	n := 0
	for i := 0; i < len(b); i++ {
		b[n] = b[i]
		n++
		if b[i] == '"' {
			i++
		}
	}
	return n
}
