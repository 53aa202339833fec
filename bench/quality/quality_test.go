package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/bench/traffic"
)

const truth = `subscriber,scenario,from,to,first_record_id,kind
101,irsf,2026-02-10T20:00:00.000Z,2026-02-11T08:00:00.000Z,a,fraud
102,irsf,2026-02-12T20:00:00.000Z,2026-02-13T08:00:00.000Z,b,fraud
201,pbx,2026-02-13T18:00:00.000Z,2026-02-15T08:00:00.000Z,c,fraud
301,churn_sudden,2026-01-28T12:00:00.000Z,2026-03-05T23:59:59.999Z,d,churn
302,churn_decline,2026-01-28T12:00:00.000Z,2026-02-20T00:00:00.000Z,e,churn
401,courier,2026-01-05T08:00:00.000Z,2026-03-05T18:00:00.000Z,f,honest
`

// alert is a line of alerts.jsonl in short: rule type severity state subscriber event_time.
func alert(text string) string {
	f := strings.Fields(text)
	if f[4] == "-" {
		f[4] = ""
	}
	return `{"alert_id":"00","rule":"` + f[0] + `","type":"` + f[1] + `","severity":"` + f[2] + `","state":"` + f[3] + `","subscriber":"` + f[4] + `","event_time":"` + f[5] + `.000Z","evidence":{"a":1}}` + "\n"
}

// good meets every clause.
var good = []string{
	"irsf_spend irsf critical firing 101 2026-02-10T20:30:00",
	"irsf_spend irsf critical firing 102 2026-02-12T20:10:00",
	"irsf_spend irsf critical firing 201 2026-02-13T18:59:00", // another type that fits
	"churn_inactive_30 churn warning firing 301 2026-02-28T00:00:00",
	"churn_decline churn warning firing 302 2026-02-15T00:00:00",
	"churn_decline storm warning firing - 2026-02-27T00:00:00",
}

// scoreOf runs the program on alerts; it returns its exit code and what it wrote.
func scoreOf(t *testing.T, alerts []string, args ...string) (code int, out, errs string) {
	t.Helper()
	dir := t.TempDir()
	var text strings.Builder
	for _, a := range alerts {
		text.WriteString(alert(a))
	}
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var o, e strings.Builder
	code = quality(append([]string{"-truth", write("truth.csv", truth), "-alerts", write("alerts.jsonl", text.String()), "-subscribers", "1000"}, args...), &o, &e)
	return code, o.String(), e.String()
}

func TestAllIsWell(t *testing.T) {
	code, out, errs := scoreOf(t, good)
	if code != 0 || errs != "" {
		t.Fatalf("exit code %d, %s", code, errs)
	}
	for _, want := range []string{
		"| irsf | irsf, pbx | 2 | 2 | 1.000 | 30m | 1h |",
		"| pbx | pbx, irsf | 1 | 1 | 1.000 | 59m | 1h |",
		"| churn_sudden | churn | 1 | 1 | 1.000 | 12h | 24h |",
		"| churn_decline | churn | 1 | 1 | 1.000 | 0s | 24h |",
		"| 0.000 (0 in 60000) | 1 |",
		"| storm alerts at the outage | 1 | >= 1 |",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestClauses(t *testing.T) {
	without := func(subscriber string) []string {
		return slices.DeleteFunc(slices.Clone(good), func(a string) bool { return strings.Fields(a)[4] == subscriber })
	}
	with := func(a ...string) []string { return append(slices.Clone(good), a...) }
	for _, test := range []struct {
		what   string
		alerts []string
		want   string // the only clause that fails; "" = none
	}{
		{"one is missed", without("102"), "irsf: recall 0.500"},
		{"found before it began", append(without("102"), "x irsf warning firing 102 2026-02-12T19:00:00"), "irsf: recall 0.500"},
		{"only pending", append(without("102"), "x irsf warning pending 102 2026-02-12T21:00:00"), "irsf: recall 0.500"},
		{"another type", append(without("102"), "x roaming warning firing 102 2026-02-12T21:00:00"), "irsf: recall 0.500"},
		{"too late", append(without("201"), "x pbx critical firing 201 2026-02-13T19:01:00"), "pbx: median time to the alert 1h1m0s is over 1h0m0s"},
		{"a day and a half after the month", append(without("301"), "x churn warning firing 301 2026-03-01T00:00:00"), "churn_sudden: median"},
		{"long after the decline", append(without("302"), "x churn warning firing 302 2026-02-21T12:00:00"), "churn_decline: median"},
		{"false ones", with(slices.Repeat([]string{"x robocall critical firing 401 2026-02-20T10:00:00"}, 7)...), "1.17 false critical"},
		{"false ones, just as many as may be", with(slices.Repeat([]string{"x robocall critical firing 401 2026-02-20T10:00:00"}, 6)...), ""},
		{"false warnings", with(slices.Repeat([]string{"x robocall warning firing 401 2026-02-20T10:00:00"}, 7)...), ""},
		{"cold start", with("x robocall critical firing 999 2026-02-03T23:59:59"), "1 critical alerts on honest lines in the first 30 days"},
		{"after the cold start", with("x robocall critical firing 999 2026-02-04T00:00:00"), ""},
		{"on a churner", with("x robocall critical firing 301 2026-01-29T00:00:00"), "first 30 days"},
		{"on a fraudster's line before the fraud", with("x robocall critical firing 201 2026-01-29T00:00:00"), "first 30 days"},
		{"on a fraudster's line", with(slices.Repeat([]string{"x robocall critical firing 201 2026-02-14T00:00:00"}, 9)...), ""},
		{"no storm", without("-"), "no storm"},
		{"a storm that comes late", append(without("-"), "x storm warning firing - 2026-03-04T00:00:00"), "no storm"},
		{"a storm of another day", append(without("-"), "x storm warning firing - 2026-02-24T00:00:00"), "no storm"},
	} {
		code, out, errs := scoreOf(t, test.alerts)
		switch {
		case test.want == "" && (code != 0 || errs != ""):
			t.Errorf("%s: exit code %d, %s", test.what, code, errs)
		case test.want != "" && (code != 1 || strings.Count(errs, "not met") != 1 || !strings.Contains(errs, test.want)):
			t.Errorf("%s: exit code %d, %s\n%s", test.what, code, errs, out)
		}
	}
	if code, _, errs := scoreOf(t, without("-"), "-outage=false"); code != 0 {
		t.Errorf("without an outage: exit code %d, %s", code, errs)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	good := "subscriber,scenario,from,to,kind\n1,irsf,2026-02-10T20:00:00Z,2026-02-11T08:00:00Z,fraud\n"
	for _, c := range []struct{ truth, want string }{
		{good, ""}, {"", "no rows"}, {strings.Replace(good, "kind", "sort", 1), "column kind"},
		{strings.Replace(good, "2026-02-11T", "tomorrow ", 1), "line 2"}, {good + "1,2\n", "wrong number"},
	} {
		if _, err := readTruth(strings.NewReader(c.truth)); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", c.truth, err)
		}
	}
	if err := readAlerts(strings.NewReader(alert(good2)+"{\n"), func(*firing) {}); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Error(err)
	}
	var o, e strings.Builder
	for _, args := range []string{"-truth missing", "-start soon", "-days 0", "extra", "-nonsense"} {
		if code := quality(strings.Fields(args), &o, &e); code != 2 {
			t.Errorf("%s: exit code %d", args, code)
		}
	}
}

const good2 = "irsf_spend irsf critical firing 101 2026-02-10T20:30:00"

// Every scenario that is to be found has a bar, and no other.
func TestEveryScenarioHasABar(t *testing.T) {
	var names []string
	for _, b := range bars() {
		names = append(names, b.scenario)
	}
	want := slices.Concat(traffic.Scenarios(traffic.Fraud), traffic.Scenarios(traffic.Churn))
	slices.Sort(names)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("bars of %v, scenarios %v", names, want)
	}
}

func TestShort(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0s", 59 * time.Second: "59s", 90 * time.Second: "2m", time.Hour: "1h", 25 * time.Hour: "25h", 50 * time.Hour: "2.1d", 7 * day: "7d"} {
		if got := short(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
