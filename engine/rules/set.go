package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Point says when a rule is evaluated.
type Point uint8

// The points.
const (
	Activity Point = iota // once per second of event time, for the subscribers that had a leg in it
	Boundary              // at each emission boundary, for everyone in state
)

// Set is the rules of a job. It is immutable and safe for use by many goroutines.
type Set struct {
	Rules   []*Rule  // ascending by ID
	Columns []string // every feature that is needed, each once: what a Vector holds
	Hash    string   // of the rules and their lists

	charge, premium, international int // columns, -1 for none
}

// Vector is the features of one subscriber at one instant: element i is
// Set.Columns[i]. Integers are floats, bools 0 or 1. A null is 0 with Null set.
type Vector struct {
	Values []float64
	Null   []bool
}

// Rule is one rule.
type Rule struct {
	alert.Policy // severity and times

	ID, Type   string
	Group      string
	Line       int // in its file, from 1
	On         Point
	Expr       string
	MinSupport string // empty: none
	Warn       string // empty: none
	Storm      Storm
	ColdStart  cdr.Millis // a job that has observed for less reports warnings, see At
	Except     []string   // names of lists
	Labels     []alert.Label
	Version    string // hash of what the rule says
	Named      []int  // in Set.Columns: the features it names, in the order in which it names them
	Gate       Gate
	Pairs      []Pair // what must hold besides

	support, full, warn check // nil for none, but full
	surely              sure  // nil: nobody knows
	lists               []*list
	summary             template
}

// Storm is how many subscribers a boundary rule may fire for at once: more than
// Share of the home subscribers evaluated, and more than Least, are a storm. A
// Share of 1 or more never is.
type Storm struct {
	Share float64
	Least int
}

// Is reports whether n of the home subscribers evaluated are a storm.
func (s Storm) Is(n, evaluated int64) bool {
	return s.Share < 1 && n > int64(s.Least) && float64(n) > s.Share*float64(evaluated)
}

// At is the policy of the rule at the instant t of a job whose first event was at
// first. What is critical once the job knows its subscribers is a warning before: to
// a job that begins, all contacts are new and a day is a month.
func (r *Rule) At(t, first cdr.Millis) alert.Policy {
	p := r.Policy
	if t-first < r.ColdStart {
		p.Severity = alert.Warning
	}
	return p
}

// Level evaluates the rule. It allocates nothing unless an expression needs expr's
// machine.
func (r *Rule) Level(v *Vector) alert.Level {
	switch {
	case r.support != nil && !r.support(v):
		return alert.Quiet
	case r.full(v):
		return alert.Full
	case r.warn != nil && r.warn(v):
		return alert.Warn
	}
	return alert.Quiet
}

// Exempt reports whether the rule does not apply to a subscriber, by its text.
func (r *Rule) Exempt(subscriber []byte) bool {
	for _, l := range r.lists {
		if l.has(subscriber) {
			return true
		}
	}
	return false
}

// exempted are the entries of all lists of r, sorted, each once.
func (r *Rule) exempted() (all []string) {
	for _, l := range r.lists {
		all = append(all, l.entries()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Summary renders the rule's summary; "" if it has none.
func (r *Rule) Summary(subscriber string, v *Vector) string {
	return r.summary.render(subscriber, v)
}

// AtRisk returns what is at stake for the subscriber of v: 24 h of charge, or of
// premium and international seconds where there is none.
func (s *Set) AtRisk(v *Vector) (value float64, unit string) {
	known := func(i int) float64 {
		if i < 0 || v.Null[i] {
			return 0
		}
		return v.Values[i]
	}
	if c := known(s.charge); c > 0 {
		return c, "currency"
	}
	if s.charge < 0 && s.premium < 0 && s.international < 0 {
		return 0, "" // nobody knows
	}
	return known(s.premium) + known(s.international), "seconds"
}

// Told are the columns, each once, of what an alert of r tells: of the features that it names,
// of those of its summary, and of what AtRisk reads.
func (s *Set) Told(r *Rule) []int {
	all := append(slices.Clone(r.Named), r.summary.columns()...)
	for _, c := range []int{s.charge, s.premium, s.international} {
		if c >= 0 {
			all = append(all, c)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Gate is what must hold for the rule to hold: of each clause at least one atom.
// An empty gate lets everybody pass. Clauses come most selective first.
type Gate []Clause

// Clause is alternatives.
type Clause []Atom

// Atom compares a feature with a constant. It does not hold for null.
type Atom struct {
	Column int // in Set.Columns
	Op     Op
	Value  float64
}

// Op is a comparison.
type Op uint8

// The comparisons.
const (
	GE Op = iota
	GT
	LE
	LT
	EQ
)

// Holds evaluates the gate on a whole vector.
func (g Gate) Holds(v *Vector) bool {
	for _, c := range g {
		if !slices.ContainsFunc(c, func(a Atom) bool { return a.Holds(v.Values[a.Column], v.Null[a.Column]) }) {
			return false
		}
	}
	return true
}

// Holds compares a value of the atom's feature.
func (a Atom) Holds(value float64, null bool) bool {
	if null {
		return false
	}
	switch a.Op {
	case GE:
		return value >= a.Value
	case GT:
		return value > a.Value
	case LE:
		return value <= a.Value
	case LT:
		return value < a.Value
	}
	return value == a.Value
}

// Text is the gate in the language of rules, for people; s is the set of its rule.
func (g Gate) Text(s *Set) string {
	clauses := make([]string, len(g))
	for i, c := range g {
		atoms := make([]string, len(c))
		for j, a := range c {
			atoms[j] = fmt.Sprintf("%s %s %v", s.Columns[a.Column], a.Op, a.Value)
		}
		if clauses[i] = strings.Join(atoms, " or "); len(c) > 1 && len(g) > 1 {
			clauses[i] = "(" + clauses[i] + ")"
		}
	}
	return strings.Join(clauses, " and ")
}

// String is the sign of the comparison.
func (o Op) String() string { return [...]string{">=", ">", "<=", "<", "=="}[o] }
