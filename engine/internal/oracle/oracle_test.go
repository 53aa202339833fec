package oracle

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// zone loads a time zone.
func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// run replays one CSV file.
func run(t testing.TB, c Config, csv string) *Result {
	t.Helper()
	res, err := Run(c, []File{{Name: "a.csv", Data: []byte(csv)}})
	if err != nil {
		t.Fatal(err)
	}
	balanced(t, res)
	return res
}

// balanced checks the ledger, in all and per source.
func balanced(t testing.TB, res *Result) {
	t.Helper()
	total := newLedger()
	for name, l := range res.Sources {
		if l[read] != l[accepted]+l[duplicate]+l[late]+l[rejected]+l[filtered]+l[buffered] {
			t.Errorf("ledger of %s does not add up: %v", name, l)
		}
		for k, v := range l {
			total[k] += v
		}
	}
	if fmt.Sprint(total) != fmt.Sprint(res.Ledger) {
		t.Errorf("sources add up to %v, the ledger says %v", total, res.Ledger)
	}
}

// find returns the row of a subscriber at a time in RFC 3339.
func find(t testing.TB, res *Result, subscriber, end string) map[string]any {
	t.Helper()
	at, err := time.Parse(time.RFC3339, end)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range res.Rows {
		if r.Subscriber == subscriber && r.WindowEnd.Equal(at) {
			return r.Values
		}
	}
	var have []string
	for _, r := range res.Rows {
		have = append(have, r.Subscriber+"@"+r.WindowEnd.Format(time.RFC3339))
	}
	t.Fatalf("no row of %s at %s; there are %v", subscriber, end, have)
	return nil
}

// expect compares some values of a row. Whole numbers in want stand for either
// int64 or float64, whichever the column has.
func expect(t testing.TB, got map[string]any, want map[string]any) {
	t.Helper()
	for name, w := range want {
		g, there := got[name]
		switch {
		case !there:
			t.Errorf("%s: no such column", name)
		case w == nil || g == nil:
			if w != g {
				t.Errorf("%s = %v, want %v", name, g, w)
			}
		default:
			if !same(g, w) {
				t.Errorf("%s = %v, want %v", name, g, w)
			}
		}
	}
}

func same(g, w any) bool {
	if b, ok := w.(bool); ok {
		return g == b
	}
	return math.Abs(number64(g)-number64(w)) <= 1e-9*math.Max(1, math.Abs(number64(w)))
}

func number64(v any) float64 {
	switch v := v.(type) {
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return math.NaN()
}

// days1 is a configuration with one window.
func days1(windows ...string) Config {
	c := Default()
	c.Windows = windows
	return c
}

// TestTypes: what is int64, float64, bool, null; and what columns there are.
func TestTypes(t *testing.T) {
	res := run(t, Default(), "start_time,calling_number,called_number\n2024-03-20 10:00:00,+12125550123,+14155550123\n")
	v := find(t, res, "12125550123", "2024-03-21T00:00:00Z")
	for name, want := range map[string]string{
		"calls_7d": "int64", "billed_minutes_1h": "int64", "data_bytes_1d": "int64", "active_days_30d": "int64", "observed_days": "int64",
		"talk_seconds_7d": "float64", "charge_24h": "float64", "calls_out_per_day_7d": "float64", "out_ratio_7d": "float64",
		"home": "bool", "approx": "bool", "calls_trend": "<nil>", "out_ratio_1h": "<nil>", "call_duration_std_1d": "<nil>",
	} {
		if got := fmt.Sprintf("%T", v[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	for _, name := range []string{"calls_out_per_day_1d", "active_days_24h", "data_days_1h", "calls_in_per_day_24h"} {
		if _, there := v[name]; there {
			t.Errorf("%s is a column", name)
		}
	}
	// 72 features in d windows, 2 more in 7d and 30d, 69 in h windows
	if want := 3*(len(features(Config{}))-2) + 4 + 2*(len(features(Config{}))-5) + 6 + 5 + 1; len(v) != want {
		t.Errorf("%d columns, want %d", len(v), want)
	}
}
