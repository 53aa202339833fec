package oracle

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Rule is one rule as its author writes it. Empty texts and zero numbers are the
// documented defaults.
type Rule struct {
	ID, Type string
	On       string // activity, boundary

	Expr       string
	MinSupport string // "": none
	Warn       string // "": none

	// Durations as in a rule file: 90s, 1h30m, 30d.
	For          string // 0s
	ResolveAfter string // the longest window that the rule names, at least 24h
	Cooldown     string // 24h

	Severity   string  // warning, critical
	StormShare float64 // 0.02
	StormLeast int     // 50

	Except []string          // entries of all lists: +4930..., 1555*, imsi:310..., alice
	Labels map[string]string // passed through
}

// Severities, in order.
const (
	warning = iota
	critical
)

var severities = []string{"warning", "critical"}

// Levels of an evaluation.
const (
	quiet = iota
	warned
	full
)

// rule is a rule understood.
type rule struct {
	Rule
	expr, minSupport, warn  expression // nil: none
	names                   []string   // every feature that it names, in the order of expr, min_support, warn
	hold, resolve, cooldown int64      // ms
	severity                int
}

// rules understands c.Rules, ascending by id.
func (e *emission) rules() ([]*rule, error) {
	var all []*rule
	for _, text := range e.c.Rules {
		r, err := e.rule(text)
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", text.ID, err)
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *rule) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

func (e *emission) rule(text Rule) (*rule, error) {
	r := &rule{Rule: text}
	if r.On != "activity" && r.On != "boundary" {
		return nil, fmt.Errorf("on %q", r.On)
	}
	for _, x := range []struct {
		text string
		to   *expression
	}{{r.Expr, &r.expr}, {r.MinSupport, &r.minSupport}, {r.Warn, &r.warn}} {
		if x.text == "" {
			continue
		}
		parsed, names, err := parseExpression(x.text)
		if err != nil {
			return nil, err
		}
		*x.to = parsed
		for _, n := range names {
			if !slices.Contains(r.names, n) {
				r.names = append(r.names, n)
			}
		}
	}
	longest := int64(24 * time.Hour / time.Millisecond)
	for _, n := range r.names {
		c, ok := e.column(n)
		if !ok {
			return nil, fmt.Errorf("no feature %s", n)
		}
		longest = max(longest, c.window.span, int64(c.window.days)*86_400_000)
	}
	r.StormShare, r.StormLeast = or(r.StormShare, 0.02), or(r.StormLeast, 50)
	r.severity = slices.Index(severities, or(r.Severity, "warning"))
	return r, r.durations(longest)
}

// durations reads the three durations, of which resolve_after has longest for
// its default.
func (r *rule) durations(longest int64) error {
	for _, x := range []struct {
		text string
		to   *int64
		def  int64
	}{{r.For, &r.hold, 0}, {r.ResolveAfter, &r.resolve, longest}, {r.Cooldown, &r.cooldown, 86_400_000}} {
		*x.to = x.def
		if x.text == "" {
			continue
		}
		ms, err := duration(x.text)
		if err != nil {
			return err
		}
		*x.to = ms
	}
	return nil
}

// duration reads 30d, or a duration of Go, in ms.
func duration(text string) (int64, error) {
	if n, ok := strings.CutSuffix(text, "d"); ok {
		days, err := strconv.ParseInt(n, 10, 64)
		return days * 86_400_000, err
	}
	d, err := time.ParseDuration(text)
	return d.Milliseconds(), err
}

// level evaluates r over the features that value knows.
func (r *rule) level(value func(name string) any) int {
	switch {
	case r.minSupport != nil && r.minSupport(value) != true:
		return quiet
	case r.expr(value) == true:
		return full
	case r.warn != nil && r.warn(value) == true:
		return warned
	}
	return quiet
}

// at is the severity of a level.
func (r *rule) at(level int) int {
	if level == full {
		return r.severity
	}
	return warning
}

// exempts tells whether r does not apply to a subscriber.
func (r *rule) exempts(subscriber string) bool {
	for _, entry := range r.Except {
		entry = strings.TrimPrefix(entry, "+")
		prefix, isPrefix := strings.CutSuffix(entry, "*")
		if subscriber == entry || isPrefix && strings.HasPrefix(subscriber, prefix) {
			return true
		}
	}
	return false
}
