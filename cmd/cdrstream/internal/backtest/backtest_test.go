package backtest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// world is a back-test as it can be checked by hand. A line of rows is a
// subscriber and the rules, of a, b, c, that hold for the row.
const worldRows = `
s1 a
s1 a b
s2 b
s3
h1 a
h1 a
h2
h3
h4
h5
u1 a
u2
o1 a b
`

const worldLabels = `
s1 irsf
s2 irsf
s2 pbx
s3 simbox
h1 honest
h2
h3 0
h4 None
h5 shop
o1 churn
away1 irsf
away2 honest
away3 churn
`

func tally(rows string) *Tally {
	t := NewTally(3)
	for _, line := range strings.Split(strings.TrimSpace(rows), "\n") {
		f := strings.Fields(line)
		holds := make([]bool, 3)
		for _, r := range f[1:] {
			holds[r[0]-'a'] = true
		}
		t.Row(f[0], holds)
	}
	return t
}

func labels(t *testing.T, text string, o Options) *Labels {
	t.Helper()
	l := NewLabels(o)
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		who, kind, _ := strings.Cut(line, " ")
		if err := l.Add(who, kind); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// show is a score on one line.
func show(s *Score) string {
	text := fmt.Sprintf("rows=%d flagged=%d tp=%d fp=%d fn=%d tn=%d other=%d unlabelled=%d", s.Rows, s.Flagged, s.TP, s.FP, s.FN, s.TN, s.Other, s.Unlabelled)
	for _, k := range s.Kinds {
		text += fmt.Sprintf(" %s=%d/%d", k.Kind, k.Flagged, k.Subscribers)
	}
	return text
}

// churn and shop are kinds of their own, so --kind or --honest say what they are.
func TestByHand(t *testing.T) {
	all := Options{Fraud: []string{"irsf", "pbx", "simbox"}, Honest: []string{"shop"}}
	r := tally(worldRows).Score(labels(t, worldLabels, all))
	if want := (Coverage{Fraud: 3, Honest: 5, Other: 1, FraudNoRow: 1, HonestNoRow: 1, OtherNoRow: 1, Unlabelled: 2}); *r.Coverage != want || r.Rows != 13 || r.Subscribers != 11 {
		t.Errorf("%+v, %d rows of %d subscribers", *r.Coverage, r.Rows, r.Subscribers)
	}
	for i, want := range []string{
		"rows=6 flagged=4 tp=1 fp=1 fn=2 tn=4 other=1 unlabelled=1 irsf=1/2 pbx=0/1 simbox=0/1",
		"rows=3 flagged=3 tp=2 fp=0 fn=1 tn=5 other=1 unlabelled=0 irsf=2/2 pbx=1/1 simbox=0/1",
		"rows=0 flagged=0 tp=0 fp=0 fn=3 tn=5 other=0 unlabelled=0 irsf=0/2 pbx=0/1 simbox=0/1",
	} {
		if got := show(&r.Rules[i]); got != want {
			t.Errorf("rule %c:\n got %s\nwant %s", 'a'+i, got, want)
		}
	}
	if got, want := show(&r.Any), "rows=7 flagged=5 tp=2 fp=1 fn=1 tn=4 other=1 unlabelled=1 irsf=2/2 pbx=1/1 simbox=0/1"; got != want {
		t.Errorf("any:\n got %s\nwant %s", got, want)
	}
}

// Without options every kind is fraud, the shop as well; who has no label may be
// honest.
func TestOptions(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{}, "rows=6 flagged=4 tp=2 fp=1 fn=3 tn=3 other=0 unlabelled=1 churn=1/1 irsf=1/2 pbx=0/1 shop=0/1 simbox=0/1"},
		{Options{Fraud: []string{"pbx"}}, "rows=6 flagged=4 tp=0 fp=1 fn=1 tn=3 other=2 unlabelled=1 pbx=0/1"},
		{Options{Fraud: []string{"irsf"}, UnlabelledHonest: true}, "rows=6 flagged=4 tp=1 fp=2 fn=1 tn=4 other=1 unlabelled=0 irsf=1/2"},
	} {
		r := tally(worldRows).Score(labels(t, worldLabels, c.o))
		if got := show(&r.Rules[0]); got != c.want {
			t.Errorf("%+v:\n got %s\nwant %s", c.o, got, c.want)
		}
	}
	r := tally(worldRows).Score(nil)
	if got, want := show(&r.Rules[0]), "rows=6 flagged=4 tp=0 fp=0 fn=0 tn=0 other=0 unlabelled=4"; r.Coverage != nil || got != want {
		t.Errorf("without labels: %s, want %s", got, want)
	}
}

func TestLabels(t *testing.T) {
	l := labels(t, "a irsf\na irsf\na pbx\nb honest\nb 0\nb ", Options{Fraud: []string{"irsf", "spam"}})
	if l.Unused() != "spam" || fmt.Sprint(l.Kinds()) != "[irsf pbx]" || len(l.of) != 2 {
		t.Errorf("unused %q, kinds %q, %d subscribers", l.Unused(), l.Kinds(), len(l.of))
	}
	for _, pair := range [][2]string{{"a", "none"}, {"b", "irsf"}} {
		if err := l.Add(pair[0], pair[1]); err == nil || !strings.Contains(err.Error(), "honest in one label and fraud in another") {
			t.Errorf("%s: %v", pair, err)
		}
	}
}

// The rates of the built-in catalogue's best rule, on 1,000 fraudulent and 10,000
// honest subscribers: recall 0.605, false-positive rate 0.27 %.
//
//	precision at 1 %   = 0.605 * 0.01 / (0.605 * 0.01 + 0.0027 * 0.99)   = 0.693569
//	precision at 0.1 % = 0.605 * 0.001 / (0.605 * 0.001 + 0.0027 * 0.999) = 0.183206
func TestRates(t *testing.T) {
	s := Score{TP: 605, FN: 395, FP: 27, TN: 9973}
	for _, c := range []struct {
		name string
		got  Rate
		want float64
	}{
		{"precision", s.Precision(), 605.0 / 632},
		{"recall", s.Recall(), 0.605},
		{"false-positive rate", s.FalsePositiveRate(), 0.0027},
		{"precision at 1 %", s.PrecisionAt(0.01), 0.00605 / 0.008723},
		{"precision at 0.1 %", s.PrecisionAt(0.001), 0.000605 / 0.0033023},
	} {
		if c.got == nil || math.Abs(*c.got-c.want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
	for name, got := range map[string]Rate{
		"precision of nothing flagged": (&Score{FN: 1, TN: 1}).Precision(),
		"recall without fraud":         (&Score{FP: 1, TN: 1}).Recall(),
		"rate without honest":          (&Score{TP: 1}).FalsePositiveRate(),
		"precision at without honest":  (&Score{TP: 1}).PrecisionAt(0.01),
		"precision at without fraud":   (&Score{FP: 1}).PrecisionAt(0.01),
		"precision at of nothing":      (&Score{FN: 1, TN: 1}).PrecisionAt(0.01),
	} {
		if got != nil {
			t.Errorf("%s: %v, want none", name, *got)
		}
	}
	if got := (&Score{TP: 1, FN: 1, TN: 3}).PrecisionAt(0.001); got == nil || *got != 1 {
		t.Errorf("nobody wrongly flagged: %v, want 1", got)
	}
}

// More rules than bits in a word: against sets, kept the slow way.
func TestManyRules(t *testing.T) {
	const rules, people = 150, 40
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 0))
	ta := NewTally(rules)
	want, any := make([]map[int]bool, rules), map[int]bool{}
	for i := range want {
		want[i] = map[int]bool{}
	}
	for range 200 {
		who, holds := rnd.IntN(people), make([]bool, rules)
		for i := range holds {
			if rnd.IntN(50) == 0 {
				holds[i], want[i][who], any[who] = true, true, true
			}
		}
		ta.Row(fmt.Sprint(who), holds)
	}
	r := ta.Score(nil)
	for i := range want {
		if got := int(r.Rules[i].Flagged); got != len(want[i]) {
			t.Errorf("seed %d: rule %d flagged %d, want %d", seed, i, got, len(want[i]))
		}
	}
	if int(r.Any.Flagged) != len(any) {
		t.Errorf("seed %d: any flagged %d, want %d", seed, r.Any.Flagged, len(any))
	}
}
