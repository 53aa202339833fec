package profile

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// pattern is what a line looks like that claims something of its file.
type pattern struct {
	re       *regexp.Regexp
	prefix   string // that every such line has
	groups   []string
	unit     spanUnit
	decimals int64
}

// groupNames are what a line can claim.
var groupNames = []string{"count", "sequence", "lost", "duration", "charge"}

// matches reports whether line is such a line; it is quick where the pattern begins
// with a text.
func (p *pattern) matches(line []byte) bool {
	return p != nil && prefixed(line, p.prefix) && p.re.Match(line)
}

func prefixed(line []byte, prefix string) bool {
	return len(line) >= len(prefix) && string(line[:len(prefix)]) == prefix
}

// claims are what line, which matches, says. What is no number is not claimed.
func (p *pattern) claims(line []byte) (c decode.Claims) {
	for i, text := range p.re.FindSubmatch(line) {
		if name := p.groups[i]; name != "" && len(text) > 0 {
			p.claim(&c, name, text)
		}
	}
	return c
}

func (p *pattern) claim(c *decode.Claims, name string, text []byte) {
	set := func(claim decode.Claim, to *int64, v int64, problem string) {
		if problem == "" && v >= 0 {
			c.Has |= claim
			*to = v
		}
	}
	switch name {
	case "count":
		v, problem := decode.Integer(text)
		set(decode.ClaimRecords, &c.Records, v, problem)
	case "sequence":
		v, problem := decode.Integer(text)
		set(decode.ClaimSequence, &c.Sequence, v, problem)
	case "lost":
		v, problem := decode.Integer(text)
		set(decode.ClaimLost, &c.Lost, v, problem)
	case "duration":
		v, problem := decode.Decimal(text, 6)
		if p.unit != unitS {
			ms, wrong := p.unit.read(text)
			v, problem = ms*1000, wrong
		}
		set(decode.ClaimTalk, &c.TalkMS, v/1000, problem)
	case "charge":
		v, problem := decode.Decimal(text, 6)
		set(decode.ClaimCharge, &c.Charge, v/p.decimals, problem)
	}
}

// claims reads a pattern, or a mapping of pattern and units.
func (r *reader) claims(n ast.Node, what string) *pattern {
	p := &pattern{decimals: 1}
	given := n
	if isMapping(n) {
		given = nil
		r.mapping(n, what, entry{
			"pattern": func(v ast.Node) { given = v },
			"unit":    func(v ast.Node) { p.unit = spanUnit(r.choice(v, "unit", spanUnits...)) },
			"decimals": func(v ast.Node) {
				for range r.number(v, "decimals", 0, 6) {
					p.decimals *= 10
				}
			},
		})
	}
	if given == nil {
		r.wrong(placeOf(n), "%s has no pattern: write pattern: followed by a regular expression", what)
		return p
	}
	p.re = r.pattern(given, what)
	p.prefix = literalPrefix(p.re.String())
	p.groups = p.re.SubexpNames()
	for _, name := range p.groups {
		if name != "" && !slices.Contains(groupNames, name) {
			r.wrong(placeOf(given), "%s: %s", what, unknown("group", name, groupNames))
		}
	}
	return p
}

// literalPrefix is the text that every match of an expression begins with that begins
// with ^.
func literalPrefix(s string) string {
	re, err := syntax.Parse(s, syntax.Perl)
	if err != nil {
		return ""
	}
	re = re.Simplify()
	if re.Op != syntax.OpConcat || re.Sub[0].Op != syntax.OpBeginText {
		return ""
	}
	var b strings.Builder
	for _, sub := range re.Sub[1:] {
		if sub.Op != syntax.OpLiteral || sub.Flags&syntax.FoldCase != 0 {
			break
		}
		b.WriteString(string(sub.Rune))
	}
	return b.String()
}
