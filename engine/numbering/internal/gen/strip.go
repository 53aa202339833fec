package main

import (
	"fmt"
	"regexp/syntax"
	"strings"

	"github.com/cdrstream/cdrstream/engine/numbering/internal/table"
	pn "github.com/nyaruka/phonenumbers"
)

// path is one way through a national-prefix pattern.
type path struct {
	masks  []uint16
	toEnd  bool
	groups map[int][2]uint8 // where the captured digits stand
}

// paths expands a pattern into all ways through it, in the order in which a
// backtracking matcher tries them: the first that fits is the match.
func paths(re *syntax.Regexp, done []path) []path {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return done
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			done = eachDigit(done, 1<<(r-'0'))
		}
		return done
	case syntax.OpCharClass:
		return eachDigit(done, classMask(re))
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			done = paths(sub, done)
		}
		return done
	}
	var out []path
	for _, p := range done { // from here on the order is per beginning
		out = append(out, branches(re, p)...)
	}
	return out
}

func branches(re *syntax.Regexp, p path) (out []path) {
	one := []path{p}
	switch re.Op {
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			out = append(out, paths(sub, one)...)
		}
	case syntax.OpQuest:
		out = append(paths(re.Sub[0], one), p)
	case syntax.OpRepeat:
		for n := re.Max; n >= re.Min; n-- {
			run := one
			for range n {
				run = paths(re.Sub[0], run)
			}
			out = append(out, run...)
		}
	case syntax.OpCapture:
		for _, q := range paths(re.Sub[0], one) {
			groups := map[int][2]uint8{re.Cap: {uint8(len(p.masks)), uint8(len(q.masks))}}
			for k, v := range q.groups {
				groups[k] = v
			}
			q.groups = groups
			out = append(out, q)
		}
	case syntax.OpEndText, syntax.OpEndLine:
		p.toEnd = true
		out = []path{p}
	default:
		panic(fmt.Sprintf("national prefix pattern %v: this generator does not know %v", re, re.Op))
	}
	return out
}

func eachDigit(done []path, mask uint16) []path {
	out := make([]path, len(done))
	for i, p := range done {
		p.masks = append(p.masks[:len(p.masks):len(p.masks)], mask)
		out[i] = p
	}
	return out
}

func classMask(re *syntax.Regexp) (mask uint16) {
	for d := range 10 {
		for i := 0; i < len(re.Rune); i += 2 {
			if r := rune('0' + d); re.Rune[i] <= r && r <= re.Rune[i+1] {
				mask |= 1 << d
			}
		}
	}
	return mask
}

// strips turns the national prefix of m into rules. The transform rules of the
// metadata are some digits and one captured group, "9$1".
func strips(m *pn.PhoneMetadata) (before string, rules []table.Strip) {
	if m.GetNationalPrefixForParsing() == "" {
		return "", nil
	}
	re, err := syntax.Parse(m.GetNationalPrefixForParsing(), syntax.Perl)
	if err != nil {
		panic(fmt.Sprintf("%s: national prefix: %v", m.GetId(), err))
	}
	group := 0
	if rule := m.GetNationalPrefixTransformRule(); rule != "" {
		var after string
		before, after, _ = strings.Cut(rule, "$")
		if _, err := fmt.Sscanf(after, "%d", &group); err != nil || len(after) != 1 {
			panic(fmt.Sprintf("%s: transform rule %q: this generator knows digits and one group", m.GetId(), rule))
		}
	}
	last := re.MaxCap()
	for _, p := range paths(re, []path{{}}) {
		s := table.Strip{Masks: p.masks, ToEnd: p.toEnd}
		if _, ok := p.groups[last]; ok && group > 0 {
			s.Captures, s.From, s.To = true, p.groups[group][0], p.groups[group][1]
		}
		rules = append(rules, s)
	}
	return before, rules
}
