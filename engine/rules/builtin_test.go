package rules_test

import (
	"os"
	"slices"
	"strings"
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

// The catalogue is what its table in the documentation says.
func TestCatalogue(t *testing.T) {
	table, err := os.ReadFile("testdata/catalogue.txt")
	if err != nil {
		t.Fatal(err)
	}
	s, skipped, err := rules.ParseBuiltin(rules.Options{Fields: fields(t)})
	if err != nil || len(skipped) > 0 {
		t.Fatalf("skipped %q, error %v", skipped, err)
	}
	want := strings.Split(strings.TrimSpace(string(table)), "\n")
	if len(s.Rules) != len(want) {
		t.Errorf("%d rules, the table has %d", len(s.Rules), len(want))
	}
	for _, line := range want {
		f := strings.Split(line, " | ")
		r := s.Rule(f[0])
		if r == nil {
			t.Errorf("%s is missing", f[0])
			continue
		}
		support := ""
		if r.MinSupport != "" {
			support = " [" + r.MinSupport + "]"
		}
		got := strings.Join([]string{r.ID, r.Type, []string{"activity", "boundary"}[r.On], []string{"warning", "critical"}[r.Severity], r.Expr + support}, " | ")
		if got != line {
			t.Errorf("got  %s\nwant %s", got, line)
		}
		if len(r.Gate) == 0 {
			t.Errorf("%s has no gate", r.ID)
		}
		if r.Summary("15550100", rules.NewVector(s)) == "" {
			t.Errorf("%s has no summary", r.ID)
		}
	}
}

// Without a window, the rules that need it are left out, and only they.
func TestBuiltinWithoutWindows(t *testing.T) {
	s, skipped, err := rules.ParseBuiltin(rules.Options{Fields: fields(t, "1d", "7d", "30d", "24h")})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(skipped)
	if want := []string{"international_surge", "irsf_premium_burst", "wangiri_origin_fast"}; !slices.Equal(skipped, want) {
		t.Errorf("skipped %q, want %q", skipped, want)
	}
	if s.Rule("wangiri_origin_fast") != nil || s.Column("premium_seconds_1h") >= 0 {
		t.Error("a rule that was skipped is in the set")
	}
	if s, skipped, err = rules.ParseBuiltin(rules.Options{Fields: fields(t, "1d")}); err != nil || len(s.Rules) == 0 || len(s.Rules)+len(skipped) != 34 {
		t.Errorf("with 1d only: %d rules, %d skipped, error %v", len(s.Rules), len(skipped), err)
	}
}
