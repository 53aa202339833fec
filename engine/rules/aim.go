package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// aim finds where in the rule file a character of a scalar stands. YAML changes
// a text on the way from the file to the value: lines are folded, indents and
// quotes dropped. But it keeps the characters other than spaces and their order,
// so the place of one is found by counting along both.
//
// lines is the file, start where the scalar begins (its first character, its quote,
// or the | or > of a block), value the scalar, at a rune of it.
func aim(lines []string, start place, value string, at int) place {
	found, n := start, 0
	next := marks(lines, start)
	for _, r := range value {
		if n > at {
			break
		}
		if !unicode.IsSpace(r) {
			p, ok := next(r)
			if !ok {
				return start
			}
			found = p
			if n < at {
				found.column++ // at may be a space, or the end
			}
		}
		n++
	}
	return found
}

// marks returns a function that gives the place of the next r in the lines from
// start on.
func marks(lines []string, start place) func(r rune) (place, bool) {
	p := start
	rest := ""
	if p.line <= len(lines) {
		rest = skipRunes(lines[p.line-1], p.column-1)
	}
	if strings.HasPrefix(rest, "|") || strings.HasPrefix(rest, ">") { // its text begins on the next line
		rest = ""
	}
	return func(r rune) (place, bool) {
		for {
			for rest == "" {
				if p.line++; p.line > len(lines) {
					return p, false
				}
				rest, p.column = lines[p.line-1], 1
			}
			c, size := utf8.DecodeRuneInString(rest)
			rest = rest[size:]
			here := p
			p.column++
			if c == r {
				return here, true
			}
		}
	}
}

// inside is p, or the nearest place in the lines: the parser's positions are at times
// off by a few.
func inside(lines []string, p place) place {
	p.line = min(max(p.line, 1), len(lines))
	p.column = min(max(p.column, 1), utf8.RuneCountInString(lines[p.line-1])+1)
	return p
}

func skipRunes(s string, n int) string {
	for range n {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return s
}

// unprintable finds what no text file has.
func unprintable(text []byte) (place, string) {
	p := place{1, 1}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return p, "this is not UTF-8"
		case r == '\r' && (i+1 == len(text) || text[i+1] != '\n'):
			return p, "a carriage return without a line feed"
		case r < ' ' && r != '\n' && r != '\r' && r != '\t':
			return p, "a control character"
		}
		if p.column++; r == '\n' {
			p = place{p.line + 1, 1}
		}
		i += size
	}
	return place{}, ""
}
