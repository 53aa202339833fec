package rules

import (
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
)

// draft is a rule as the file has it.
type draft struct {
	rule                *Rule
	at                  place
	expr, support, warn *tree
	summary             template
	resolve             bool // resolve_after is given
	stormAt             place
	warnAt, severityAt  place
	unknown             bool // it names a feature that there is not
}

// ids are words that need no quotes anywhere.
var idShape = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,99}$`)

var labelShape = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,99}$`)

func (r *reader) rule(n ast.Node, group string) {
	d := &draft{at: placeOf(n), rule: &Rule{Group: group, Type: "custom", Storm: r.storm, ColdStart: r.coldStart}}
	d.rule.Cooldown = day
	before := len(r.problems)
	r.mapping(n, "a rule", r.keys(d))
	if d.rule.Expr == "" && len(r.problems) == before {
		r.wrong(d.at, "the rule has no expr: write the condition it watches for")
	}
	if d.rule.ID == "" && len(r.problems) == before {
		r.wrong(d.at, "the rule has no id: write id: followed by a word of its own")
	}
	d.rule.Line = d.at.line
	if r.bare {
		d.support, d.rule.MinSupport = nil, ""
	}
	if r.lenient && d.unknown {
		r.problems = r.problems[:before]
		r.skipped = append(r.skipped, d.rule.ID)
		return
	}
	if r.rules = append(r.rules, d); len(r.rules) == MaxRules+1 {
		r.wrong(d.at, "there are more than %d rules: write several files", MaxRules)
	}
}

func (r *reader) keys(d *draft) entry {
	q := d.rule
	return entry{
		"id":            func(_, v ast.Node) { d.at = placeOf(v); r.id(v, q) },
		"type":          func(_, v ast.Node) { r.kindOf(v, q) },
		"on":            func(_, v ast.Node) { r.point(v, q) },
		"expr":          func(_, v ast.Node) { q.Expr, d.expr = r.expression(v, "expr", d) },
		"min_support":   func(_, v ast.Node) { q.MinSupport, d.support = r.expression(v, "min_support", d) },
		"warn":          func(_, v ast.Node) { d.warnAt = placeOf(v); q.Warn, d.warn = r.expression(v, "warn", d) },
		"for":           func(_, v ast.Node) { q.For = r.duration(v, "for") },
		"resolve_after": func(_, v ast.Node) { d.resolve = true; q.ResolveAfter = r.duration(v, "resolve_after") },
		"cold_start":    func(_, v ast.Node) { q.ColdStart = r.duration(v, "cold_start") },
		"cooldown":      func(_, v ast.Node) { q.Cooldown = r.duration(v, "cooldown") },
		"severity":      func(_, v ast.Node) { d.severityAt = placeOf(v); r.severity(v, q) },
		"storm":         func(_, v ast.Node) { d.stormAt = placeOf(v); q.Storm = r.stormOf(v, q.Storm) },
		"except":        func(_, v ast.Node) { r.except(v, q) },
		"labels":        func(_, v ast.Node) { r.labels(v, q) },
		"annotations": func(_, v ast.Node) {
			r.mapping(v, "annotations", entry{"summary": func(_, v ast.Node) { r.summary(v, d) }})
		},
	}
}

func (r *reader) id(n ast.Node, q *Rule) {
	s, ok := r.text(n, "id")
	switch first, twice := r.ids[s]; {
	case !ok:
		return
	case !idShape.MatchString(s):
		r.wrong(placeOf(n), "id %q: write letters, digits, _, - and ., beginning with a letter, at most 100", cut(s))
	case twice:
		r.wrong(placeOf(n), "id %s is taken by the rule in line %d: choose another", s, first.line)
	default:
		r.ids[s] = placeOf(n)
	}
	q.ID = s
}

func (r *reader) kindOf(n ast.Node, q *Rule) {
	s, ok := r.text(n, "type")
	switch {
	case ok && s == alert.StormType:
		r.wrong(placeOf(n), "type %s is that of storms: choose another word", s)
	case ok && !idShape.MatchString(s):
		r.wrong(placeOf(n), "type %q: write a word, such as irsf, simbox or churn", cut(s))
	}
	q.Type = s
}

// cut is s, not too long for a message.
func cut(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}

// choice reads one of a few words; it is an index of words.
func (r *reader) choice(n ast.Node, key string, words ...string) int {
	s, ok := r.text(n, key)
	if !ok {
		return 0
	}
	for i, w := range words {
		if s == w {
			return i
		}
	}
	r.wrong(placeOf(n), "%s %q: write %s", key, cut(s), strings.Join(words, " or "))
	return 0
}

func (r *reader) point(n ast.Node, q *Rule) {
	q.On = Point(r.choice(n, "on", "activity", "boundary"))
}

func (r *reader) severity(n ast.Node, q *Rule) {
	q.Severity = alert.Severity(r.choice(n, "severity", "warning", "critical"))
}

func (r *reader) duration(n ast.Node, key string) cdr.Millis {
	s, ok := r.text(n, key)
	if !ok {
		return 0
	}
	d, err := parseDuration(s)
	if err != nil {
		r.wrong(placeOf(n), "%s: %s", key, err)
	}
	return d
}

func (r *reader) expression(n ast.Node, key string, d *draft) (string, *tree) {
	s, ok := r.text(n, key)
	if !ok {
		return "", nil
	}
	t, e := r.language.parse(s)
	if e != nil {
		d.unknown = d.unknown || e.unknown != ""
		r.wrong(r.aimed(n, s, e.at), "%s: %s", key, e.text)
		return s, nil
	}
	return strings.TrimSpace(s), t
}
