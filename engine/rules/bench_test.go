package rules_test

import (
	"testing"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/rules"
)

// ordinary is a subscriber far from every rule, in full, as a vector of the
// catalogue.
func ordinary(t testing.TB) (*rules.Set, *rules.Vector) {
	s, _, err := rules.ParseBuiltin(rules.Options{Fields: fields(t)})
	if err != nil {
		t.Fatal(err)
	}
	v := rules.NewVector(s)
	for i, name := range s.Columns {
		switch name {
		case "ring_seconds_mean_1h", "days_since_imsi_change", "calls_trend": // null
		case "tenure_days", "observed_days":
			v.Set(i, 80)
		default:
			v.Set(i, float64(i%5))
		}
	}
	v.Set(s.Column("hotlist_calls_24h"), 0)
	v.Set(s.Column("home"), 1)
	return s, v
}

// Closures allocate nothing.
func TestAllocations(t *testing.T) {
	s, v := ordinary(t)
	mixed := parse(t, file("'(home ? calls_24h : -calls_7d) / max(calls_30d, 2, 1) > 3 or calls_24h in [1, 2] or (calls_trend ?? 5) % 3 == 2 or round(calls_24h / 3) in 1..5 or home == (calls_7d > 3)'"))
	w := rules.NewVector(mixed)
	w.Set(mixed.Column("calls_24h"), 4)
	if n := testing.AllocsPerRun(100, func() {
		for _, r := range s.Rules {
			r.Level(v)
			r.Gate.Holds(v)
		}
		mixed.Rules[0].Level(w)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkCatalogue evaluates every built-in rule for one subscriber; ns/op is for
// all of them.
func BenchmarkCatalogue(b *testing.B) {
	s, v := ordinary(b)
	b.Run("level", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, r := range s.Rules {
				if r.Level(v) > alert.Full {
					b.Fatal(r.ID)
				}
			}
		}
	})
	b.Run("gate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, r := range s.Rules {
				r.Gate.Holds(v)
			}
		}
	})
}

// BenchmarkMachine is what an expression costs that has no closure.
func BenchmarkMachine(b *testing.B) {
	s := parse(b, file("count([home, calls_24h > 3, calls_7d > 1]) >= 2"))
	v := rules.NewVector(s)
	b.ReportAllocs()
	for b.Loop() {
		s.Rules[0].Level(v)
	}
}

func BenchmarkParseBuiltin(b *testing.B) {
	all := fields(b)
	for b.Loop() {
		if _, _, err := rules.ParseBuiltin(rules.Options{Fields: all}); err != nil {
			b.Fatal(err)
		}
	}
}
