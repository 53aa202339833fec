package rules

import (
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// template is a summary: texts with values between them.
type template []part

// part is a text, or what stands for one: the subscriber or a feature.
type part struct {
	text       string
	subscriber bool
	feature    string // empty for none
	percent    bool   // the feature is a fraction, to be shown in percent
	column     int
}

// maxSummary is the longest summary, in bytes.
const maxSummary = 1000

// summary reads a text with placeholders: {{ subscriber }}, {{ calls_24h }},
// {{ out_ratio_24h | percent }}.
func (r *reader) summary(n ast.Node, d *draft) {
	s, ok := r.text(n, "summary")
	if !ok {
		return
	}
	if len(s) > maxSummary {
		r.wrong(placeOf(n), "summary: it has more than %d bytes: write a sentence", maxSummary)
		return
	}
	wrong := func(at int, text string) {
		at = len([]rune(s[:at]))
		r.wrong(r.aimed(n, s, at), "summary: %s", text)
	}
	for at := 0; at < len(s); {
		before, rest, found := strings.Cut(s[at:], "{{")
		d.summary = append(d.summary, part{text: before})
		if !found {
			return
		}
		open := at + len(before)
		name, _, found := strings.Cut(rest, "}}")
		if !found {
			wrong(open, "{{ has no }}: write {{ subscriber }} or {{ a feature }}")
			return
		}
		at = open + len("{{") + len(name) + len("}}")
		p, trouble := r.placeholder(strings.TrimSpace(name), d)
		if trouble != "" {
			wrong(open, trouble)
			return
		}
		d.summary = append(d.summary, p)
	}
}

func (r *reader) placeholder(name string, d *draft) (part, string) {
	switch name {
	case "":
		return part{}, "the placeholder is empty: write {{ subscriber }} or {{ a feature }}"
	case "subscriber":
		return part{subscriber: true}, ""
	}
	feature, form, formed := strings.Cut(name, "|")
	if name = strings.TrimSpace(feature); formed && strings.TrimSpace(form) != "percent" {
		return part{}, "unknown form " + cut(strings.TrimSpace(form)) + ": there is only percent, as in {{ out_ratio_24h | percent }}"
	}
	if _, ok := r.language.fields[name]; ok {
		return part{feature: name, percent: formed}, ""
	}
	if s := nearest(name, []string{"subscriber"}); s != "" {
		return part{}, "unknown placeholder " + cut(name) + ": did you mean subscriber?"
	}
	d.unknown = true
	return part{}, "unknown placeholder: " + r.language.names.explain(cut(name))
}

// render fills t in.
func (t template) render(subscriber string, v *Vector) string {
	var b strings.Builder
	for _, p := range t {
		switch {
		case p.subscriber:
			b.WriteString(subscriber)
		case p.feature != "":
			b.WriteString(p.value(v))
		default:
			b.WriteString(p.text)
		}
	}
	return b.String()
}

// columns are those of the features of t, see Set.Columns.
func (t template) columns() (all []int) {
	for _, p := range t {
		if p.feature != "" {
			all = append(all, p.column)
		}
	}
	return all
}

// value is the value of a feature for people.
func (p *part) value(v *Vector) string {
	if !p.percent || v.Null[p.column] {
		return plain(v, p.column)
	}
	return strconv.FormatFloat(math.Round(1000*v.Values[p.column])/10, 'f', -1, 64) + " %"
}

// plain is a value for people: integers without decimals, others with up to four
// significant digits, null as unknown.
func plain(v *Vector, column int) string {
	if v.Null[column] {
		return "unknown"
	}
	x := v.Values[column]
	if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		return strconv.FormatInt(int64(x), 10)
	}
	if math.Abs(x) >= 1000 {
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return shortest(x)
}

// shortest has four significant digits, without zeros at the end and without an
// exponent.
func shortest(x float64) string {
	digits := 3 - int(math.Floor(math.Log10(math.Abs(x))))
	s := strconv.FormatFloat(x, 'f', min(max(digits, 0), 12), 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
