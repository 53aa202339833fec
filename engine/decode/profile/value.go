package profile

import "github.com/goccy/go-yaml/ast"

// value is how a text is made of a record.
type value struct {
	cases    []valueCase
	cells    []int
	join     bool     // the texts of cells are put together, else the first that is there counts
	between  string   // the joined
	whole    bool     // joined, nothing is there where a part is not
	null     []string // texts that mean: none
	strip    []string // beginnings that are cut off
	add      string   // what is put before
	constant string   // without cells
	code     uint32   // what constant means, of a coded field
	bare     bool     // it is the text of its one cell
}

type valueCase struct {
	when condition
	then value
}

// plain is where the text of a value of one cell stands, without spaces around it.
func (r *record) plain(i int) cell {
	c := r.cells[i]
	if c.off == c.end {
		return c
	}
	t := r.texts()
	for c.off < c.end && (t[c.off] == ' ' || t[c.off] == '\t') {
		c.off++
	}
	for c.off < c.end && (t[c.end-1] == ' ' || t[c.end-1] == '\t') {
		c.end--
	}
	return c
}

func (r *record) of(c cell) []byte { return r.texts()[c.off:c.end] }

// pick is the case of v that holds, v itself where none does.
func (v *value) pick(r *record) *value {
	for i := range v.cases {
		if c := &v.cases[i]; c.when.holds(r) {
			return c.then.pick(r)
		}
	}
	return v
}

// eval makes the text of v. It may add to the texts of r.
func (v *value) eval(r *record) cell {
	if v.bare {
		return r.plain(v.cells[0])
	}
	if len(v.cases) > 0 {
		v = v.pick(r)
	}
	var c cell
	switch {
	case len(v.cells) == 0:
		return r.add(v.constant)
	case v.join:
		c = v.joined(r)
	default:
		for _, i := range v.cells {
			if c = v.there(r, i); c.off < c.end {
				break
			}
		}
	}
	if len(v.strip) > 0 {
		c.off += uint32(prefixOf(r.of(c), v.strip))
	}
	if v.add != "" && c.off < c.end {
		c = r.prepend(v.add, c)
	}
	return c
}

// there is the text of cell i, empty where that is a null token.
func (v *value) there(r *record, i int) cell {
	c := r.plain(i)
	if len(v.null) > 0 && c.off < c.end && among(r.of(c), v.null) {
		c.off = c.end
	}
	return c
}

// joined puts the texts together that are there.
func (v *value) joined(r *record) cell {
	from := r.begin()
	for _, i := range v.cells {
		c := v.there(r, i)
		if c.off == c.end {
			if v.whole {
				return cell{}
			}
			continue
		}
		if len(r.buf)-r.mark > from {
			r.buf = append(r.buf, v.between...)
		}
		r.buf = append(r.buf, r.of(c)...)
	}
	return r.since(from)
}

// since is what was appended to r.buf since from, which begin returned.
func (r *record) since(from int) cell {
	return cell{off: uint32(from), end: uint32(len(r.buf) - r.mark), there: true}
}

// add makes s a text of r.
func (r *record) add(s string) cell {
	if s == "" {
		return cell{}
	}
	from := r.begin()
	r.buf = append(r.buf, s...)
	return r.since(from)
}

// prepend makes s and the text of c one text.
func (r *record) prepend(s string, c cell) cell {
	from := r.begin()
	r.buf = append(append(r.buf, s...), r.of(c)...)
	return r.since(from)
}

// value reads what says where a text comes from: the name of a source, or a mapping.
// more are the keys that the field has besides.
func (r *reader) value(n ast.Node, what string, more entry) (v value) {
	v.null = r.null
	if !isMapping(n) && !isList(n) {
		v.cells, v.bare = []int{r.source(n)}, len(v.null) == 0
		return v
	}
	given := ""
	origin := func(name string, read func(ast.Node)) func(ast.Node) {
		return func(n ast.Node) {
			if given != "" {
				r.wrong(placeOf(n), "%s has %s and %s: leave one out", what, given, name)
			}
			given = name
			read(n)
		}
	}
	keys := entry{
		"from": origin("from", func(n ast.Node) {
			v.join = isList(n)
			r.list(n, func(s ast.Node) { v.cells = append(v.cells, r.source(s)) })
		}),
		"first": origin("first", func(n ast.Node) {
			r.list(n, func(s ast.Node) { v.cells = append(v.cells, r.source(s)) })
		}),
		"value": origin("value", func(n ast.Node) { v.constant, _ = r.any(n, what) }),
		"join":  func(n ast.Node) { v.between, _ = r.any(n, "join") },
		"null":  func(n ast.Node) { v.null = r.texts(n, "null") },
		"strip": func(n ast.Node) { v.strip = r.fullTexts(n, "strip") },
		"add":   func(n ast.Node) { v.add, _ = r.text(n, "add") },
		"cases": func(n ast.Node) { r.list(n, func(c ast.Node) { v.cases = append(v.cases, r.valueCase(c, what)) }) },
	}
	for k, f := range more {
		keys[k] = f
	}
	r.mapping(n, what, keys)
	v.bare = len(v.cells) == 1 && !v.join && len(v.cases)+len(v.null)+len(v.strip)+len(v.add) == 0
	return v
}

// valueCase reads {when: ..., from or value: ...}.
func (r *reader) valueCase(n ast.Node, what string) (c valueCase) {
	var when ast.Node
	c.then = r.value(n, what+": a case", entry{"when": func(v ast.Node) { when = v }})
	if when == nil {
		if isMapping(n) {
			r.wrong(placeOf(n), "%s: a case has no when: write when: followed by {source: text}", what)
		}
		return c
	}
	c.when = r.condition(when, "when")
	return c
}

// none reports whether nothing says where v comes from.
func (v *value) none() bool { return len(v.cells) == 0 && len(v.cases) == 0 && v.constant == "" }
