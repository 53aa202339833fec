package rules_test

import (
	"testing"

	"github.com/cdrstream/cdrstream/aggregators"
	"github.com/cdrstream/cdrstream/aggregators/rhythm"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// fields are those of the given windows, by default of all that the catalogue needs.
func fields(t testing.TB, windows ...string) []feature.Field {
	t.Helper()
	if len(windows) == 0 {
		windows = []string{"1h", "24h", "1d", "7d", "30d"}
	}
	var specs []window.Spec
	for _, w := range windows {
		s, err := window.ParseSpec(w)
		if err != nil {
			t.Fatal(err)
		}
		specs = append(specs, s)
	}
	return feature.Fields(aggregators.All(aggregators.Options{Rhythm: rhythm.Options{}}), specs)
}

func TestBuiltin(t *testing.T) {
	s, skipped, err := rules.ParseBuiltin(rules.Options{Fields: fields(t)})
	if err != nil {
		t.Fatal(err)
	}
	if len(skipped) > 0 {
		t.Errorf("skipped: %q", skipped)
	}
	for _, r := range s.Rules {
		t.Logf("%s line %d %s", r.ID, r.Line, r.Version)
		for _, c := range r.Gate {
			var texts []any
			for _, a := range c {
				texts = append(texts, s.Columns[a.Column], a.Op, a.Value)
			}
			t.Log("   ", texts)
		}
	}
}
