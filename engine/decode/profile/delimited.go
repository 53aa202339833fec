package profile

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// delimited is the kind delimited: lines of columns with a delimiter between them.
//
//	delimited:
//	  delimiter: ","        a byte, or tab
//	  quote: '"'            a byte, or none
//	  escape: doubled       how a quote stands in a quoted column: doubled, backslash,
//	                        none (it does not), or unescaped (it just stands there: a
//	                        column ends where a quote, a delimiter and a quote follow)
//	  skip_lines: 0         lines before the first record, or the header row
//	  header: false         the first line names the columns
//	  columns: [names]      without a header row
//	  before: "VALUES ("    what stands before the first column, and behind the last;
//	  after: ");"           it may be missing
//	  end: ";"              a byte that ends a record in place of a line end
//	  widths: [15]          how many columns records may have; any if it is left out
//	  optional: [names]     columns that a header row may lack
//
// A source is the name of a column, in any ASCII case; its number, from 1, or -1 for
// the last; or $columns, how many there are.
type delimited struct {
	lineForm
	skip     int
	header   bool
	columns  []string // in small letters
	optional []string

	cellOf  map[string]int
	sources []columnSource // by cell
}

// columnSource is what a cell is of.
type columnSource struct {
	name  string // in small letters, empty: by number
	place int    // from 0, or below: from the end
	count bool   // how many columns there are
}

// escape is how a quote stands in a column.
type escape int

const (
	doubledQuote escape = iota
	backslashQuote
	noQuote
	unescapedQuote
)

// maxColumns is the widest line.
const maxColumns = 2000

func (d *delimited) section(r *reader, n ast.Node) {
	r.mapping(n, "delimited", entry{
		"delimiter": func(v ast.Node) { d.delimiter = r.byteOf(v, "delimiter", "tab", '\t') },
		"quote":     func(v ast.Node) { d.quote = r.byteOf(v, "quote", "none", 0) },
		"escape": func(v ast.Node) {
			d.escape = escape(r.choice(v, "escape", "doubled", "backslash", "none", "unescaped"))
		},
		"skip_lines": func(v ast.Node) { d.skip = r.number(v, "skip_lines", 0, 1000) },
		"before":     func(v ast.Node) { d.before, _ = r.text(v, "before") },
		"after":      func(v ast.Node) { d.after, _ = r.text(v, "after") },
		"end":        func(v ast.Node) { d.end = r.byteOf(v, "end", "tab", '\t') },
		"header":     func(v ast.Node) { d.header = r.truth(v, "header") },
		"columns":    func(v ast.Node) { d.columns = lowered(r.texts(v, "columns")) },
		"optional":   func(v ast.Node) { d.optional = lowered(r.texts(v, "optional")) },
		"widths": func(v ast.Node) {
			r.list(v, func(v ast.Node) { d.widths = append(d.widths, r.number(v, "widths", 1, maxColumns)) })
		},
	})
	if d.header && d.columns != nil {
		r.wrong(placeOf(n), "delimited has header and columns: a header row names the columns, leave one out")
	}
	if d.optional != nil && !d.header {
		r.wrong(placeOf(n), "delimited has optional and no header row: write header: true, or leave optional out")
	}
	if d.quote != 0 && d.quote == d.delimiter {
		r.wrong(placeOf(n), "delimiter and quote are the same")
	}
}

func lowered(all []string) []string {
	for i, s := range all {
		all[i] = strings.ToLower(strings.TrimSpace(s))
	}
	return all
}

// byteOf reads a single byte, or a word for one.
func (r *reader) byteOf(n ast.Node, what, word string, means byte) byte {
	s, ok := r.text(n, what)
	switch {
	case !ok:
		return ','
	case s == word || s == "\t" && word == "tab":
		return means
	case len(s) != 1 || s[0] < ' ' || s[0] > '~' || s[0] >= '0' && s[0] <= '9':
		r.wrong(placeOf(n), "%s %q: write one character that is no digit, or %s", what, cut(s), word)
		return ','
	}
	return s[0]
}

func (d *delimited) source(r *reader, n ast.Node) int {
	s, ok := r.text(n, "a source")
	if !ok {
		return 0
	}
	name := strings.ToLower(strings.TrimSpace(s))
	if i, ok := d.cellOf[name]; ok {
		return i
	}
	c := columnSource{name: name}
	number, err := strconv.Atoi(name)
	switch {
	case name == "$columns":
		c = columnSource{count: true}
	case err == nil && (number > maxColumns || number < -maxBack || number == 0):
		r.wrong(placeOf(n), "column %d: write 1 for the first to %d, or -1 for the last to -%d", number, maxColumns, maxBack)
	case err == nil:
		if c = (columnSource{place: number}); number > 0 {
			c.place--
		}
	case d.columns != nil:
		c.place = slices.Index(d.columns, name)
		if c.name = ""; c.place < 0 {
			r.wrong(placeOf(n), "%s", unknown("column", s, d.columns))
		}
	case !d.header:
		r.wrong(placeOf(n), "column %q has a name, and nothing tells the names: write columns: [names] or header: true in delimited:, or its number", cut(s))
	}
	if d.cellOf == nil {
		d.cellOf = map[string]int{}
	}
	d.cellOf[name] = len(d.sources)
	d.sources = append(d.sources, c)
	return len(d.sources) - 1
}

func (d *delimited) compile(*reader) opener { return d }
