package rules

import "slices"

// NewVector is a vector for s in which everything is null.
func NewVector(s *Set) *Vector {
	v := &Vector{Values: make([]float64, len(s.Columns)), Null: make([]bool, len(s.Columns))}
	for i := range v.Null {
		v.Null[i] = true
	}
	return v
}

// Set gives column i the value x. A bool is 0 or 1. NaN is null, so that no rule
// has to think of it.
func (v *Vector) Set(i int, x float64) {
	if x != x {
		v.SetNull(i)
		return
	}
	v.Values[i], v.Null[i] = x, false
}

// SetNull says that nothing is known of column i.
func (v *Vector) SetNull(i int) { v.Values[i], v.Null[i] = 0, true }

// Column is where a feature stands in a vector of s, -1 if no rule needs it.
func (s *Set) Column(name string) int { return slices.Index(s.Columns, name) }

// Rule is the rule with an ID, nil if there is none.
func (s *Set) Rule(id string) *Rule {
	for _, r := range s.Rules {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Features are the names of the features that r, a rule of s, names in its
// expressions, in the order in which it does.
func (r *Rule) Features(s *Set) []string {
	names := make([]string, len(r.Named))
	for i, c := range r.Named {
		names[i] = s.Columns[c]
	}
	return names
}
