package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/internal/oracle"
)

// TestRetain compares with the oracle where subscribers are forgotten and come
// back, at the end of the longest window and long after it.
func TestRetain(t *testing.T) {
	for i, retain := range []int{1, 2, 3, 5, 9} {
		for _, all := range []bool{false, true} {
			t.Run(fmt.Sprint(retain, " days, all ", all), func(t *testing.T) {
				t.Parallel()
				c := oracle.Default()
				c.RetainDays, c.EmitAll, c.EmitEvery = retain, all, []string{"1d", "6h"}[i%2]
				c.Windows = [][]string{{"1h/5m", "1d"}, {"1d"}, {"1d", "2d", "24h/1h"}, {"3d", "1d"}, {"1d", "7d"}}[i]
				files := oracle.Random(uint64(retain), oracle.ChaosOptions{Records: 250, Subscribers: 20, Days: 40})
				job{Config: c, files: files, workers: 2, block: 700}.compare(t)
			})
		}
	}
}

// A subscriber that is silent for longer than retain leaves the state; when it
// returns it begins anew: no tenure, no contacts, no gap.
func TestForgotten(t *testing.T) {
	day := func(d int) string { return noon.AddDate(0, 0, d).Format(time.RFC3339) }
	var b strings.Builder
	b.WriteString(header)
	call := func(d int, from string) {
		fmt.Fprintf(&b, "%s%d,%s,+%s,+4930123456,60,originating\n", from, d, day(d), from)
	}
	const returns, stays, leaves, just = "491511111111", "491512222222", "491513333333", "491514444444"
	for d := range 12 {
		if d == 0 {
			call(d, returns)
			call(d, leaves)
		}
		if d == 3 || d == 7 { // four days to the millisecond
			call(d, just)
		}
		call(d, stays)
		if d == 10 || d == 11 {
			call(d, returns)
		}
	}
	c := oracle.Default()
	c.Windows, c.RetainDays, c.EmitAll = []string{"1d", "3d", "1h/5m"}, 4, true
	j := job{Config: c, files: []oracle.File{{Name: "a", Data: []byte(b.String())}}, workers: 1}
	out := j.run(t)
	if n := out.summary.Subscribers; n != 3 {
		t.Errorf("%d subscribers in state at the end, want 3", n)
	}
	row := func(who string, d int) map[string]any {
		return out.rows[rowKey(who, noon.Truncate(24*time.Hour).AddDate(0, 0, d+1))]
	}
	for _, test := range []struct {
		who    string
		day    int
		column string
		want   any
	}{
		{returns, 3, "tenure_days", int64(3)}, {returns, 3, "calls_out_3d", int64(0)}, {returns, 2, "calls_out_3d", int64(1)},
		{returns, 10, "tenure_days", int64(0)}, {returns, 10, "interval_mean_seconds_1d", nil}, {returns, 10, "calls_out_3d", int64(1)},
		{returns, 11, "tenure_days", int64(1)}, {returns, 11, "interval_mean_seconds_1d", 86_400.0}, {returns, 11, "contacts_3d", int64(1)},
		{returns, 10, "observed_days", int64(10)}, {stays, 11, "tenure_days", int64(11)},
		{just, 7, "tenure_days", int64(4)}, {just, 7, "interval_mean_seconds_1d", 4 * 86_400.0},
	} {
		r := row(test.who, test.day)
		if v, ok := r[test.column]; !ok || v != test.want {
			t.Errorf("%s on day %d: %s = %v (%v), want %v", test.who, test.day, test.column, v, ok, test.want)
		}
	}
	for d, want := range map[int]bool{3: true, 4: false, 9: false} {
		if row(leaves, d) != nil != want || row(returns, d) != nil != want {
			t.Errorf("day %d: a row of the silent ones: %v, %v; want %v", d, row(leaves, d) != nil, row(returns, d) != nil, want)
		}
	}
	j.compare(t)
}

// TestManyPeers compares with the oracle subscribers of very many peers, below
// and above the limit, by the second and by the day.
func TestManyPeers(t *testing.T) {
	for _, test := range []struct {
		limit   int
		windows []string
	}{
		{65_536, []string{"1d", "7d"}}, {65_536, []string{"1h/5m", "1d"}},
		{400, []string{"1d", "7d"}}, {400, []string{"24h/1h", "7d"}}, {150, []string{"30d"}},
	} {
		t.Run(fmt.Sprint(test.limit, test.windows), func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			b.WriteString(header)
			at := noon
			for i := range 3000 {
				if i == 1500 {
					at = at.Add(24 * time.Hour)
				}
				at = at.Add(20 * time.Second)
				peer := i * i % 997
				if i%3 == 0 {
					peer = i % 40 // seen again and again
				}
				fmt.Fprintf(&b, "%d,%s,+491511111111,+49301%06d,5,%s\n", i, at.Format(time.RFC3339), peer, []string{"originating", "both"}[i%2])
			}
			c := oracle.Default()
			c.Windows, c.MaxContacts, c.EmitEvery = test.windows, test.limit, "6h"
			job{Config: c, files: []oracle.File{{Name: "a", Data: []byte(b.String())}}, workers: 2}.compare(t)
		})
	}
}

// TestOutsiders compares the three policies with the oracle, with and without
// anything that says who is a customer.
func TestOutsiders(t *testing.T) {
	for i, policy := range []string{"keep", "rules", "drop"} {
		for _, known := range []bool{false, true} {
			t.Run(fmt.Sprint(policy, known), func(t *testing.T) {
				t.Parallel()
				c := oracle.Default()
				c.Outsiders, c.Lateness = policy, 30*time.Second
				if known {
					c.HomeNumbers, c.HomePLMNs = []string{"1", "4420"}, []string{"23415"}
				}
				files := oracle.Random(uint64(40+i), oracle.ChaosOptions{Lateness: c.Lateness, Records: 600})
				job{Config: c, files: files, workers: 3, block: 2000}.compare(t)
			})
		}
	}
}

// TestStateIsBounded: time that passes costs no memory. Panes that no window can
// see are dropped, and who is silent adds nothing to the days that are closed.
func TestStateIsBounded(t *testing.T) {
	every := 10 * time.Minute
	bytes := func(days, crowd int, windows, features []string) float64 {
		var b strings.Builder
		b.WriteString(header)
		for i := range crowd { // seen at the beginning, then never again
			fmt.Fprintf(&b, "c%d,%s,+4917%05d,,5,originating\n", i, noon.Format(time.RFC3339), i)
		}
		for i := range days * 144 {
			fmt.Fprintf(&b, "%d,%s,+491512345,,5,originating\n", i, noon.Add(time.Duration(i)*every).Format(time.RFC3339))
		}
		c := oracle.Default()
		c.Windows = windows
		j := job{Config: c, files: []oracle.File{{Name: "a", Data: []byte(b.String())}}, features: features, workers: 1}
		return float64(j.run(t).summary.StateBytes)
	}
	for _, test := range []struct {
		name              string
		crowd             int
		windows, features []string
	}{
		{"one who never stops", 0, []string{"1h/5m", "24h/1h"}, nil},
		{"a thousand who are silent", 1000, []string{"30d"}, []string{"calls_30d"}},
	} {
		short, long := bytes(3, test.crowd, test.windows, test.features), bytes(24, test.crowd, test.windows, test.features)
		if long > 1.1*short {
			t.Errorf("%s: %.0f bytes of state after 3 days, %.0f after 24", test.name, short, long)
		}
	}
}
