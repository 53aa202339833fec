package profile

import (
	"fmt"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// berShape is the kind ber: records are elements of the basic encoding rules (ITU-T
// X.690), one after the other, with zeros or 0xFF between them where a switch fills its
// blocks.
//
//	ber:
//	  containers: [universal:16]        # elements whose elements are the records
//	  types: {moCall: 0, mtCall: 1}     # tags of records
//	  skip: 0                           # bytes of a file before the first
//
// A tag is a number of class context, or application:4, universal:16, private:1. Where
// types are named, the elements within the one of that tag are those of the record, and
// the source type is the name of the type, or the tag of another. A path is tags joined by /,
// outermost first, as in 12/universal:16/3. A source is a path, or
//
//	{tag: 12/universal:16/3, as: uint, pick: sum}
//	{tag: {moCall: 22, mtCall: 23}, as: timestamp9}
//
// as is the encoding (hex, if it is left out), pick what is taken of elements that
// stand there several times: first, last, the sum or the count of them.
type berShape struct {
	containers []ber.Tag
	types      []berType
	skip       int
	trees      []berTree // of the types; the last is that of records of no named type
	leaves     []berLeaf
	sources    map[string]int
	sums       int
}

// berType is a type of records.
type berType struct {
	name string
	tag  ber.Tag
}

// berLeaf is how a source is read.
type berLeaf struct {
	path string
	as   string
	read encoding // nil: the type of the record
	pick int
	sum  int // which sum or count it is
}

const (
	pickFirst = iota
	pickLast
	pickSum
	pickCount
)

// maxSums is how many sources may be sums and counts.
const maxSums = 16

// typeSource is the source that is the type of a record.
const typeSource = "type"

func (s *berShape) section(r *reader, n ast.Node) {
	r.mapping(n, "ber", entry{
		"containers": func(v ast.Node) {
			r.list(v, func(v ast.Node) { s.containers = append(s.containers, readTag(r, v)) })
		},
		"types": func(v ast.Node) {
			r.pairs(v, "types", func(k ast.MapKeyNode, v ast.Node) {
				s.types = append(s.types, berType{name: keyText(k), tag: readTag(r, v)})
			})
		},
		"skip": func(v ast.Node) { s.skip = r.number(v, "skip", 0, decode.MaxHead) },
	})
}

// checkTypes tells of a type that a record cannot have: it is neither one of those that
// have names, nor a tag.
func (s *berShape) checkTypes(r *reader, n ast.Node, what string) {
	var names []string
	for _, t := range s.types {
		names = append(names, t.name)
	}
	r.list(n, func(v ast.Node) {
		text, err := scalar(v)
		if _, problem := parseTag(text); err == nil && problem != "" && !slices.Contains(names, text) && len(names) > 0 {
			r.wrong(placeOf(v), "%s: %s", what, unknown("type", text, names))
		}
	})
}

// readTag reads a tag that stands alone.
func readTag(r *reader, n ast.Node) ber.Tag {
	text, ok := r.text(n, "a tag")
	if !ok {
		return 0
	}
	tag, problem := parseTag(text)
	if problem != "" {
		r.wrong(placeOf(n), "tag %s: %s", cut(text), problem)
	}
	return tag
}

func (s *berShape) source(r *reader, n ast.Node) int {
	leaf := berLeaf{as: "hex", read: appendHex}
	at := n
	if isMapping(n) {
		at = nil
		r.mapping(n, "a source", entry{
			"tag":  func(v ast.Node) { at = v },
			"as":   func(v ast.Node) { leaf.as, leaf.read = readEncoding(r, v) },
			"pick": func(v ast.Node) { leaf.pick = r.choice(v, "pick", "first", "last", "sum", "count") },
		})
		if at == nil {
			r.wrong(placeOf(n), "a source of kind ber has no tag: write tag: followed by the tags that lead to it")
			return 0
		}
	}
	paths, ok := s.paths(r, at, &leaf)
	if !ok || leaf.read == nil && leaf.path != typeSource {
		return 0
	}
	key := fmt.Sprint(leaf.path, " ", leaf.as, " ", leaf.pick)
	if i, known := s.sources[key]; known {
		return i
	}
	return s.add(r, n, key, leaf, paths)
}

// paths reads the path to a source in records of each type, nil in those that lack it.
func (s *berShape) paths(r *reader, n ast.Node, leaf *berLeaf) (paths [][]ber.Tag, ok bool) {
	paths = make([][]ber.Tag, len(s.types)+1)
	if !isMapping(n) {
		if leaf.path, ok = r.text(n, "a path"); !ok {
			return nil, false
		}
		if leaf.path == typeSource {
			leaf.read = nil
			return paths, true
		}
		tags, problem := parseTags(leaf.path)
		if problem != "" {
			r.wrong(placeOf(n), "path %s: %s", cut(leaf.path), problem)
			return nil, false
		}
		for i := range paths {
			paths[i] = tags
		}
		return paths, true
	}
	r.pairs(n, "tag", func(k ast.MapKeyNode, v ast.Node) {
		i := slices.IndexFunc(s.types, func(t berType) bool { return t.name == keyText(k) })
		text, isText := r.text(v, "a path")
		tags, problem := parseTags(text)
		switch {
		case i < 0:
			r.wrong(placeOf(k), "tag: %s is not one of the types of records that ber: {types: ...} names", cut(keyText(k)))
		case isText && problem != "":
			r.wrong(placeOf(v), "path %s: %s", cut(text), problem)
		case isText:
			paths[i] = tags
			leaf.path += keyText(k) + ":" + text + " "
		}
	})
	return paths, leaf.path != ""
}

// add makes a cell of a source.
func (s *berShape) add(r *reader, n ast.Node, key string, leaf berLeaf, paths [][]ber.Tag) int {
	if leaf.pick == pickSum || leaf.pick == pickCount {
		if leaf.sum = s.sums; s.sums == maxSums {
			r.wrong(placeOf(n), "more than %d sources are sums or counts", maxSums)
			return 0
		}
		s.sums++
	}
	if s.sources == nil {
		s.sources, s.trees = map[string]int{}, make([]berTree, len(s.types)+1)
	}
	i := len(s.leaves)
	s.sources[key] = i
	s.leaves = append(s.leaves, leaf)
	for t, path := range paths {
		if path != nil {
			s.trees[t].add(path, i)
		}
	}
	return i
}

func (s *berShape) compile(*reader) opener {
	c := &berCutter{types: s.types, leaves: s.leaves, skip: s.skip, typeCell: -1}
	for i := range s.leaves {
		if s.leaves[i].read == nil {
			c.typeCell = i
		}
	}
	for i := range s.trees {
		c.roots = append(c.roots, s.trees[i].list(&c.nodes))
	}
	containers := s.containers
	c.frames = &ber.Stream{
		Container: func(t ber.Tag) bool { return slices.Contains(containers, t) },
		Record:    c.begins,
	}
	return c
}
