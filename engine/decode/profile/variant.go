package profile

import (
	"github.com/goccy/go-yaml/ast"
)

// variant is one of several types of records, and how its fields are read.
type variant struct {
	name string
	when condition
	skip bool // such records are of no interest: filtered
	program
}

// maxVariants is how many types of records a profile may tell apart.
const maxVariants = 32

// readVariants reads records:, or makes one of fields: alone.
func (r *reader) readVariants(f *file, p *parts) {
	base := map[string]field{}
	if p.fields != nil {
		r.fieldNodes(p.fields, base)
	}
	if p.records == nil {
		v := variant{}
		r.program(&v.program, base, placeOf(p.fields))
		f.records = append(f.records, v)
		return
	}
	if !isList(p.records) {
		r.wrong(placeOf(p.records), "records must be a list: - name: ..., when: {source: text}, fields: {...}")
		return
	}
	r.list(p.records, func(n ast.Node) { f.records = append(f.records, r.variant(n, base)) })
	if len(f.records) > maxVariants {
		r.wrong(placeOf(p.records), "there are more than %d types of records", maxVariants)
	}
}

func (r *reader) variant(n ast.Node, base map[string]field) (v variant) {
	fields := map[string]field{}
	for name, f := range base {
		fields[name] = f
	}
	if !r.mapping(n, "a type of records", entry{
		"name":   func(n ast.Node) { v.name, _ = r.text(n, "name") },
		"when":   func(n ast.Node) { v.when = r.condition(n, "when") },
		"skip":   func(n ast.Node) { v.skip = r.truth(n, "skip") },
		"fields": func(n ast.Node) { r.fieldNodes(n, fields) },
	}) {
		return v
	}
	if v.name == "" {
		r.wrong(placeOf(n), "the type of records has no name: write name: followed by a word")
	}
	if !v.skip {
		r.program(&v.program, fields, placeOf(n))
	}
	return v
}

// field is a field as it stands in YAML.
type field struct{ key, value ast.Node }

// fieldNodes puts the fields of a mapping into all.
func (r *reader) fieldNodes(n ast.Node, all map[string]field) {
	r.pairs(n, "fields", func(k ast.MapKeyNode, v ast.Node) { all[keyText(k)] = field{k, v} })
}

// types are the names of the types of records, none where there is but one.
func (f *file) types() (names []string) {
	for i := range f.records {
		if f.records[i].name != "" {
			names = append(names, f.records[i].name)
		}
	}
	return names
}
