package aggregators_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/aggregators"
	"github.com/cdrstream/cdrstream/aggregators/rhythm"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/window"
)

// catalogue is the list of features as the specification gives it, row by row:
// a star marks the core set, what follows a colon is the type.
const catalogue = `
calls* calls_out* calls_in*: int
calls_out_per_day* calls_in_per_day*: float, long
answered_calls* no_answer_calls busy_calls failed_calls answered_calls_out no_answer_calls_out: int
no_answer_ratio* no_answer_ratio_out answer_ratio: float
answer_seizure_ratio*: float
talk_seconds* talk_seconds_out* talk_seconds_in: float
call_duration_mean* call_duration_std call_duration_max: float
billed_minutes*: int
ring_seconds_mean: float
short_call_ratio under_minute_ratio: float
out_ratio*: float
weekday_ratio* daytime_ratio* nocturnal_ratio*: float
calls_night calls_morning calls_afternoon calls_evening: int
different_area_ratio*: float
area_codes_called* countries_called*: int
calls_out_service calls_out_unknown calls_out_international* calls_out_local* calls_out_national*: int
international_ratio international_seconds*: float
calls_out_premium: int
premium_seconds*: float
hotlist_calls: int
contacts* contacts_out* contacts_in*: int
contacts_mutual sms_contacts_out: int
calls_per_contact*: float
onnet_ratio: float
roaming_calls: int
roaming_ratio* roaming_seconds: float
roaming_bytes visited_countries: int
sms_out* sms_in*: int
data_sessions data_bytes* data_bytes_up data_bytes_down data_bytes_4g* data_bytes_5g*: int
cells* regions imeis* imsis: int
charge*: float
high_value_calls*: int
forwarded_calls forwarded_international_calls: int
overlapping_calls: int
dropped_calls: int
care_calls: int
active_days* voice_days data_days: int, days
interval_mean_seconds interval_std_seconds: float
home*: bool, fixed
observed_days*: int, fixed
tenure_days* days_since_activity* days_since_outgoing* days_since_imsi_change: int, none
calls_trend* calls_out_trend talk_seconds_trend data_bytes_trend charge_trend: float, none
`

type entry struct {
	core  bool
	typ   feature.Type
	scope feature.Scope
}

func specified(t *testing.T) map[string]entry {
	types := map[string]feature.Type{"int": feature.Int64, "float": feature.Float64, "bool": feature.Bool}
	scopes := map[string]feature.Scope{
		"": feature.EachWindow, "days": feature.DayWindows, "long": feature.LongWindows, "none": feature.NoWindow, "fixed": feature.Fixed,
	}
	all := map[string]entry{}
	for line := range strings.Lines(strings.TrimSpace(catalogue)) {
		names, kind, _ := strings.Cut(strings.TrimSpace(line), ": ")
		typ, scope, _ := strings.Cut(kind, ", ")
		for _, name := range strings.Fields(names) {
			bare := strings.TrimSuffix(name, "*")
			if _, twice := all[bare]; twice {
				t.Fatalf("%s stands twice in the list", bare)
			}
			all[bare] = entry{name != bare, types[typ], scopes[scope]}
		}
	}
	return all
}

func families(t *testing.T) []feature.Family {
	t.Helper()
	plan, err := numbering.New(numbering.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return aggregators.All(aggregators.Options{Rhythm: rhythm.Options{Zone: time.UTC}, Numbers: plan})
}

// TestCatalogue: the families have every feature of the specification, once,
// with its type, its windows and its place in or outside the core set.
func TestCatalogue(t *testing.T) {
	want := specified(t)
	seen := map[string]string{}
	for _, fam := range families(t) {
		for _, f := range fam.Features() {
			w, ok := want[f.Name]
			if !ok {
				t.Errorf("%s: the feature %s is not in the specification", fam.Name(), f.Name)
				continue
			}
			if other, twice := seen[f.Name]; twice {
				t.Errorf("%s is a feature of %s and of %s", f.Name, other, fam.Name())
			}
			seen[f.Name] = fam.Name()
			if got := (entry{f.Core, f.Type, f.Scope}); got != w {
				t.Errorf("%s: core, type, scope are %v, want %v", f.Name, got, w)
			}
			if f.Formula == "" || f.Unit == "" && f.Type != feature.Bool {
				t.Errorf("%s: unit %q, formula %q", f.Name, f.Unit, f.Formula)
			}
			if (f.Unit == "ratio") != (strings.Contains(f.Name, "_ratio") || strings.HasSuffix(f.Name, "_trend")) {
				t.Errorf("%s has the unit %q", f.Name, f.Unit)
			}
			if f.Scope != feature.Fixed && f.Calc == nil {
				t.Errorf("%s has no formula to compute it by", f.Name)
			}
		}
	}
	for name := range want {
		if seen[name] == "" {
			t.Errorf("no family has %s", name)
		}
	}
}

// TestMeasures: names are unique, well formed, and each measure serves some
// feature: without it the plan of all columns would not need it.
func TestMeasures(t *testing.T) {
	fams := families(t)
	var windows []window.Spec
	for _, w := range []string{"1h/5m", "1d", "7d", "30d"} {
		s, err := window.ParseSpec(w)
		if err != nil {
			t.Fatal(err)
		}
		windows = append(windows, s)
	}
	plan, err := feature.Compile(fams, windows, []string{"*"})
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, g := range plan.Grids {
		for _, m := range g.Layout.Measures {
			used[m.Name] = true
		}
	}
	for _, m := range plan.Distinct {
		used[m.Name] = true
	}
	declared := map[string]string{}
	for _, fam := range fams {
		for _, m := range fam.Measures() {
			if other, twice := declared[m.Name]; twice {
				t.Errorf("the measure %s is declared by %s and %s", m.Name, other, fam.Name())
			}
			declared[m.Name] = fam.Name()
			if !used[m.Name] {
				t.Errorf("%s: no feature reads the measure %s", fam.Name(), m.Name)
			}
			if m.When.All&m.When.None != 0 {
				t.Errorf("%s: the condition of %s never holds", fam.Name(), m.Name)
			}
			if m.Kind == window.Distinct && (m.Item == window.NoItem || (m.Seen == 0) == (m.Both == 0)) {
				t.Errorf("%s: %s names no items, or not one way to see them", fam.Name(), m.Name)
			}
		}
	}
	if len(plan.Schema.Fields) != len(feature.Columns(fams, windows)) {
		t.Errorf("%d columns of %d", len(plan.Schema.Fields), len(feature.Columns(fams, windows)))
	}
}

// TestStamps: no two measures over the same items use the same stamp for
// different conditions.
func TestStamps(t *testing.T) {
	type place struct {
		item window.Item
		seen window.Stamp
	}
	taken := map[place]window.Measure{}
	for _, fam := range families(t) {
		for _, m := range fam.Measures() {
			if m.Kind != window.Distinct || m.Seen == 0 {
				continue
			}
			p := place{m.Item, m.Seen}
			if other, ok := taken[p]; ok {
				t.Errorf("%s and %s set the same stamp of the same items", m.Name, other.Name)
			}
			taken[p] = m
		}
	}
}

// TestColumns: which columns there are, by name.
func TestColumns(t *testing.T) {
	var windows []window.Spec
	for _, w := range []string{"1h/5m", "24h/1h", "1d", "7d", "30d"} {
		s, _ := window.ParseSpec(w)
		windows = append(windows, s)
	}
	have := map[string]bool{}
	for _, c := range feature.Columns(families(t), windows) {
		if name := c.Name(windows); have[name] {
			t.Errorf("the column %s is there twice", name)
		} else {
			have[name] = true
		}
	}
	for name, want := range map[string]bool{
		"calls_1h": true, "calls_24h": true, "calls_1d": true, "calls_30d": true, "calls": false, "calls_2d": false,
		"calls_out_per_day_7d": true, "calls_out_per_day_30d": true, "calls_out_per_day_1d": false, "calls_out_per_day_24h": false,
		"active_days_1d": true, "active_days_7d": true, "active_days_24h": false, "active_days_1h": false,
		"tenure_days": true, "tenure_days_7d": false, "calls_trend": true, "calls_trend_7d": false, "home": false, "observed_days": false,
	} {
		if have[name] != want {
			t.Errorf("column %s: %v, want %v", name, have[name], want)
		}
	}
	// Every feature over a window of each kind it exists for, and no more.
	want := 0
	for _, e := range specified(t) {
		switch e.scope {
		case feature.EachWindow:
			want += 5
		case feature.DayWindows:
			want += 3
		case feature.LongWindows:
			want += 2
		case feature.NoWindow:
			want++
		}
	}
	if len(have) != want {
		t.Errorf("%d columns, want %d", len(have), want)
	}
	core, err := feature.Select(families(t), windows, []string{feature.Core})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range core {
		if !specified(t)[c.Feature.Name].core || c.Window >= 0 && !windows[c.Window].Days {
			t.Errorf("%s is in the core set", c.Name(windows))
		}
	}
}
