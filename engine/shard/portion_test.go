package shard

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
)

// Whatever share is wanted of however much, what holds for the share and the whole holds for
// the portion, and there is a portion that is hardly too small.
func TestPortionFollows(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 12))
	of, over := []feature.Signed{{Measure: "short"}}, []feature.Signed{{Measure: "answered"}}
	close := 0
	for range 20_000 {
		share := feature.Basis{Kind: feature.Quotient, Of: of, Over: over, By: []float64{1, 1, 1000}[r.IntN(3)]}
		whole := feature.Basis{Kind: feature.Sum, Of: over, By: 1}
		part := rules.Atom{Op: []rules.Op{rules.GE, rules.GT}[r.IntN(2)], Value: float64(1+r.IntN(30)) / 20}
		least := rules.Atom{Op: []rules.Op{rules.GE, rules.GT}[r.IntN(2)], Value: float64(1 + r.IntN(60))}
		p, ok := portionOf(share, whole, part, least)
		if !ok {
			t.Fatalf("no portion of %v of %v", part, least)
		}
		d := int64(least.Value) + int64(r.IntN(3))
		n := int64(p.atom.Value) - 2 + int64(r.IntN(4))
		holds := least.Holds(float64(d), false) && part.Holds(float64(n)/share.By/float64(d), false)
		if holds && !p.atom.Holds(float64(n), false) {
			t.Fatalf("%d of %d: %v and %v hold, %v does not", n, d, part, least, p.atom)
		}
		close += boolean(holds && n <= int64(p.atom.Value)+1)
	}
	if close < 1000 {
		t.Errorf("%d portions are close", close)
	}
}

// A portion is of a share and a whole that belong together.
func TestPortionsOf(t *testing.T) {
	for _, test := range []struct {
		rule string
		want []float64
	}{
		{"answered_calls_out_24h >= 100 and short_call_ratio_24h > 0.15", []float64{15}},
		{"answered_calls_out_24h > 99 and under_minute_ratio_24h >= 0.9 and talk_seconds_out_24h < 60 * answered_calls_out_24h", []float64{90}},
		{"answered_calls_out_24h >= 100 and short_call_ratio_24h < 0.15", nil},
		{"answered_calls_out_24h <= 100 and short_call_ratio_24h > 0.15", nil},
		{"answered_calls_out_7d >= 100 and short_call_ratio_24h > 0.15", nil},
		{"calls_out_24h >= 100 and short_call_ratio_24h > 0.15", nil},
		{"answered_calls_out_24h >= 100 and no_answer_ratio_out_24h >= 0.9", nil},
		{"(answered_calls_out_24h >= 100 or calls_24h > 5) and short_call_ratio_24h > 0.15", nil},
	} {
		w := world{windows: []string{"24h/1h", "7d"}, features: []string{"calls_7d"}, rules: ruleFile("activity: " + test.rule)}.compiled(t)
		j := w.shard(t, 0, 1, nowhere).judge
		var got []float64
		for _, p := range j.portionsOf(j.set, j.set.Rules[0].Gate) {
			got = append(got, p.atom.Value)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.rule, got, test.want)
		}
		for _, clauses := range [][][]probe{j.gates[0].coarse, j.gates[0].fine} {
			bounds := 0
			each(clauses, func(p *probe) {
				bounds += boolean(p.bound && p.kind == feature.Sum && slices.Contains(test.want, float64(p.lo)))
			})
			if bounds != len(test.want) {
				t.Errorf("%s: %d of %d portions are looked at", test.rule, bounds, len(test.want))
			}
		}
	}
}
