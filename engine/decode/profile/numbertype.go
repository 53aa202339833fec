package profile

import "github.com/goccy/go-yaml/ast"

// numberType says which numbers are international, by the type of number that a
// record tells.
type numberType struct {
	there         bool
	kind          value
	international []string
	national      []string
	add           string // before national ones
}

func (r *reader) numberType(n ast.Node) (t numberType) {
	t.there = true
	t.kind = r.value(n, "type_of_number", entry{
		"international": func(v ast.Node) { t.international = r.texts(v, "international") },
		"national":      func(v ast.Node) { t.national = r.texts(v, "national") },
		"prefix":        func(v ast.Node) { t.add, _ = r.text(v, "prefix") },
	})
	if len(t.international)+len(t.national) == 0 {
		r.wrong(placeOf(n), "type_of_number has no international: write {from: source, international: [texts], national: [texts]}")
	}
	if t.add != "" && len(t.national) == 0 {
		r.wrong(placeOf(n), "type_of_number has a prefix and no national: it is put before national numbers")
	}
	return t
}
