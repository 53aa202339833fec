package profile

import (
	"slices"
	"strconv"

	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// coded is a field that holds one of a few values, written in some way.
type coded struct {
	value
	name   string
	table  []code // what is written
	folded bool   // ASCII case does not count
	other  uint32 // where it is not in the table
	any    bool   // such records are fine
	drift  bool   // but noted: a release of the switch that the profile does not know
	number bool   // what is not in the table is read as a number
	most   uint32 // the largest number
}

// code is a text and what it means.
type code struct {
	text  string
	means uint32
}

// read is what the field of r means; ok is false where it is empty.
func (c *coded) read(r *record) (v uint32, ok bool, problem string) {
	from := &c.value
	if len(c.cases) > 0 {
		from = c.pick(r)
	}
	if len(from.cells) == 0 {
		return from.code, from.constant != "", ""
	}
	text := r.of(from.eval(r))
	if len(text) == 0 {
		return 0, false, ""
	}
	for i := range c.table {
		if t := &c.table[i]; string(text) == t.text || c.folded && fold(text, t.text) {
			return t.means, true, ""
		}
	}
	switch {
	case c.any:
		r.drift = r.drift || c.drift
		return c.other, true, ""
	case !c.number:
		return 0, false, decode.Reason(c.name, text, "is not one that the profile knows")
	}
	n, problem := decode.Integer(text)
	if problem == "" && n > int64(c.most) {
		problem = "is out of range"
	}
	if problem != "" {
		return 0, false, decode.Reason(c.name, text, problem)
	}
	return uint32(n), true, ""
}

// fold reports whether text is word, which is in small letters, in any ASCII case.
func fold(text []byte, word string) bool {
	if len(text) != len(word) {
		return false
	}
	for i, c := range text {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// coded reads a field of one of words, which mean their place in the list. Without
// map:, the words are what records hold.
func (r *reader) coded(n ast.Node, name string, words []string, more entry) coded {
	return r.mapped(n, coded{name: name, folded: true}, more, func(v ast.Node) uint32 {
		return uint32(r.choice(v, name, words...))
	}, words)
}

// numbered reads a field that is a number up to most, or is mapped to one.
func (r *reader) numbered(n ast.Node, name string, most uint32) coded {
	return r.mapped(n, coded{name: name, number: true, most: most}, nil, func(v ast.Node) uint32 {
		return uint32(r.number(v, name, 0, int(most)))
	}, nil)
}

func (r *reader) mapped(n ast.Node, c coded, more entry, meaning func(ast.Node) uint32, words []string) coded {
	keys := entry{
		"map":     func(v ast.Node) { c.folded, c.number = false, false; c.table = r.codes(v, meaning) },
		"default": func(v ast.Node) { c.any, c.other = true, meaning(v) },
		"unknown": func(v ast.Node) { c.any, c.drift, c.other = true, true, meaning(v) },
	}
	for k, f := range more {
		keys[k] = f
	}
	c.value = r.value(n, c.name, keys)
	if c.folded {
		for i, w := range words {
			c.table = append(c.table, code{w, uint32(i)})
		}
	}
	r.encode(n, &c.value, &c, words)
	return c
}

// codes reads {text: meaning, ...}.
func (r *reader) codes(n ast.Node, meaning func(ast.Node) uint32) (all []code) {
	r.pairs(n, "map", func(k ast.MapKeyNode, v ast.Node) { all = append(all, code{keyText(k), meaning(v)}) })
	if len(all) > maxCodes {
		r.wrong(placeOf(n), "map has more than %d texts", maxCodes)
	}
	return all
}

// maxCodes is how many texts a map may have: they are looked through one by one.
const maxCodes = 256

// encode finds out what the constants of v mean.
func (r *reader) encode(n ast.Node, v *value, c *coded, words []string) {
	for i := range v.cases {
		r.encode(n, &v.cases[i].then, c, words)
	}
	if v.constant == "" {
		return
	}
	if words != nil {
		i := slices.Index(words, v.constant)
		if i < 0 {
			r.wrong(placeOf(n), "%s: %s", c.name, unknown("word", v.constant, words))
		}
		v.code = uint32(max(i, 0))
		return
	}
	number, err := strconv.ParseUint(v.constant, 10, 32)
	if err != nil || number > uint64(c.most) {
		r.wrong(placeOf(n), "%s %q: write a number up to %d", c.name, cut(v.constant), c.most)
	}
	v.code = uint32(number)
}
