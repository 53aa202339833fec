package profile

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// jsonFraming cuts a stream of JSON objects: one after the other, a line each or over
// many lines, or the elements of one array. Brackets are matched outside of strings,
// and the grammar is watched, so that a record that is cut short does not swallow
// those behind it: where a value cannot be, the record is set aside up to the next
// line that begins with a brace. A line that begins like an encoded object is a record
// too.
type jsonFraming struct{}

var _ decode.Framing = jsonFraming{}

const (
	// maxObject is the longest object that is taken for one.
	maxObject = 1 << 20
	// maxJSONJunk is how many bytes are set aside at a time.
	maxJSONJunk = 64 << 10
)

// Cut implements [decode.Framing].
func (jsonFraming) Cut(data []byte, last bool) decode.Piece {
	n := 0
	for n < len(data) && between(data[n]) {
		n++
	}
	if n > 0 {
		return decode.Piece{Kind: decode.FillPiece, Size: n}
	}
	if data[0] != '{' {
		return cutStray(data, last)
	}
	size, problem := matchObject(data[:min(len(data), maxObject)])
	switch {
	case size > 0:
		return decode.Piece{Kind: decode.RecordPiece, Size: size, Record: cdr.Span{Len: uint32(size)}}
	case problem != "" || len(data) >= maxObject || last:
		return cutJunk(data, last)
	}
	return decode.Piece{}
}

// between tells the bytes that stand between objects: blanks, what arrays are made
// of, and the record separator of RFC 7464.
func between(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', ',', '[', ']', 0x1E:
		return true
	}
	return false
}

// cutStray cuts what does not begin with a brace.
func cutStray(data []byte, last bool) decode.Piece {
	const look = len(bodyName) + 3
	if len(data) < look && !last {
		return decode.Piece{}
	}
	if jsonEncoded(data[:min(len(data), look)]) == 0 {
		return cutJunk(data, last)
	}
	n := bytes.IndexByte(data[:min(len(data), maxObject)], '\n')
	switch {
	case n >= 0:
		return decode.Piece{Kind: decode.RecordPiece, Size: n, Record: cdr.Span{Len: uint32(n)}}
	case len(data) >= maxObject:
		return decode.Piece{Kind: decode.JunkPiece, Size: maxObject, Reason: noObject + "it is longer than a mebibyte"}
	case last:
		return decode.Piece{Kind: decode.RecordPiece, Size: len(data), Record: cdr.Span{Len: uint32(len(data))}}
	}
	return decode.Piece{}
}

const noObject = "this is no JSON object: "

// cutJunk sets bytes aside up to the next line that begins with a brace. The reason
// depends on those bytes alone: it is the same whatever follows them.
func cutJunk(data []byte, last bool) decode.Piece {
	n := min(len(data), maxJSONJunk)
	size := bytes.Index(data[:n], []byte("\n{")) + 1
	if size == 0 {
		if n < maxJSONJunk && !last {
			return decode.Piece{}
		}
		size = n
	}
	why := "it does not begin with a brace"
	if data[0] == '{' {
		if _, why = matchObject(data[:size]); why == "" {
			why = "it is cut short, or longer than a mebibyte"
		}
	}
	return decode.Piece{Kind: decode.JunkPiece, Size: size, Reason: noObject + why}
}

// What may come next in an object or an array.
const (
	wantFirstKey   = iota // a key, or the end of an object
	wantKey               // a key
	wantColon             // a colon
	wantFirstValue        // a value, or the end of an array
	wantValue             // a value
	wantMore              // a comma, or the end
)

// matchObject is the size of the object that b begins with, 0 if it is not whole. The
// problem is why it never will be.
func matchObject(b []byte) (size int, problem string) {
	m := jsonMatcher{text: b}
	for m.at < len(b) {
		c := b[m.at]
		if c == ' ' || c == '\t' || c == '\r' || c == '\n' {
			m.at++
			continue
		}
		if problem = m.step(c); problem != "" {
			return 0, problem
		}
		if m.depth == 0 {
			return min(m.at, len(b)), ""
		}
	}
	return 0, ""
}

// jsonMatcher is where a walk through an object stands.
type jsonMatcher struct {
	text   []byte
	at     int
	depth  int
	arrays [maxJSONDepth + 1]bool // by depth: it is an array
	want   int
}

// step takes a token that begins with c.
func (m *jsonMatcher) step(c byte) (problem string) {
	value := m.want == wantValue || m.want == wantFirstValue || m.depth == 0
	switch {
	case c == '{' || c == '[':
		if !value {
			return "a bracket where none may be"
		}
		if m.depth == maxJSONDepth {
			return "it is nested deeper than 64 levels"
		}
		m.depth++
		m.at++
		m.arrays[m.depth] = c == '['
		m.want = wantFirstKey
		if c == '[' {
			m.want = wantFirstValue
		}
	case c == '}' || c == ']':
		array := c == ']'
		if m.arrays[m.depth] != array || m.want != wantMore && m.want != wantFirstKey && m.want != wantFirstValue {
			return "a closing bracket where none may be"
		}
		m.depth--
		m.at++
		m.want = wantMore
	case c == ',' && m.want == wantMore:
		m.at++
		m.want = wantKey
		if m.arrays[m.depth] {
			m.want = wantValue
		}
	case c == ':' && m.want == wantColon:
		m.at++
		m.want = wantValue
	case c == '"' && (m.want == wantKey || m.want == wantFirstKey):
		m.want = wantColon
		return m.str()
	case c == '"' && value:
		m.want = wantMore
		return m.str()
	case value && (c == '-' || c-'0' <= 9 || c == 't' || c == 'f' || c == 'n'):
		m.want = wantMore
		m.literal()
	default:
		return "a character where it may not be"
	}
	return ""
}

// str passes over a string, perhaps to the end of the text.
func (m *jsonMatcher) str() (problem string) {
	for i := m.at + 1; ; i += 2 {
		i = decode.JSONStop(m.text, min(i, len(m.text)))
		switch {
		case i == len(m.text):
			m.at = i
			return ""
		case m.text[i] == '"':
			m.at = i + 1
			return ""
		case m.text[i] != '\\':
			return "a control character in a string"
		}
	}
}

// literal passes over a number or a word.
func (m *jsonMatcher) literal() {
	for m.at < len(m.text) {
		switch c := m.text[m.at]; {
		case c-'0' <= 9, c >= 'a' && c <= 'z', c == '-', c == '+', c == '.', c == 'E':
			m.at++
		default:
			return
		}
	}
}
