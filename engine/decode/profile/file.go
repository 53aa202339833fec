package profile

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// file is a profile as it stands in YAML:
//
//	name: of the format
//	about: what it reads, for people
//	kind: delimited | fixed | json | ber | binary
//	<kind>: {...}               how records become cells
//	charset: utf-8 | latin1
//	comment: text               lines that begin with it are none
//	null: [text]                texts that mean: nothing
//	sources: {name: source}     names of pieces of a record
//	detect: {...}               what a file of the format looks like
//	header: {...}, trailer: {...}
//	fields: {column: field}     what the columns of records are made of
//	records: [{name, when, fields, skip}]  types of records, where there are several
//	otherwise: filter | reject  records that are of none of the types
type file struct {
	name, about, kind string
	detect            detection
	header, trailer   *pattern
	charset           int
	records           []variant
	comment           string // what comments begin with
	others            bool   // records that no variant wants are rejects, not filtered
	opener            opener
}

var nameShape = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,59}$`)

// parts are the nodes of the top keys.
type parts struct {
	kind, null, sources, detect, header, trailer, records, fields ast.Node
}

// readFile reads a profile. It is of use only if r has no problems.
func (r *reader) readFile(text []byte) *file {
	top := r.parseYAML(bytes.TrimPrefix(text, []byte("\ufeff")))
	if top == nil {
		return nil
	}
	f := &file{}
	var p parts
	keys := entry{
		"name":      func(v ast.Node) { f.name = r.formatName(v) },
		"about":     func(v ast.Node) { f.about, _ = r.text(v, "about") },
		"kind":      func(v ast.Node) { p.kind = v },
		"charset":   func(v ast.Node) { f.charset = r.choice(v, "charset", "utf-8", "latin1") },
		"comment":   func(v ast.Node) { f.comment, _ = r.text(v, "comment") },
		"null":      func(v ast.Node) { p.null = v },
		"sources":   func(v ast.Node) { p.sources = v },
		"detect":    func(v ast.Node) { p.detect = v },
		"header":    func(v ast.Node) { p.header = v },
		"trailer":   func(v ast.Node) { p.trailer = v },
		"records":   func(v ast.Node) { p.records = v },
		"fields":    func(v ast.Node) { p.fields = v },
		"otherwise": func(v ast.Node) { f.others = r.choice(v, "otherwise", "filter", "reject") == 1 },
	}
	sections := map[string]ast.Node{}
	for kind := range kinds() {
		keys[kind] = func(v ast.Node) { sections[kind] = v }
	}
	if !r.mapping(top, "the profile", keys) || !r.readKind(f, &p, sections, top) {
		return f
	}
	r.readParts(f, &p, top)
	return f
}

func (r *reader) formatName(n ast.Node) string {
	s, ok := r.text(n, "name")
	if ok && !nameShape.MatchString(s) {
		r.wrong(placeOf(n), "name %q: write small letters, digits, -, _ and ., beginning with a letter, at most 60", cut(s))
	}
	return s
}

// readKind makes the shape and lets it read its section.
func (r *reader) readKind(f *file, p *parts, sections map[string]ast.Node, top ast.Node) bool {
	if f.name == "" && len(r.problems) == 0 {
		r.wrong(placeOf(top), "the profile has no name: write name: followed by the name of its format")
	}
	if p.kind == nil {
		r.wrong(placeOf(top), "the profile has no kind: write kind: delimited, fixed, json, ber or binary")
		return false
	}
	var words []string
	for kind := range kinds() {
		words = append(words, kind)
	}
	slices.Sort(words)
	told := len(r.problems)
	i := r.choice(p.kind, "kind", words...)
	if len(r.problems) > told { // what a source is depends on it
		return false
	}
	f.kind = words[i]
	r.shape = kinds()[f.kind]()
	for kind, n := range sections {
		if kind != f.kind {
			r.wrong(placeOf(n), "the section %s is of another kind of profiles, this is kind: %s", kind, f.kind)
		}
	}
	if n := sections[f.kind]; n != nil {
		r.shape.section(r, n)
	}
	return true
}

// readParts reads what stands behind the section of the kind.
func (r *reader) readParts(f *file, p *parts, top ast.Node) {
	if p.null != nil {
		r.null = r.texts(p.null, "null")
	}
	if p.sources != nil {
		r.readSources(p.sources)
	}
	if p.fields == nil && p.records == nil {
		r.wrong(placeOf(top), "the profile has no fields: write fields: followed by calling_number: and others")
		return
	}
	r.readVariants(f, p)
	if p.detect != nil {
		f.detect = r.detection(p.detect)
	}
	if p.header != nil {
		f.header = r.claims(p.header, "header")
	}
	if p.trailer != nil {
		f.trailer = r.claims(p.trailer, "trailer")
	}
	if len(r.problems) == 0 {
		f.opener = r.shape.compile(r)
	}
}

// readSources reads the names of sources.
func (r *reader) readSources(n ast.Node) {
	r.pairs(n, "sources", func(k ast.MapKeyNode, v ast.Node) {
		r.sources[keyText(k)] = r.inline(v)
	})
}

// source is the cell of a source: a name of sources:, or what the kind makes of it.
func (r *reader) source(n ast.Node) int {
	if s, err := scalar(n); err == nil {
		if i, ok := r.sources[s]; ok {
			return i
		}
	}
	return r.inline(n)
}

// inline is the cell of a source that is written as the kind has it.
func (r *reader) inline(n ast.Node) int {
	i := r.shape.source(r, n)
	r.cells = max(r.cells, i+1)
	return i
}
