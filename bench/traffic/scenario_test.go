package traffic

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"
)

// village is a small network in which everything happens to ten people each.
func village(seed uint64) Config {
	plantings, err := ParseScenarios("all")
	if err != nil {
		panic(err)
	}
	return Config{Subscribers: 4000, Days: 60, Seed: seed, Records: 500_000, Scenarios: plantings, ScenarioShare: 0.0025, Outage: true}
}

// story is what the records tell of an actor.
type story struct {
	Truth
	planted []Record // of its scenario
	other   []Record // ordinary ones in which it takes part
}

// play generates c and sorts the records by actor.
func play(t testing.TB, c Config) (byScenario map[string][]*story, counts Counts) {
	t.Helper()
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	actors := map[Number]*story{}
	for _, a := range g.stage.actors {
		actors[a.me.number] = &story{}
	}
	var r Record
	for g.Next(&r) {
		if g.outage.has(r.Written) {
			t.Fatalf("seed %d: a record written in the outage", c.Seed)
		}
		for _, n := range [...]Number{r.Calling, r.Called} {
			s := actors[n]
			switch {
			case s == nil:
			case r.planted:
				s.planted = append(s.planted, r)
			default:
				s.other = append(s.other, r)
			}
		}
	}
	byScenario = map[string][]*story{}
	for _, truth := range g.Truth() {
		s := actors[truth.Subscriber]
		s.Truth = truth
		byScenario[truth.Scenario] = append(byScenario[truth.Scenario], s)
	}
	return byScenario, g.Counts()
}

const villageSeed = 11

// stories is the village's run, which the tests share.
var stories = sync.OnceValues(func() (map[string][]*story, Counts) { return play(new(testing.T), village(villageSeed)) })

func TestEveryScenarioIsPlayed(t *testing.T) {
	all, counts := stories()
	for _, s := range scenarios() {
		if n := len(all[s.name]); n != 10 {
			t.Errorf("seed %d: %s has %d actors with records, want 10", villageSeed, s.name, n)
		}
		for _, x := range all[s.name] {
			if x.Kind != s.kind {
				t.Errorf("%s is %v", s.name, x.Kind)
			}
		}
	}
	inRange(t, "records lost in two days of sixty", float64(counts.Lost)/float64(counts.Records), 0.025, 0.04)
}

// What the truth says of the scenarios is what the records show.
func TestTruthMatchesRecords(t *testing.T) {
	all, _ := stories()
	for name, actors := range all {
		for _, s := range actors {
			records, low, high := s.planted, int64(0), int64(0)
			switch name {
			case "churn_sudden", "churn_decline":
				records = s.other
			default:
				low, high = s.From, s.To
			}
			first, last := false, false
			for _, r := range records {
				first = first || r.ID == s.FirstID && r.Release() == s.From
				last = last || r.Release() == s.To
				if high > 0 && (r.Release() < low || r.Release() > high) {
					t.Fatalf("seed %d: %s: a record is released outside %d to %d", villageSeed, name, low, high)
				}
			}
			if !first || high > 0 && !last || s.To < s.From {
				t.Errorf("seed %d: %s: first record found %v, last %v, %d to %d", villageSeed, name, first, last, s.From, s.To)
			}
		}
	}
}

func TestScenariosAreReproducible(t *testing.T) {
	c := village(5)
	c.Subscribers, c.Days, c.Records, c.ScenarioShare = 1000, 45, 60_000, 0.002
	c.SplitLegs, c.Duplicate, c.Malformed = true, 0.01, 0.01
	text := func() (string, []byte) {
		g, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		digest := digest(t, c)
		w, r := writer(t, c, Columns()), Record{}
		for g.Next(&r) {
			continue
		}
		var truth []byte
		for _, x := range g.Truth() {
			truth = w.AppendTruth(truth, &x)
		}
		return digest, truth
	}
	a, truthA := text()
	b, truthB := text()
	if a != b || !bytes.Equal(truthA, truthB) {
		t.Errorf("digests %s and %s of the same configuration", a, b)
	}
	// As with TestBytesOfASeed: this changes with the generator only.
	if want := "2aa2bd55ce3d20a1"; a != want {
		t.Errorf("digest %s, want %s", a, want)
	}
	if want := "33642062885,irsf,2026-02-07T19:58:43.727Z,2026-02-08T08:51:15.958Z,5-515c,fraud\n"; !strings.HasPrefix(string(truthA), want) {
		t.Errorf("the truth begins with %.90s, want %s", truthA, want)
	}
}

// A scenario's actors are the same whatever else is planted.
func TestScenariosDoNotChooseForEachOther(t *testing.T) {
	c := village(villageSeed)
	c.Scenarios = []Planting{{Scenario: "pbx"}}
	alone, _ := play(t, c)
	all, _ := stories()
	same := 0
	for _, s := range alone["pbx"] {
		if slices.ContainsFunc(all["pbx"], func(x *story) bool { return x.Subscriber == s.Subscriber }) {
			same++
		}
	}
	if same < 9 { // somebody may have had a part already
		t.Errorf("seed %d: %d of 10 lines are the same", villageSeed, same)
	}
}

func TestParseScenarios(t *testing.T) {
	for _, c := range []struct {
		list string
		want int
		err  string
	}{
		{"none", 0, ""}, {"all", 25, ""}, {"fraud", 11, ""}, {"churn", 2, ""}, {"honest", 12, ""},
		{"irsf, courier=7", 2, ""}, {"fraud,honest=3", 23, ""},
		{"irfs", 0, "no scenario"}, {"irsf=x", 0, "count"}, {"irsf=0", 0, "count"}, {"irsf,fraud", 0, "twice"}, {"", 0, "no scenario"},
	} {
		got, err := ParseScenarios(c.list)
		if len(got) != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q: %d plantings, %v", c.list, len(got), err)
		}
	}
}

func TestScenariosThatDoNotFit(t *testing.T) {
	for _, test := range []struct {
		change func(c *Config)
		want   string
	}{
		{func(c *Config) { c.Days = 7 }, "churn_sudden 40"},
		{func(c *Config) { c.Subscribers = 100; c.ScenarioShare = 0.1 }, "quarter"},
		{func(c *Config) { c.Scenarios = []Planting{{Scenario: "pbx", Count: 900}} }, "were found"},
		{func(c *Config) { c.Scenarios = []Planting{{Scenario: "x"}} }, "unknown"},
		{func(c *Config) { c.ScenarioShare = -1 }, "ScenarioShare"},
		{func(c *Config) { c.Scenarios, c.Days = nil, 3 }, "Outage"},
	} {
		c := village(1)
		test.change(&c)
		_, err := New(c)
		if _, ok := err.(*ConfigError); !ok || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want one with %q", err, test.want)
		}
	}
}

// In every length of run that is long enough each scenario finds its place.
func TestShortRuns(t *testing.T) {
	for _, s := range scenarios() {
		for _, days := range []int{s.days, s.days + 3} {
			c := Config{Subscribers: 600, Days: days, Records: 2000, Scenarios: []Planting{{Scenario: s.name, Count: 4}}}
			all, _ := play(t, c)
			// Those who leave may have done nothing before in so thin a traffic.
			if n := len(all[s.name]); n < 4 && s.kind != Churn {
				t.Errorf("%s in %d days: %d of 4 actors have records", s.name, c.Days, n)
			}
		}
	}
}
