package feature

import (
	"slices"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/window"
)

// shop is a small family.
type shop struct {
	name     string
	measures []window.Measure
	features []Feature
}

func (s shop) Name() string               { return s.name }
func (s shop) Measures() []window.Measure { return s.measures }
func (s shop) Features() []Feature        { return s.features }
func (shop) Mark(*window.Legs)            {}
func (shop) Tells() window.Fact           { return 0 }

func small() []Family {
	return []Family{
		shop{"a", []window.Measure{{Name: "n"}, {Name: "s", Kind: window.Sum}, {Name: "q", Kind: window.Squares}, {Name: "top", Kind: window.Max}}, []Feature{
			{Name: "calls", Core: true, Calc: Total{"n"}},
			{Name: "calls_std", Type: Float64, Calc: Deviation{Of: "s", Squares: "q", Over: "n"}},
			{Name: "calls_per_day", Core: true, Type: Float64, Scope: LongWindows, Calc: PerDay{"n"}},
			{Name: "days", Scope: DayWindows, Calc: Total{"n"}},
			{Name: "calls_trend", Core: true, Type: Float64, Scope: NoWindow, Calc: Trend{"n"}},
		}},
		shop{"b", []window.Measure{{Name: "cells", Kind: window.Distinct, Item: window.CellItem, Seen: window.Stamp0}}, []Feature{
			{Name: "cells", Core: true, Calc: Total{"cells"}},
			{Name: "age", Core: true, Scope: NoWindow, Calc: Age{Tenure}},
			{Name: "home", Core: true, Type: Bool, Scope: Fixed},
		}},
	}
}

func specs(t testing.TB, texts ...string) []window.Spec {
	t.Helper()
	var out []window.Spec
	for _, w := range texts {
		s, err := window.ParseSpec(w)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

func TestSelect(t *testing.T) {
	windows := specs(t, "1h/5m", "1d", "7d", "30d")
	for _, test := range []struct{ globs, want string }{
		{"core", "calls_1d calls_7d calls_30d calls_per_day_7d calls_per_day_30d calls_trend cells_1d cells_7d cells_30d age"},
		{"calls_7d", "calls_7d"},
		{"calls_??", "calls_1h calls_1d calls_7d"},
		{"cells_* calls_1h", "calls_1h cells_1h cells_1d cells_7d cells_30d"}, // in catalogue order
		{"*_7d *_7d", "calls_7d calls_std_7d calls_per_day_7d days_7d cells_7d"},
		{"days_*", "days_1d days_7d days_30d"},
		{"c[ae]*_30d", "calls_30d calls_std_30d calls_per_day_30d cells_30d"},
		{"core calls_std_1h", "calls_1d calls_7d calls_30d calls_std_1h calls_per_day_7d calls_per_day_30d calls_trend cells_1d cells_7d cells_30d age"},
		{"", ""},
	} {
		got, err := Select(small(), windows, strings.Fields(test.globs))
		if err != nil {
			t.Errorf("%s: %v", test.globs, err)
			continue
		}
		var names []string
		for _, s := range got {
			names = append(names, s.Name(windows))
		}
		if !slices.Equal(names, strings.Fields(test.want)) {
			t.Errorf("%s:\n got %s\nwant %s", test.globs, strings.Join(names, " "), test.want)
		}
	}
	all, err := Select(small(), windows, []string{"*"})
	if err != nil || len(all) != len(Columns(small(), windows)) {
		t.Errorf("* selects %d of %d: %v", len(all), len(Columns(small(), windows)), err)
	}
	if _, err := Select(small(), specs(t, "7d"), []string{"calls_trend"}); err == nil {
		t.Error("a trend without its month is selected")
	}
}

func TestSelectErrors(t *testing.T) {
	windows := specs(t, "1h/5m", "1d", "7d", "30d")
	for glob, want := range map[string]string{
		"cals_7d":      `"cals_7d" matches no column; ` + "`cdrstream features list` shows them (did you mean calls_7d?)",
		"calls_1w":     "did you mean calls_1",
		"cellss_30d":   "did you mean cells_30d?",
		"days_1h":      "did you mean days_1d?",
		"home":         `"home" matches no column`,
		"no*such":      `"no*such" matches no column`,
		"[":            `"[" is no valid pattern`,
		"zzzzzzzzzzzz": `"zzzzzzzzzzzz" matches no column`,
	} {
		_, err := Select(small(), windows, []string{"calls_7d", glob})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "features: ") {
			t.Errorf("%s: %v, want %s", glob, err, want)
		}
		if strings.HasPrefix(glob, "zzz") && err != nil && strings.Contains(err.Error(), "did you mean") {
			t.Errorf("%s: %v", glob, err)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"calls", "calls", 0}, {"abcd", "acbd", 2}, {"flaw", "lawn", 2}} {
		if got := Distance(test.a, test.b); got != test.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	windows := specs(t, "7d")
	twice := append(small(), shop{"c", []window.Measure{{Name: "n"}}, nil})
	if _, err := Compile(twice, windows, []string{"*"}); err == nil || !strings.Contains(err.Error(), "measure n is declared twice; rename the one of family c") {
		t.Error(err)
	}
	lost := []Family{shop{"a", nil, []Feature{{Name: "x", Calc: Total{"y"}}}}}
	if _, err := Compile(lost, windows, []string{"*"}); err == nil || !strings.Contains(err.Error(), "feature x reads the measure y, which no family declares") {
		t.Error(err)
	}
	many := specs(t, "1h/1m", "1h/2m", "1h/3m", "1h/4m", "1h/5m", "1h/6m", "1h/10m", "1h/12m", "1h/15m")
	if _, err := Compile(small(), many, []string{"calls_*"}); err == nil || !strings.Contains(err.Error(), "9 different slides") {
		t.Error(err)
	}
	if _, err := Compile(small(), many[:window.MaxGrids], []string{"calls_*"}); err != nil {
		t.Error(err)
	}
}

// A plan keeps per pane only what some column reads.
func TestCompileKeepsWhatIsRead(t *testing.T) {
	windows := specs(t, "1h/5m", "1d", "7d", "30d")
	measures := func(p *Plan) (out []string) {
		for _, g := range p.Grids {
			for _, m := range g.Layout.Measures {
				out = append(out, g.Spec.Name+":"+m.Name)
			}
		}
		for _, m := range p.Distinct {
			out = append(out, m.Name)
		}
		return out
	}
	for globs, want := range map[string]string{
		"calls_7d":          "7d:n",
		"calls_1h calls_1d": "1h:n 1d:n",
		"calls_std_30d":     "30d:n 30d:s 30d:q",
		"calls_trend":       "7d:n",
		"cells_1d":          "cells",
		"age":               "",
	} {
		p, err := Compile(small(), windows, strings.Fields(globs))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(measures(p), " "); got != want {
			t.Errorf("%s keeps %q, want %q", globs, got, want)
		}
	}
	p, err := Compile(small(), windows, []string{"cells_1d"})
	if err != nil || p.SubDay {
		t.Errorf("days alone are sub-day: %v, %v", p.SubDay, err)
	}
	if p, _ = Compile(small(), windows, []string{"cells_1h"}); !p.SubDay {
		t.Error("an hour is not sub-day")
	}
}
