package profile

import (
	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// jsonShape is the kind json: records are objects, sources are paths into them.
//
//	json:
//	  records: stream      # objects one after the other, of any number of lines, or an array of them
//	           lines       # one object a line
//	  decode: none | url   # values are percent-encoded
//
// A source is a path, or a mapping of path and decode. A path is members and elements:
// variables.start_uepoch, callflow[0].times.answered_time, callflow[-1]["odd.name"]. -1
// is the last element. What is no array counts as an array of one element: switches
// that have an array in one release had an object in the one before.
type jsonShape struct {
	lines   bool
	url     bool // of sources that do not say
	tree    jsonTree
	leaves  []jsonLeaf
	sources map[jsonLeaf]int
}

// jsonLeaf is what is said of a source.
type jsonLeaf struct {
	path string
	url  bool
}

func (s *jsonShape) section(r *reader, n ast.Node) {
	r.mapping(n, "json", entry{
		"records": func(v ast.Node) { s.lines = r.choice(v, "records", "stream", "lines") == 1 },
		"decode":  func(v ast.Node) { s.url = readDecode(r, v) },
	})
}

func readDecode(r *reader, n ast.Node) bool { return r.choice(n, "decode", "none", "url") == 1 }

func (s *jsonShape) source(r *reader, n ast.Node) int {
	leaf := jsonLeaf{url: s.url}
	at := n
	if isMapping(n) {
		r.mapping(n, "a source", entry{
			"path":   func(v ast.Node) { at = v },
			"decode": func(v ast.Node) { leaf.url = readDecode(r, v) },
		})
		if at == n {
			r.wrong(placeOf(n), "a source of kind json has a path: write path: followed by the members that lead to it")
			return 0
		}
	}
	var ok bool
	if leaf.path, ok = r.text(at, "a path"); !ok {
		return 0
	}
	if i, known := s.sources[leaf]; known {
		return i
	}
	steps, problem := parsePath(leaf.path)
	if problem != "" {
		r.wrong(placeOf(at), "path %s: %s", cut(leaf.path), problem)
		return 0
	}
	i := len(s.leaves)
	if s.sources == nil {
		s.sources = map[jsonLeaf]int{}
	}
	s.sources[leaf] = i
	s.leaves = append(s.leaves, leaf)
	s.tree.add(steps, i)
	return i
}

func (s *jsonShape) compile(*reader) opener {
	c := &jsonCutter{tree: s.tree.compile(), leaves: s.leaves}
	if !s.lines {
		c.frames = jsonFraming{}
	}
	return c
}

// jsonCutter cuts objects.
type jsonCutter struct {
	frames decode.Framing // nil: lines
	tree   []jsonNode
	leaves []jsonLeaf
}

func (c *jsonCutter) open(head []byte) (cutter, int, error) { return c, decode.BOM(head), nil }
func (c *jsonCutter) framing() decode.Framing               { return c.frames }

func (c *jsonCutter) cut(r *record) (problem string) {
	r.bare()
	s := jsonScan{text: r.raw, tree: c.tree, leaves: c.leaves, r: r}
	if encoding := jsonEncoded(r.raw); encoding != 0 {
		if s.text, problem = r.decodeBody(encoding); problem != "" {
			return problem
		}
	}
	return s.record()
}
