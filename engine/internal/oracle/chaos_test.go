package oracle

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// worlds are options worth running with.
func worlds(t testing.TB) map[string]ChaosOptions {
	return map[string]ChaosOptions{
		"utc":      {Files: 4, Lateness: time.Minute},
		"havana":   {Files: 3, Lateness: 10 * time.Minute, Zone: zone(t, "America/Havana"), Start: time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), Country: "US"},
		"lordhowe": {Files: 2, Zone: zone(t, "Australia/Lord_Howe"), Start: time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC), Days: 40},
		"odd":      {Files: 5, Lateness: time.Minute, Odd: true, Country: "GB"},
		"clean":    {Files: 1, Late: -1, Malformed: -1, Duplicates: -1},
	}
}

func TestRandomIsRepeatable(t *testing.T) {
	for name, o := range worlds(t) {
		one, two, other := Random(7, o), Random(7, o), Random(8, o)
		for i := range one {
			if !bytes.Equal(one[i].Data, two[i].Data) {
				t.Errorf("%s: %s differs from run to run", name, one[i].Name)
			}
			if bytes.Equal(one[i].Data, other[i].Data) {
				t.Errorf("%s: %s is the same for another seed", name, one[i].Name)
			}
		}
	}
}

// TestRandomCovers: over a few seeds every line of the ledger, every reason and
// every feature is seen at work.
func TestRandomCovers(t *testing.T) {
	moved := map[string]bool{}
	reasons, ledger := map[string]int{}, newLedger()
	names := map[string]bool{}
	for seed := range uint64(3) {
		o := worlds(t)["havana"]
		o.Days, o.Records, o.Malformed = 45, 2000, 0.05
		c := Config{Zone: o.Zone, Lateness: o.Lateness, Country: o.Country, Attempts: true, Care: []string{"611"}, Voicemail: []string{"86555"}, HomeNumbers: []string{"1212", "1415"}, Windows: []string{"7d", "30d", "1h/5m"}}
		c.Hotlist, c.EmitAll = []string{"+881612345678"}, true
		c.Each = func(r Row) {
			for name, v := range r.Values {
				names[name] = true
				if v != nil && v != false && v != int64(0) && v != float64(0) {
					moved[name] = true
				}
			}
		}
		res, err := Run(c, Random(seed, o))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		balanced(t, res)
		for _, r := range res.Rejects {
			reasons[r.Reason]++
		}
		for k, v := range res.Ledger {
			ledger[k] += v
		}
		if res.Contested > 0 {
			t.Errorf("seed %d: %d duplicates differ from their twins", seed, res.Contested)
		}
	}
	for name := range names {
		if !moved[name] && name != "approx" && !strings.HasSuffix(name, "_1h") {
			t.Errorf("%s never moved", name)
		}
	}
	for _, k := range []string{accepted, duplicate, late, rejected, filtered} {
		if ledger[k] < 5 {
			t.Errorf("ledger: only %d %s", ledger[k], k)
		}
	}
	for _, k := range []string{"start_time", "field count", "malformed line", "malformed JSON", "no party", "service", "direction", "disposition", "rat", "cause", "charge", "forwarded", "ring_seconds", "duration_seconds", "partial_sequence"} {
		if reasons[k] == 0 {
			t.Errorf("nothing is rejected for %s; reasons are %v", k, slices.Sorted(maps.Keys(reasons)))
		}
	}
}

// TestInvariants: what the contract promises of every row, whatever the traffic.
func TestInvariants(t *testing.T) {
	for name, o := range worlds(t) {
		for seed := range uint64(2) {
			res, err := Run(Config{Zone: o.Zone, Lateness: o.Lateness, Country: o.Country, Attempts: true, HomeNumbers: []string{"1"}}, Random(seed, o))
			if err != nil {
				t.Fatal(err)
			}
			balanced(t, res)
			if name == "clean" && res.Ledger[accepted]+res.Ledger[filtered]+res.Ledger[rejected] != res.Ledger[read] {
				t.Errorf("%s, seed %d: %v", name, seed, res.Ledger)
			}
			for _, r := range res.Rows {
				checkRow(t, name, seed, r)
			}
		}
	}
}

// checkRow checks sums and ranges of one row.
func checkRow(t *testing.T, name string, seed uint64, r Row) {
	t.Helper()
	for column, v := range r.Values {
		f, ok := v.(float64)
		if ok && (f != f || f-f != 0 || f < 0) || ok && strings.Contains(column, "_ratio_") && f > 1 {
			t.Errorf("%s, seed %d: %s of %s is %v", name, seed, column, r.Subscriber, v)
		}
	}
	for _, w := range []string{"_1h", "_24h", "_1d", "_7d", "_30d"} {
		get := func(names ...string) (total int64) {
			for _, n := range names {
				total += r.Values[n+w].(int64)
			}
			return total
		}
		for _, x := range [][2]int64{
			{get("calls"), get("calls_out", "calls_in")},
			{get("calls"), get("calls_night", "calls_morning", "calls_afternoon", "calls_evening")},
			{get("calls_out"), get("calls_out_service", "calls_out_unknown", "calls_out_international", "calls_out_local", "calls_out_national")},
			{get("data_bytes"), get("data_bytes_up", "data_bytes_down")},
		} {
			if x[0] != x[1] {
				t.Errorf("%s, seed %d: %s at %s, window %s: %d and %d should be equal", name, seed, r.Subscriber, r.WindowEnd, w, x[0], x[1])
			}
		}
	}
}

// TestOrderWithinLateness: the same lines in any order that the lateness allows
// give the same rows.
func TestOrderWithinLateness(t *testing.T) {
	o := ChaosOptions{Files: 1, Late: -1, Malformed: -1}
	for seed := range uint64(3) {
		sorted := Random(seed, o)
		c := Config{Lateness: time.Minute, Attempts: true, Windows: []string{"7d"}}
		want, err := Run(c, sorted)
		if err != nil {
			t.Fatal(err)
		}
		ls := strings.SplitAfter(strings.TrimRight(string(sorted[0].Data), "\r\n")+"\n", "\n")
		for i := 1; i+1 < len(ls); i += 2 {
			ls[i], ls[i+1] = ls[i+1], ls[i]
		}
		c.Lateness = 400 * 24 * time.Hour
		got, err := Run(c, []File{{Name: sorted[0].Name, Data: []byte(strings.Join(ls, ""))}})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Rows) != len(want.Rows) || got.Ledger[accepted] != want.Ledger[accepted] {
			t.Fatalf("seed %d: %d rows %v, want %d rows %v", seed, len(got.Rows), got.Ledger, len(want.Rows), want.Ledger)
		}
		for i, r := range want.Rows {
			if !maps.Equal(r.Values, got.Rows[i].Values) {
				t.Errorf("seed %d: row of %s at %s differs", seed, r.Subscriber, r.WindowEnd)
			}
		}
	}
}

// TestBursts: the same seed gives the same bytes, every record is read in time,
// and people have several legs in one second, and at its very end.
func TestBursts(t *testing.T) {
	for name, o := range worlds(t) {
		f := Bursts(7, o)
		if !bytes.Equal(f.Data, Bursts(7, o).Data) {
			t.Errorf("%s: it differs from run to run", name)
		}
		c := Default()
		c.Zone, c.Lateness, c.Country, c.NoRows = o.Zone, o.Lateness, o.Country, true
		c.Rules = []Rule{{ID: "a", On: "activity", Expr: "calls_1h >= 3", Cooldown: "0s", ResolveAfter: "1m"}}
		res, err := Run(c, []File{f})
		if err != nil {
			t.Fatal(err)
		}
		if l := res.Ledger; l[rejected]+l[late] > 0 || l[accepted] < 900 || l[duplicate] == 0 && o.Duplicates >= 0 {
			t.Errorf("%s: %v", name, l)
		}
		most := 0
		for _, a := range res.Alerts {
			most = max(most, len(a.Records))
		}
		if len(res.Alerts) < 40 || most < 5 {
			t.Errorf("%s: %d alerts, of %d records at most", name, len(res.Alerts), most)
		}
	}
}
