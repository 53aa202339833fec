package engine_test

import (
	"fmt"
	"maps"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
)

// TestOracle compares every feature of every row, and the ledger, with the
// naive oracle's.
func TestOracle(t *testing.T) {
	zones := []string{
		"UTC", "Europe/Paris", "Asia/Kolkata", "America/Havana", "America/Santiago", "Africa/Cairo",
		"Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York",
	}
	windows := [][]string{
		nil,
		{"1d", "7d", "30d"},
		{"30m/10m", "3h/30m", "24h/1h", "2d", "5d", "7d", "30d"},
	}
	for i, zone := range zones {
		for k, w := range windows {
			t.Run(fmt.Sprintf("%s/%d", zone, k), func(t *testing.T) {
				t.Parallel()
				compareWithOracle(t, uint64(100*i+k+1), zone, w)
			})
		}
	}
}

func compareWithOracle(t *testing.T, seed uint64, zone string, windows []string) {
	c := oracle.Default()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	c.Zone, c.Windows, c.Lateness = loc, windows, 2*time.Minute
	c.EmitAll = seed%2 == 0
	if seed%3 == 0 {
		c.EmitEvery = "6h"
	}
	files := oracle.Random(seed, oracle.ChaosOptions{Zone: loc, Lateness: c.Lateness})
	j := job{Config: c, files: files, workers: int(seed%4) + 1, block: 1000 + int(seed)}
	t.Logf("seed %d", seed)
	j.compare(t)
}

// compare runs the job and the oracle and reports where they differ.
func (j job) compare(t *testing.T) {
	t.Helper()
	got := j.run(t)
	want, err := oracle.Run(j.Config, j.files)
	if err != nil {
		t.Fatal(err)
	}
	if ledger := ledgerMap(got.summary.Ledger); !maps.Equal(ledger, want.Ledger) {
		t.Errorf("ledger:\n got %v\nwant %v", ledger, want.Ledger)
	}
	compareSources(t, got.summary, want)
	j.compareRows(t, got.rows, want.Rows)
}

func ledgerMap(l engine.Ledger) map[string]int64 {
	return map[string]int64{
		"read": l.Read, "accepted": l.Accepted, "duplicate": l.Duplicate, "late": l.Late,
		"rejected": l.Rejected, "filtered": l.Filtered, "buffered": l.Buffered,
	}
}

// compareSources compares the ledger and the disorder of each source. Where
// duplicates differ in text, which of two sources a duplicate counts in is not
// the oracle's to say.
func compareSources(t *testing.T, got *engine.Summary, want *oracle.Result) {
	t.Helper()
	if len(got.Sources) != len(want.Sources) {
		t.Errorf("%d sources, want %d", len(got.Sources), len(want.Sources))
	}
	for _, s := range got.Sources {
		ledger := ledgerMap(s.Ledger)
		if w := want.Sources[s.Name]; want.Contested == 0 && !maps.Equal(ledger, w) {
			t.Errorf("ledger of %s:\n got %v\nwant %v", s.Name, ledger, w)
		}
		if w := want.Disorder[s.Name].Seconds(); s.MaxDisorderSeconds != w {
			t.Errorf("max disorder of %s is %v s, want %v", s.Name, s.MaxDisorderSeconds, w)
		}
	}
	first, last := got.EventTime.First, got.EventTime.Last
	if want.Ledger["accepted"] > 0 && (first == nil || last == nil || !first.Equal(want.First) || !last.Equal(want.Last)) {
		t.Errorf("event time is %v to %v, want %v to %v", first, last, want.First, want.Last)
	}
}

func (j job) compareRows(t *testing.T, got map[string]map[string]any, want []oracle.Row) {
	t.Helper()
	differ, values := map[string]int{}, 0
	for _, w := range want {
		key := rowKey(w.Subscriber, w.WindowEnd)
		row, ok := got[key]
		if !ok {
			t.Errorf("row %s is missing", key)
			continue
		}
		delete(got, key)
		for name, v := range w.Values {
			g, ok := row[name]
			values++
			if ok && equal(g, v) || j.ignore != "" && strings.HasPrefix(name, j.ignore) {
				continue
			}
			if differ[name]++; differ[name] <= 2 && len(differ) < 12 {
				t.Errorf("%s %s: got %v, want %v", key, name, g, v)
			}
		}
		for name := range row {
			if _, ok := w.Values[name]; !ok && !perDay(row, name) {
				differ["unknown column "+name]++
			}
		}
	}
	for key := range got {
		t.Errorf("row %s should not be", key)
	}
	if len(differ) > 0 {
		t.Errorf("columns that differ: %v", differ)
	}
	t.Logf("%d rows, %d values", len(want), values)
}

// perDay reports whether a column is a right daily mean over a window that the
// oracle, which knows 7d and 30d only, does not have it for.
func perDay(row map[string]any, name string) bool {
	feature, span, ok := strings.Cut(name, "_per_day_")
	days, err := strconv.Atoi(strings.TrimSuffix(span, "d"))
	if !ok || err != nil {
		return false
	}
	n, ok := row[feature+"_"+span].(int64)
	return ok && equal(row[name], float64(n)/float64(days))
}

// equal compares values; floats may differ by rounding, since the oracle divides
// in another order.
func equal(a, b any) bool {
	x, ok := a.(float64)
	if !ok {
		return a == b
	}
	y, ok := b.(float64)
	return ok && math.Abs(x-y) <= 1e-9*max(1, math.Abs(x), math.Abs(y))
}

// TestOracleFewContacts drops peers: counts become lower bounds, and the rows
// say so.
func TestOracleFewContacts(t *testing.T) {
	for seed := range uint64(6) {
		c := oracle.Default()
		c.Zone, c.Lateness, c.MaxContacts = time.UTC, 2*time.Minute, 3+5*int(seed)
		if seed%2 == 1 {
			c.Windows = []string{"1d", "7d", "30d"}
		}
		files := oracle.Random(seed+9000, oracle.ChaosOptions{Lateness: c.Lateness, Subscribers: 60, Duplicates: -1})
		t.Logf("seed %d, max_contacts %d", seed+9000, c.MaxContacts)
		job{Config: c, files: files, workers: 2}.compare(t)
	}
}

// TestOracleOptions changes what the configuration can change.
func TestOracleOptions(t *testing.T) {
	for name, set := range map[string]func(*oracle.Config){
		"clock by records":   func(c *oracle.Config) { c.ClockRecord = true },
		"event time start":   func(c *oracle.Config) { c.EventStart = true },
		"national numbers":   func(c *oracle.Config) { c.Country = "FR" },
		"home numbers":       func(c *oracle.Config) { c.HomeNumbers = []string{"33", "1212"} },
		"home networks":      func(c *oracle.Config) { c.HomePLMNs = []string{"20801", "310260"} },
		"no outsiders' rows": func(c *oracle.Config) { c.HomeNumbers, c.Outsiders = []string{"33", "44"}, "rules" },
		"no outsiders":       func(c *oracle.Config) { c.HomeNumbers, c.Outsiders = []string{"33", "44"}, "drop" },
		"customers so far":   func(c *oracle.Config) { c.Outsiders = "drop" },
		"only originating":   func(c *oracle.Config) { c.Legs = []string{"originating"} },
		"only terminating":   func(c *oracle.Config) { c.Legs = []string{"terminating"} },
		"no attempts":        func(c *oracle.Config) { c.Attempts = false },
		"working days":       func(c *oracle.Config) { c.Weekdays, c.Holidays = []time.Weekday{0, 6}, []string{"2024-03-23"} },
		"retain":             func(c *oracle.Config) { c.RetainDays, c.Windows, c.EmitAll = 3, []string{"1h/5m", "1d", "3d"}, true },
		"every hour":         func(c *oracle.Config) { c.EmitEvery, c.Windows = "1h", []string{"1h/5m", "24h/1h", "1d"} },
		"drop causes":        func(c *oracle.Config) { c.DropCauses, c.HighValueMicros = []int{16, 17}, 1_000 },
		"short codes":        func(c *oracle.Config) { c.ShortCodeDigits, c.NullNumbers = 4, []string{"112"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := oracle.Default()
			zone, err := time.LoadLocation("Europe/Paris")
			if err != nil {
				t.Fatal(err)
			}
			c.Zone, c.Lateness = zone, 2*time.Minute
			set(&c)
			seed := uint64(len(name) * 1000)
			t.Logf("seed %d", seed)
			files := oracle.Random(seed, oracle.ChaosOptions{Zone: zone, Lateness: c.Lateness, Country: c.Country})
			j := job{Config: c, files: files, workers: 2}
			if c.EventStart {
				j.ignore = "overlapping_calls" // which knows of earlier-started calls only
			}
			j.compare(t)
		})
	}
}
