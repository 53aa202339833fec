package profile

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// fixed is the kind fixed: lines of columns of fixed width.
//
//	fixed:
//	  length: 658           bytes of a line; others are rejected
//	  least: 100            or the fewest bytes of one
//	  skip_lines: 0
//
// A source is {at: 20, length: 14}, its first byte counted from 1, or the same as first
// and last byte: "20-33". What a short line does not reach is not there.
type fixed struct {
	length, least, skip int
	stretches           []stretch // by cell
}

// stretch is some bytes of a line.
type stretch struct{ off, end int }

// maxLine is the longest line.
const maxLine = 1 << 16

func (d *fixed) section(r *reader, n ast.Node) {
	r.mapping(n, "fixed", entry{
		"length":     func(v ast.Node) { d.length = r.number(v, "length", 1, maxLine) },
		"least":      func(v ast.Node) { d.least = r.number(v, "least", 1, maxLine) },
		"skip_lines": func(v ast.Node) { d.skip = r.number(v, "skip_lines", 0, 1000) },
	})
}

func (d *fixed) source(r *reader, n ast.Node) int {
	var s stretch
	if isMapping(n) {
		s.off = 1
		length := 0
		r.mapping(n, "a source", entry{
			"at":     func(v ast.Node) { s.off = r.number(v, "at", 1, maxLine) },
			"length": func(v ast.Node) { length = r.number(v, "length", 1, maxLine) },
		})
		if s.end = s.off + length - 1; length == 0 {
			r.wrong(placeOf(n), "the source has no length: write {at: first byte, length: bytes}")
		}
	} else if text, ok := r.text(n, "a source"); ok {
		first, last, _ := strings.Cut(text, "-")
		var err1, err2 error
		s.off, err1 = strconv.Atoi(first)
		s.end, err2 = strconv.Atoi(last)
		if err1 != nil || err2 != nil || s.off < 1 || s.end < s.off || s.end > maxLine {
			names := make([]string, 0, len(r.sources))
			for name := range r.sources {
				names = append(names, name)
			}
			if near := nearest(text, names); near != "" {
				r.wrong(placeOf(n), "unknown source %s: did you mean %s?", cut(text), near)
			} else {
				r.wrong(placeOf(n), "source %q: write first and last byte, such as 20-33, or a name of sources:", cut(text))
			}
		}
	}
	s.off--
	for i, have := range d.stretches {
		if have == s {
			return i
		}
	}
	d.stretches = append(d.stretches, s)
	return len(d.stretches) - 1
}

func (d *fixed) compile(*reader) opener { return d }

func (d *fixed) open(head []byte) (cutter, int, error) {
	return d, decode.BOM(head) + skipLines(head[decode.BOM(head):], d.skip), nil
}

func (d *fixed) framing() decode.Framing { return nil }

// cut implements cutter.
func (d *fixed) cut(r *record) string {
	if n := len(r.raw); d.length > 0 && n != d.length || n < d.least {
		return fmt.Sprintf("%d bytes, a record has %d", n, max(d.length, d.least))
	}
	for i, s := range d.stretches {
		if s.off < len(r.raw) {
			r.at(i, s.off, min(s.end, len(r.raw)))
		}
	}
	return ""
}
