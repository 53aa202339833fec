package profile

import (
	"fmt"
	"slices"

	"github.com/goccy/go-yaml/ast"
)

func (s *binaryShape) source(r *reader, n ast.Node) int {
	if text, err := scalar(n); err == nil && text == typeSource && len(s.types) > 0 {
		return s.cell(typeSource)
	}
	f := binaryField{length: 1}
	var at ast.Node
	bits := [2]int{-1, -1}
	if !r.mapping(n, "a source of kind binary", entry{
		"at":     func(v ast.Node) { at = v },
		"length": func(v ast.Node) { f.length = r.number(v, "length", 1, 4096) },
		"as":     func(v ast.Node) { f.as, f.read = readEncoding(r, v) },
		"bits":   func(v ast.Node) { bits = readBits(r, v) },
	}) {
		return 0
	}
	switch {
	case at == nil:
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
	return s.add(r, n, f, s.offsets(r, at))
}

// offsets is where a source stands in records of each type, -1 in those that lack it.
func (s *binaryShape) offsets(r *reader, n ast.Node) []int {
	all := make([]int, len(s.types)+1)
	if !isMapping(n) {
		at := r.number(n, "at", 0, maxBinary)
		for i := range all {
			all[i] = at
		}
		return all
	}
	for i := range all {
		all[i] = -1
	}
	r.pairs(n, "at", func(k ast.MapKeyNode, v ast.Node) {
		i := slices.IndexFunc(s.types, func(t binaryType) bool { return t.name == keyText(k) })
		if at := r.number(v, "at", 0, maxBinary); i >= 0 {
			all[i] = at
			return
		}
		r.wrong(placeOf(k), "at: %s is not one of the types of records that binary: {types: ...} names", cut(keyText(k)))
	})
	return all
}

// add makes a cell of a source.
func (s *binaryShape) add(r *reader, n ast.Node, f binaryField, offsets []int) int {
	if end := slices.Max(offsets) + f.length; !s.frames.told && s.frames.max > 0 && end > s.frames.max {
		r.wrong(placeOf(n), "the source ends at byte %d, a record has %d", end, s.frames.max)
		return 0
	}
	before := s.cells
	f.cell = s.cell(fmt.Sprint(offsets, f.length, f.as))
	if s.cells == before {
		return f.cell
	}
	if s.places == nil {
		s.places = make([][]binaryField, len(offsets))
	}
	for i, at := range offsets {
		if f.at = at; at >= 0 {
			s.places[i] = append(s.places[i], f)
		}
	}
	return f.cell
}

// cell is the number of the cell of a source.
func (s *binaryShape) cell(key string) int {
	if i, known := s.sources[key]; known {
		return i
	}
	if s.sources == nil {
		s.sources = map[string]int{}
	}
	s.sources[key] = s.cells
	s.cells++
	return s.cells - 1
}
