package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// version is a hash of what a rule says: its expressions as they were understood, its times, and the entries of its lists. Comments, spacing, the summary
// and the order of labels and lists make no difference.
func (d *draft) version() string {
	q := d.rule
	h := sha256.New()
	say(h, q.ID, q.Type, q.On, q.Severity, q.For, q.ResolveAfter, q.Cooldown)
	if q.ColdStart > 0 {
		say(h, "cold_start", q.ColdStart)
	}
	if q.On == Boundary {
		say(h, q.Storm.Share, q.Storm.Least)
	}
	say(h, "expr", d.expr.canon())
	if d.support != nil {
		say(h, "min_support", d.support.canon())
	}
	if d.warn != nil {
		say(h, "warn", d.warn.canon())
	}
	for _, l := range q.Labels {
		say(h, "label", l.Name, l.Value)
	}
	for _, e := range q.exempted() {
		say(h, "except", e)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// say writes values so that no two sequences of them look the same.
func say(w io.Writer, values ...any) {
	for _, v := range values {
		s := fmt.Sprint(v)
		fmt.Fprintf(w, "%d:%s;", len(s), s) // a hash takes everything
	}
}

// hash is of all rules, in their order.
func (s *Set) hash() string {
	h := sha256.New()
	for _, q := range s.Rules {
		say(h, q.ID, q.Version)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
