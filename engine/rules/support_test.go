package rules

import (
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/feature"
)

// Without support a rule neither asks for it nor needs its features; a mistake in
// it is still one.
func TestNoSupport(t *testing.T) {
	o := Options{Fields: []feature.Field{{Name: "calls_7d", Window: "7d"}, {Name: "days_7d", Window: "7d"}}, NoSupport: true}
	text := "groups: [{name: g, rules: [{id: a, expr: calls_7d >= 5, min_support: days_7d >= 3}]}]"
	s, _, err := Parse("a.yaml", []byte(text), o)
	if err != nil {
		t.Fatal(err)
	}
	v := NewVector(s)
	v.Set(s.Column("calls_7d"), 5)
	r := s.Rule("a")
	if got := r.Features(s); r.Level(v) != alert.Full || r.MinSupport != "" || !slices.Equal(got, []string{"calls_7d"}) {
		t.Errorf("level %v, support %q, features %q", r.Level(v), r.MinSupport, got)
	}
	if _, _, err := Parse("a.yaml", []byte("groups: [{name: g, rules: [{id: a, expr: calls_7d >= 5, min_support: days >= 3}]}]"), o); err == nil {
		t.Error("a mistake in min_support is not one")
	}
}
