package profile

import (
	"encoding/hex"
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
//	  fill: ["00", ff]       # bytes that may stand between records
//	  match: [{at: 7, hex: ["00", "01"]}]   # what every record has, one of these
//	  types: {at: 2, length: 1, as: bcd, names: {moCall: "01", mtCall: "02"}}
//
// A source is {at: 30, length: 10, as: bcd}, or {at: 171, bits: 3}, bits: 0-3 of one
// octet, the lowest is 0. Where records are of several types, its place may be that of
// some, {at: {moCall: 30, mtCall: 40}, length: 10, as: bcd}, and the source type is the
// name of the type, or the text of another. A record that ends before a source does not
// have it.
type binaryShape struct {
	frames  binaryFraming
	skip    int
	kind    binaryField // where the type of a record is told
	types   []binaryType
	places  [][]binaryField // of each type; the last are those of records of no named type
	cells   int
	sources map[string]int
}

// binaryType is a type of records.
type binaryType struct{ name, text string }

// binaryField is where a source stands and how it is read.
type binaryField struct {
	cell       int
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
		"types": func(v ast.Node) { s.readTypes(r, v) },
		"match": func(v ast.Node) { r.list(v, func(v ast.Node) { f.matches = append(f.matches, readMatch(r, v)) }) },
	})
	for _, m := range f.matches {
		end := m.at + m.size()
		if f.look = max(f.look, end); end > f.min && f.max > 0 {
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
			for _, text := range r.texts(v, "hex") {
				m.want = append(m.want, readHex(r, v, text, 16))
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

// readTypes reads where records tell their type.
func (s *binaryShape) readTypes(r *reader, n ast.Node) {
	s.kind = binaryField{at: -1, length: 1}
	r.mapping(n, "types", entry{
		"at":     func(v ast.Node) { s.kind.at = r.number(v, "at", 0, maxBinary) },
		"length": func(v ast.Node) { s.kind.length = r.number(v, "length", 1, 16) },
		"as":     func(v ast.Node) { s.kind.as, s.kind.read = readEncoding(r, v) },
		"names": func(v ast.Node) {
			r.pairs(v, "names", func(k ast.MapKeyNode, v ast.Node) {
				text, _ := r.text(v, "names")
				s.types = append(s.types, binaryType{name: keyText(k), text: text})
			})
		},
	})
	if s.kind.at < 0 || len(s.types) == 0 || s.kind.as == "" {
		r.wrong(placeOf(n), "types has no at, as or names: write {at: 2, as: bcd, names: {call: \"01\"}}")
	}
}

func (s *binaryShape) compile(r *reader) opener {
	if s.frames.max == 0 {
		r.wrong(place{1, 1}, "kind binary has no length: write binary: {length: ...}")
	}
	frames := s.frames
	c := &binaryCutter{frames: &frames, skip: s.skip, kind: s.kind, types: s.types, places: s.places}
	c.kind.cell = -1
	if i, ok := s.sources[typeSource]; ok {
		c.kind.cell = i
	}
	if c.places == nil {
		c.places = make([][]binaryField, len(s.types)+1)
	}
	return c
}
