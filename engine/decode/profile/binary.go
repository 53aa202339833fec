package profile

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// binaryShape is the kind binary: records of a fixed length, or of one that they tell,
// whose fields have their places.
//
//	binary:
//	  length: 554                                     # or, where records tell it:
//	  length: {at: 0, length: 2, as: uint_le, add: 0, min: 25, max: 4096}
//	  skip: 0                # bytes of a file before its first record
//	  fill: [00, ff]         # bytes that may stand between records
//	  match: [{at: 4, hex: 2a02}]   # what every record has
//
// A source is {at: 30, length: 10, as: bcd}, or {at: 171, bits: 3}, bits: 0-3 of one
// octet, the lowest is 0. A record that ends before a source does not have it.
type binaryShape struct {
	frames  binaryFraming
	skip    int
	fields  []binaryField
	sources map[string]int
}

// binaryField is where a source stands and how it is read.
type binaryField struct {
	at, length int
	as         string
	read       encoding
}

const maxBinary = 1 << 16

func (s *binaryShape) section(r *reader, n ast.Node) {
	f := &s.frames
	r.mapping(n, "binary", entry{
		"length": func(v ast.Node) { s.length(r, v) },
		"skip":   func(v ast.Node) { s.skip = r.number(v, "skip", 0, decode.MaxHead) },
		"fill": func(v ast.Node) {
			for _, text := range r.texts(v, "fill") {
				f.fill = append(f.fill, readHex(r, v, text, 1)...)
			}
		},
		"match": func(v ast.Node) { r.list(v, func(v ast.Node) { f.matches = append(f.matches, readMatch(r, v)) }) },
	})
	for _, m := range f.matches {
		if f.look = max(f.look, m.at+len(m.want)); m.at+len(m.want) > f.min && f.max > 0 {
			r.wrong(placeOf(n), "match reaches behind the end of the shortest record, which has %d bytes", f.min)
		}
	}
}

// length reads the length of records.
func (s *binaryShape) length(r *reader, n ast.Node) {
	f := &s.frames
	if !isMapping(n) {
		f.min = r.number(n, "length", 1, maxBinary)
		f.max = f.min
		return
	}
	f.told, f.width, f.max = true, 2, maxBinary
	r.mapping(n, "length", entry{
		"at":     func(v ast.Node) { f.at = r.number(v, "at", 0, maxBinary) },
		"length": func(v ast.Node) { f.width = r.number(v, "length", 1, 4) },
		"as":     func(v ast.Node) { f.le = r.choice(v, "as", "uint_be", "uint_le") == 1 },
		"add":    func(v ast.Node) { f.add = r.number(v, "add", -maxBinary, maxBinary) },
		"min":    func(v ast.Node) { f.min = r.number(v, "min", 1, maxBinary) },
		"max":    func(v ast.Node) { f.max = r.number(v, "max", 1, maxBinary) },
	})
	f.look = f.at + f.width
	if f.min = max(f.min, f.look); f.max < f.min {
		r.wrong(placeOf(n), "length: max is %d, below the shortest record of %d bytes", f.max, f.min)
	}
}

func readMatch(r *reader, n ast.Node) (m bytesAt) {
	given := false
	r.mapping(n, "match", entry{
		"at": func(v ast.Node) { m.at = r.number(v, "at", 0, maxBinary) },
		"hex": func(v ast.Node) {
			given = true
			if text, ok := r.text(v, "hex"); ok {
				m.want = readHex(r, v, text, 16)
			}
		},
	})
	if !given {
		r.wrong(placeOf(n), "match has no hex: write the bytes that every record has there, in hexadecimal")
	}
	return m
}

func readHex(r *reader, n ast.Node, text string, most int) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil || len(b) == 0 || len(b) > most {
		r.wrong(placeOf(n), "%q is not 1 to %d bytes in hexadecimal: write two digits for each, in quotes", cut(text), most)
		return nil
	}
	return b
}

func (s *binaryShape) source(r *reader, n ast.Node) int {
	f := binaryField{at: -1, length: 1}
	bits := [2]int{-1, -1}
	if !r.mapping(n, "a source of kind binary", entry{
		"at":     func(v ast.Node) { f.at = r.number(v, "at", 0, maxBinary) },
		"length": func(v ast.Node) { f.length = r.number(v, "length", 1, 4096) },
		"as":     func(v ast.Node) { f.as, f.read = readEncoding(r, v) },
		"bits":   func(v ast.Node) { bits = readBits(r, v) },
	}) {
		return 0
	}
	switch {
	case f.at < 0:
		r.wrong(placeOf(n), "a source of kind binary has no at: write how many bytes of the record stand before it")
		return 0
	case bits[0] >= 0 && f.read == nil:
		f.as, f.read = fmt.Sprintf("bits %d-%d", bits[0], bits[1]), appendBits(bits)
	case f.read == nil && f.as != "":
		return 0 // it is told already
	case f.read == nil:
		r.wrong(placeOf(n), "a source of kind binary has no as: write as: followed by %s", encodingNames())
		return 0
	}
	if !s.frames.told && s.frames.max > 0 && f.at+f.length > s.frames.max {
		r.wrong(placeOf(n), "the source ends at byte %d, a record has %d", f.at+f.length, s.frames.max)
		return 0
	}
	key := fmt.Sprint(f.at, f.length, f.as)
	if i, known := s.sources[key]; known {
		return i
	}
	if s.sources == nil {
		s.sources = map[string]int{}
	}
	s.sources[key] = len(s.fields)
	s.fields = append(s.fields, f)
	return len(s.fields) - 1
}

// readEncoding reads the name of an encoding.
func readEncoding(r *reader, n ast.Node) (string, encoding) {
	name, ok := r.text(n, "as")
	if !ok {
		return "", nil
	}
	read := encodings[name]
	if read == nil {
		r.wrong(placeOf(n), "as: %s", unknown("encoding", name, slices.Collect(maps.Keys(encodings))))
	}
	return name, read
}

func encodingNames() string {
	return strings.Join(slices.Sorted(maps.Keys(encodings)), ", ")
}

// readBits reads 3 or 0-3.
func readBits(r *reader, n ast.Node) (bits [2]int) {
	text, _ := r.text(n, "bits")
	low, high, _ := strings.Cut(text, "-")
	if high == "" {
		high = low
	}
	if len(low) != 1 || len(high) != 1 || low[0] < '0' || high[0] > '7' || low[0] > high[0] {
		r.wrong(placeOf(n), "bits %q: write a bit from 0, the lowest, to 7, or a stretch of them as in 0-3", cut(text))
		return [2]int{0, 0}
	}
	return [2]int{int(low[0] - '0'), int(high[0] - '0')}
}

// appendBits is the number that bits of the first octet are.
func appendBits(bits [2]int) encoding {
	mask := byte(1<<(bits[1]-bits[0]+1) - 1)
	return func(dst, b []byte) ([]byte, bool) {
		return appendUintBE(dst, []byte{b[0] >> bits[0] & mask})
	}
}

func (s *binaryShape) compile(r *reader) opener {
	if s.frames.max == 0 {
		r.wrong(place{1, 1}, "kind binary has no length: write binary: {length: ...}")
	}
	frames := s.frames
	return &binaryCutter{frames: &frames, skip: s.skip, fields: s.fields}
}

// binaryCutter cuts binary records.
type binaryCutter struct {
	frames *binaryFraming
	skip   int
	fields []binaryField
}

func (c *binaryCutter) open(head []byte) (cutter, int, error) { return c, min(c.skip, len(head)), nil }
func (c *binaryCutter) framing() decode.Framing               { return c.frames }

func (c *binaryCutter) cut(r *record) (problem string) {
	r.bare()
	for i := range c.fields {
		f := &c.fields[i]
		if f.at+f.length > len(r.raw) {
			continue
		}
		b, from, ok := r.raw[f.at:][:f.length], r.begin(), false
		if r.buf, ok = f.read(r.buf, b); !ok {
			return fmt.Sprintf("the bytes at %d: %x are not %s", f.at, b, f.as)
		}
		r.made(i, from)
	}
	return ""
}
