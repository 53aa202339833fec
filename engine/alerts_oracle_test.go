package engine_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/internal/oracle"
)

// alarming is a job with rules that fire often: the traffic of a seed, bursts
// included, and n rules drawn for it.
func alarming(t testing.TB, seed uint64, n int, o oracle.ChaosOptions, change func(*oracle.Config)) job {
	t.Helper()
	c := oracle.Default()
	c.Lateness = 2 * time.Minute
	if change != nil {
		change(&c)
	}
	o.Zone, o.Lateness, o.Country = c.Zone, c.Lateness, c.Country
	if o.Records == 0 {
		o.Records = 320
	}
	c.Rules = newRuleMaker(seed, c.Windows).rules(n)
	t.Logf("seed %d", seed)
	return job{
		Config: c, files: append(oracle.Random(seed, o), oracle.Bursts(seed, o)),
		features: []string{"calls_*", "days_since_activity"}, workers: 1 + int(seed%4), block: 700 + int(seed),
	}
}

// TestAlertsOracle compares every alert with the naive oracle's: where rules are
// evaluated, what they find, what is said and what it is said with.
func TestAlertsOracle(t *testing.T) {
	places := []string{
		"UTC", "Europe/Paris", "Asia/Kolkata", "America/Havana", "America/Santiago", "Africa/Cairo",
		"Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York", "Pacific/Apia", "Antarctica/Troll",
	}
	windows := [][]string{
		nil, {"1d", "7d", "30d"}, {"30m/10m", "3h/30m", "24h/1h", "2d", "5d", "7d", "30d"}, {"1h/5m", "24h/1h"},
		{"1h/5m", "23h/1h", "48h/6h", "1d", "7d"},
	}
	var total census
	t.Run("over", func(t *testing.T) {
		for i, place := range places {
			for k := range 2 {
				t.Run(fmt.Sprintf("%s/%d", place, k), func(t *testing.T) {
					t.Parallel()
					seed := uint64(100*i + k + 1)
					zone, err := time.LoadLocation(place)
					if err != nil {
						t.Fatal(err)
					}
					o := oracle.ChaosOptions{}
					if place == "Pacific/Apia" { // which has no 30 December
						o.Start = time.Date(2011, 12, 20, 0, 0, 0, 0, time.UTC)
					}
					if seed%3 == 2 { // by the hour
						o.Days = 6
					}
					j := alarming(t, seed, 16, o, func(c *oracle.Config) {
						c.Zone, c.Windows = zone, windows[(i+2*k)%len(windows)]
						c.EmitEvery, c.EmitAll = []string{"1d", "6h", "1h"}[seed%3], seed%2 == 0
						c.Lateness = []time.Duration{0, time.Second, 2 * time.Minute, time.Hour}[seed%4]
					})
					total.add(j.compareAlerts(t))
				})
			}
		}
	})
	total.atLeast(t, map[string]int{
		"firing": 3000, "pending": 1000, "resolved": 1000, "suppressed": 300, "storm": 30,
		"firing in a case": 500, "resolved in silence": 300, "many records": 1,
	})
}

// TestAlertsShortDays: after days of 22 and 23 hours and a date that was left out,
// what lies within hours is not what lies within as many days.
func TestAlertsShortDays(t *testing.T) {
	for _, x := range []struct{ zone, before, after string }{
		{"Europe/Paris", "2024-03-30T23:10:00+01:00", "2024-04-01T00:05:00+02:00"}, // 23 hours
		{"Antarctica/Troll", "2024-03-30T23:10:00Z", "2024-03-31T22:05:00Z"},       // 22 hours
		{"Pacific/Apia", "2011-12-29T23:50:00-10:00", "2011-12-31T00:20:00+14:00"}, // the 30th was left out
		{"Pacific/Apia", "2011-12-29T12:50:00-10:00", "2011-12-31T10:20:00+14:00"},
		{"Australia/Lord_Howe", "2024-10-06T00:10:00+10:30", "2024-10-06T23:55:00+11:00"},
		{"Europe/Paris", "2024-10-27T00:10:00+02:00", "2024-10-27T23:05:00+01:00"}, // 25 hours
	} {
		t.Run(x.zone+" "+x.before, func(t *testing.T) {
			zone, err := time.LoadLocation(x.zone)
			if err != nil {
				t.Fatal(err)
			}
			c := oracle.Default()
			c.Zone, c.Windows, c.EmitEvery = zone, []string{"1h/5m", "3h/30m", "22h/1h", "23h/5m", "24h/5m", "1d", "2d", "3d", "7d"}, "1h"
			for _, w := range []string{"1h", "3h", "22h", "23h", "24h", "1d", "2d", "3d"} {
				for _, on := range []string{"activity", "boundary"} {
					c.Rules = append(c.Rules, oracle.Rule{ID: on + w, Type: "test", On: on, Expr: fmt.Sprintf("calls_out_%s >= 2", w), ResolveAfter: "1s"})
				}
			}
			var calls []call
			for i, text := range []string{x.before, x.after} {
				at, err := time.Parse(time.RFC3339, text)
				if err != nil {
					t.Fatal(err)
				}
				calls = append(calls, call{at.UnixMilli(), "4915111111111", "4930123456"})
				for k := range 48 { // others, so that time goes on
					calls = append(calls, call{at.UnixMilli() + int64(k-24*i)*3_600_000 + 1, "4915222222222", "4930123456"})
				}
			}
			j := job{Config: c, files: []oracle.File{written(calls)}, features: []string{"calls_1d"}, workers: 1}
			t.Log(j.compareAlerts(t))
		})
	}
}

// census is what many runs have shown.
type census struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *census) add(n map[string]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	for k, v := range n {
		c.n[k] += v
	}
}

// atLeast fails where too little was seen to have tested anything.
func (c *census) atLeast(t *testing.T, want map[string]int) {
	t.Logf("alerts: %v", c.n)
	for k, least := range want {
		if c.n[k] < least {
			t.Errorf("only %d alerts are %s, want %d", c.n[k], k, least)
		}
	}
}

// TestAlertsOptions changes what the configuration can change.
func TestAlertsOptions(t *testing.T) {
	for name, x := range map[string]struct {
		set     func(*oracle.Config)
		traffic oracle.ChaosOptions
	}{
		"outsiders kept":      {set: func(c *oracle.Config) { c.HomeNumbers = []string{"33", "1212"} }},
		"outsiders for rules": {set: func(c *oracle.Config) { c.HomeNumbers, c.Outsiders = []string{"1", "44"}, "rules" }},
		"outsiders dropped":   {set: func(c *oracle.Config) { c.HomeNumbers, c.Outsiders = []string{"1", "44"}, "drop" }},
		"customers so far":    {set: func(c *oracle.Config) { c.Outsiders = "drop" }},
		"event time start":    {set: func(c *oracle.Config) { c.EventStart = true }},
		"only terminating":    {set: func(c *oracle.Config) { c.Legs = []string{"terminating"} }},
		"no attempts":         {set: func(c *oracle.Config) { c.Attempts = false }},
		"forgotten": {
			set:     func(c *oracle.Config) { c.RetainDays, c.Windows, c.EmitEvery = 2, []string{"1h/5m", "1d", "2d"}, "6h" },
			traffic: oracle.ChaosOptions{Subscribers: 60, Days: 40},
		},
		"forgotten, all": {
			set:     func(c *oracle.Config) { c.RetainDays, c.Windows, c.EmitAll = 1, []string{"1d", "24h/1h"}, true },
			traffic: oracle.ChaosOptions{Subscribers: 80, Days: 30},
		},
		"few contacts": {
			set:     func(c *oracle.Config) { c.MaxContacts = 5 },
			traffic: oracle.ChaosOptions{Subscribers: 30, Duplicates: -1},
		},
		"long": {traffic: oracle.ChaosOptions{Days: 50, Subscribers: 10}},
		"many": {
			set:     func(c *oracle.Config) { c.EmitEvery = "1d" },
			traffic: oracle.ChaosOptions{Subscribers: 150, Records: 900},
		},
		"days alone": {set: func(c *oracle.Config) { c.Windows = []string{"1d", "3d"} }, traffic: oracle.ChaosOptions{Days: 40}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := alarming(t, uint64(len(name)*1000+1), 25, x.traffic, x.set)
			if j.EventStart {
				j.Rules = without(j.Rules, "overlapping_calls") // which knows of earlier-started calls only
			}
			t.Log(j.compareAlerts(t))
		})
	}
}
