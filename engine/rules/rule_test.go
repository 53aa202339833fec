package rules_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/rules"
)

// parse reads a file that has no mistakes.
func parse(t testing.TB, text string) *rules.Set {
	t.Helper()
	s, _, err := rules.Parse("r.yaml", []byte(text), rules.Options{Fields: fields(t), Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// values is a vector with some features known.
func values(t testing.TB, s *rules.Set, known map[string]float64) *rules.Vector {
	t.Helper()
	v := rules.NewVector(s)
	for name, x := range known {
		if s.Column(name) < 0 {
			t.Fatalf("no column %s in %q", name, s.Columns)
		}
		v.Set(s.Column(name), x)
	}
	return v
}

func TestLevel(t *testing.T) {
	s := parse(t, `groups:
- name: g
  rules:
  - id: r
    expr: calls_24h >= 100 and out_ratio_30d > 0.5
    warn: calls_24h >= 50
    min_support: contacts_24h >= 20
    severity: critical
`)
	type known = map[string]float64
	for _, c := range []struct {
		known known
		want  alert.Level
	}{
		{known{"calls_24h": 100, "out_ratio_30d": 0.6, "contacts_24h": 20}, alert.Full},
		{known{"calls_24h": 100, "out_ratio_30d": 0.5, "contacts_24h": 20}, alert.Warn},
		{known{"calls_24h": 99, "out_ratio_30d": 0.6, "contacts_24h": 20}, alert.Warn},
		{known{"calls_24h": 49, "out_ratio_30d": 0.6, "contacts_24h": 20}, alert.Quiet},
		{known{"calls_24h": 100, "out_ratio_30d": 0.6, "contacts_24h": 19}, alert.Quiet},
		{known{"calls_24h": 100, "out_ratio_30d": 0.6}, alert.Quiet},
		{known{"calls_24h": 100, "contacts_24h": 20}, alert.Warn},
		{known{"calls_24h": 100, "out_ratio_30d": math.NaN(), "contacts_24h": 20}, alert.Warn},
		{known{}, alert.Quiet},
	} {
		if got := s.Rules[0].Level(values(t, s, c.known)); got != c.want {
			t.Errorf("%v: level %d, want %d", c.known, got, c.want)
		}
	}
}

// Null follows SQL; a division by zero is null.
func TestNull(t *testing.T) {
	for expr, want := range map[string]bool{
		"calls_trend > 0":                                    false,
		"not (calls_trend > 0)":                              false,
		"calls_trend > 0 or calls_24h == 0":                  true,
		"not (calls_trend > 0 and calls_24h > 0)":            true,
		"not (calls_trend > 0 and calls_24h == 0)":           false,
		"calls_trend == calls_trend":                         false,
		"calls_trend != 5":                                   false,
		"(calls_trend ?? 3) == 3":                            true,
		"calls_24h / calls_24h == 1":                         false,
		"calls_24h % calls_24h == 0":                         false,
		"(1 / calls_24h ?? 7) == 7":                          false, // 1 / (calls_24h ?? 7)
		"((1 / calls_24h) ?? 7) == 7":                        true,
		"max(calls_trend, 1) == 1":                           false,
		"calls_trend in [1, 2]":                              false,
		"calls_trend not in [1, 2]":                          false,
		"calls_trend in 1..2 or calls_24h in 0..3":           true,
		"calls_trend > 1 ? calls_24h == 1 : calls_24h == 0":  true,
		"count([calls_trend > 0, calls_24h == 0]) == 1":      true,
		"sum([calls_trend, calls_24h]) == 0":                 false,
		"mean([calls_24h, 4]) == 2":                          true,
		"median([calls_24h, 4, 1]) == 1":                     true,
		"calls_24h ** 2 == 0":                                true,
		"(let x = calls_24h + 1; x / x == 1)":                true,
		"(calls_trend > 0) == (calls_24h == 0)":              false,
		"(calls_trend > 0) != (calls_24h == 0)":              false,
		"((calls_trend > 0) ?? true) and calls_24h == 0":     true,
		"0 <= calls_24h < 1":                                 true,
		"1e308 ** (calls_24h + 2) > 5":                       true,  // infinite
		"1e308 ** (calls_24h + 2) * 0 != 5":                  false, // no number
		"0 * 1e308 ** (calls_24h + 2) != 5":                  false,
		"calls_24h < 1 and calls_24h + 1e308 * 1e308 > 1e30": true,
	} {
		s := parse(t, file("'"+expr+"'"))
		v := rules.NewVector(s)
		if c := s.Column("calls_24h"); c >= 0 {
			v.Set(c, 0)
		}
		got := s.Rules[0].Level(v)
		if (got == alert.Full) != want {
			t.Errorf("%s: level %d, want %v", expr, got, want)
		}
	}
}

func TestExempt(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "l.txt"), []byte("\ufeff# couriers\r\n+4915550100 # one\r\n\r\nimsi:00101*\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	text := file("calls_24h > 5") + "    except: [a, b]\nlists:\n  a: [15550100, '1555*', +44, +1999*, 0007, 1e5]\n  b: {file: l.txt}\n  c: ['16660100']\n"
	s, _, err := rules.Parse("r.yaml", []byte(text), rules.Options{Fields: fields(t), Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for subscriber, want := range map[string]bool{
		"15550100": true, "1555": true, "155": false, "15559": true, "1556": false, "44": true, "440": false, "+44": false,
		"4915550100": true, "imsi:001011": true, "imsi:0010": false, "16660100": false, "": false, "19995": true, "0007": true, "7": false, "1e5": true,
	} {
		if got := s.Rules[0].Exempt([]byte(subscriber)); got != want {
			t.Errorf("Exempt(%q) = %v, want %v", subscriber, got, want)
		}
	}
	if n := testing.AllocsPerRun(100, func() { s.Rules[0].Exempt([]byte("15560100")) }); n > 0 {
		t.Errorf("Exempt allocates %v times", n)
	}
}

func TestSummary(t *testing.T) {
	s := parse(t, file("calls_24h > 5")+`    annotations:
      summary: "{{subscriber}} {{ out_ratio_30d }} of {{calls_24h}}, { {{ calls_trend }} }}"
`)
	for _, c := range []struct {
		ratio float64
		want  string
	}{
		{0.5, "0.5"}, {1.0 / 3, "0.3333"}, {0.9, "0.9"}, {12.345678, "12.35"}, {1234.5678, "1235"}, {0.00001234567, "0.00001235"},
		{1e15, "1000000000000000"}, {-0.25, "-0.25"}, {99.9999, "100"}, {0, "0"}, {math.NaN(), "unknown"}, {5e-324, "0"}, {1e300, "1" + strings.Repeat("0", 300)},
	} {
		v := values(t, s, map[string]float64{"out_ratio_30d": c.ratio, "calls_24h": 12345678})
		got := s.Rules[0].Summary("15550100", v)
		if c.ratio == 1e300 {
			if len(got) < 300 {
				t.Errorf("got %s", got)
			}
			continue
		}
		if want := "15550100 " + c.want + " of 12345678, { unknown }}"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if r := s.Rules[0]; len(r.Named) != 1 || s.Column("out_ratio_30d") < 0 {
		t.Errorf("a feature of the summary is needed (%q), but is no evidence (%v)", s.Columns, r.Named)
	}
	var told []string
	for _, c := range s.Told(s.Rules[0]) {
		told = append(told, s.Columns[c])
	}
	slices.Sort(told)
	want := []string{"calls_24h", "calls_trend", "charge_24h", "international_seconds_24h", "out_ratio_30d", "premium_seconds_24h"}
	if !slices.Equal(told, want) {
		t.Errorf("an alert tells %q, want %q", told, want)
	}
}

func TestAtRisk(t *testing.T) {
	s := parse(t, file("calls_24h > 5"))
	for _, c := range []struct {
		known map[string]float64
		want  float64
		unit  string
	}{
		{map[string]float64{"charge_24h": 12.5, "premium_seconds_24h": 60}, 12.5, "currency"},
		{map[string]float64{"charge_24h": 0, "premium_seconds_24h": 60, "international_seconds_24h": 40}, 100, "seconds"},
		{map[string]float64{"international_seconds_24h": 40}, 40, "seconds"},
		{nil, 0, "seconds"},
	} {
		if got, unit := s.AtRisk(values(t, s, c.known)); got != c.want || unit != c.unit {
			t.Errorf("%v: %v %s, want %v %s", c.known, got, unit, c.want, c.unit)
		}
	}
	bare, _, err := rules.Parse("r.yaml", []byte(file("calls_1d > 5")), rules.Options{Fields: fields(t, "1d")})
	if err != nil {
		t.Fatal(err)
	}
	if got, unit := bare.AtRisk(rules.NewVector(bare)); got != 0 || unit != "" {
		t.Errorf("without a 24h window: %v %s", got, unit)
	}
}

// The version of a rule changes with what it says, and with nothing else.
func TestVersion(t *testing.T) {
	const base = "storm: 3%\ngroups:\n- name: g\n  rules:\n  - id: r\n    on: boundary\n    severity: critical\n    expr: calls_24h > 5 and home\n    labels: {a: b, c: d}\n    except: [l, m]\nlists:\n  l: [\"1\", \"2\"]\n  m: [\"3\"]\n"
	version := func(pairs ...string) string {
		text := strings.NewReplacer(pairs...).Replace(base)
		if len(pairs) > 0 && text == base {
			t.Fatalf("%q changes nothing", pairs)
		}
		s := parse(t, text)
		if s.Hash == "" || s.Rules[0].Version == "" {
			t.Fatal("no hash")
		}
		return s.Hash + s.Rules[0].Version
	}
	same, want := version(), [][]string{
		{"calls_24h > 5 and", "calls_24h   >  (5) &&"}, {"a: b, c: d", "c: d, a: b"}, {"storm", "# a comment\nstorm"}, {"[l, m]", "[m, l]"}, {"name: g", "name: h"},
		{"\"1\", \"2\"", "\"2\", \"+1\""}, {"    labels", "    annotations: {summary: x}\n    labels"}, {"    labels", "    for: 0s\n    resolve_after: 1d\n    labels"}, {"l: [", "x: [", "[l, m]", "[x, m]"},
	}
	for _, pairs := range want {
		if version(pairs...) != same {
			t.Errorf("%q changes the version", pairs)
		}
	}
	seen := map[string][]string{same: nil}
	for _, pairs := range [][]string{
		{"> 5", ">= 5"}, {"> 5", "> 6"}, {"id: r", "id: s"}, {"boundary", "activity"}, {"critical", "warning"}, {"a: b", "a: c"}, {"[l, m]", "[l]"}, {"\"2\"", "\"4\""}, {"\"2\"", "2*"},
		{"3%", "4%"}, {"3%", "{share: 3%, least: 5}"}, {"    labels", "    for: 5m\n    labels"}, {"    labels", "    resolve_after: 30d\n    labels"}, {"    labels", "    cooldown: 5m\n    labels"},
		{"    labels", "    type: churn\n    labels"}, {"    labels", "    warn: home\n    labels"}, {"    labels", "    min_support: home\n    labels"}, {"calls_24h", "calls_7d"},
	} {
		v := version(pairs...)
		if before, twice := seen[v]; twice {
			t.Errorf("%q and %q have the same version", pairs, before)
		}
		seen[v] = pairs
	}
}

func TestStorm(t *testing.T) {
	s := rules.Storm{Share: 0.02, Least: 50}
	for _, c := range []struct {
		n, of int64
		want  bool
	}{{51, 100, true}, {50, 100, false}, {51, 2550, false}, {52, 2550, true}, {0, 0, false}} {
		if got := s.Is(c.n, c.of); got != c.want {
			t.Errorf("%d of %d: %v", c.n, c.of, got)
		}
	}
	if (rules.Storm{Share: 1}).Is(100, 100) {
		t.Error("a guard that is off speaks")
	}
}

// Rules are shared by shards: the machine too serves many at a time.
func TestManyGoroutines(t *testing.T) {
	s := parse(t, file("'(let x = calls_24h * 2; x ** 2 == 4 * calls_24h ** 2) and count([home, calls_24h > 3, calls_trend > 1]) >= 2'"))
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			v := values(t, s, map[string]float64{"home": 1})
			for i := range 2000 {
				v.Set(s.Column("calls_24h"), float64(i%7+n))
				want := alert.Quiet
				if i%7+n > 3 {
					want = alert.Full
				}
				if got := s.Rules[0].Level(v); got != want {
					t.Errorf("level %d of %v", got, v.Values)
					return
				}
			}
		})
	}
	wg.Wait()
}

// A fraction can be shown in percent.
func TestSummaryPercent(t *testing.T) {
	s := parse(t, file("calls_24h > 5")+`    annotations:
      summary: "{{ out_ratio_30d | percent }} {{calls_trend|percent}}"
`)
	for ratio, want := range map[float64]string{0.5: "50 % unknown", 1.0 / 3: "33.3 % unknown", 1: "100 % unknown", 0: "0 % unknown"} {
		if got := s.Rules[0].Summary("1", values(t, s, map[string]float64{"out_ratio_30d": ratio})); got != want {
			t.Errorf("%v: got %q, want %q", ratio, got, want)
		}
	}
	_, _, err := rules.Parse("r.yaml", []byte(file("calls_24h > 5")+`    annotations: {summary: "{{ out_ratio_30d | per cent }}"}
`), rules.Options{Fields: fields(t)})
	if err == nil || !strings.Contains(err.Error(), "unknown form per cent: there is only percent") {
		t.Errorf("error %v", err)
	}
}
