package shard

import (
	"testing"

	"github.com/cdrstream/cdrstream/engine/window"
)

// judgeOf is the judge of some rules.
func judgeOf(t *testing.T, all ...string) *judge {
	t.Helper()
	w := world{windows: []string{"24h/1h", "30d"}, features: []string{"calls_30d"}, rules: ruleFile(all...)}
	return w.compiled(t).shard(t, 0, 1, nowhere).judge
}

// What a charge weighs follows from the rule that wants the least, but not from one that wants
// much less than another, in whatever order they come.
func TestModestRulesDoNotWeigh(t *testing.T) {
	const much, some, little = "activity: charge_24h >= 100 and calls_24h >= 1", "activity: charge_24h >= 10 and calls_24h >= 1", "activity: charge_24h >= 3 and calls_24h >= 1"
	for _, test := range []struct {
		rules []string
		most  uint64
	}{
		{[]string{much}, 100_000_000 / mostCalm},
		{[]string{much, little}, 100_000_000 / mostCalm},
		{[]string{little, much}, 100_000_000 / mostCalm},
		{[]string{little, some}, 3_000_000 / mostCalm},
		{[]string{little, much, some}, 10_000_000 / mostCalm},
		{[]string{some, little, much}, 10_000_000 / mostCalm},
		{[]string{little}, 3_000_000 / mostCalm},
	} {
		j := judgeOf(t, test.rules...)
		i, ok := j.shard.days.layout.Index("charge")
		if !ok {
			t.Fatal("charges are not kept by day")
		}
		f := j.shard.days.layout.Fields[i]
		if got := j.calms.limits[window.Op{Word: uint16(f.Word), Shift: f.Shift}].most; got != test.most {
			t.Errorf("%q: a charge weighs one for each %d, want %d", test.rules, got, test.most)
		}
	}
}

// A device weighs as much as the rule has it that wants the fewest, but for rules that also want
// some of a count that weighs: one of which they, or others, want a few.
func TestItemsThatNeedNotWeigh(t *testing.T) {
	const clone, hopping = "activity: overlapping_calls_24h >= 3 and imeis_24h >= 2", "activity: imeis_30d >= 5 and calls_30d >= 100"
	for _, test := range []struct {
		rules []string
		want  uint8
	}{
		{[]string{clone}, 0},
		{[]string{hopping}, mostCalm / 5},
		{[]string{clone, hopping}, mostCalm / 5},
		{[]string{"activity: imeis_24h >= 2 and (overlapping_calls_24h >= 3 or calls_24h >= 9)"}, mostCalm / 2},
		{[]string{"activity: imeis_24h >= 2 and calls_24h >= 100"}, mostCalm / 2},
		{[]string{"activity: imeis_24h >= 2 and calls_24h >= 100", "activity: calls_24h >= 9"}, 0},
		{[]string{"activity: calls_24h >= 9", "activity: imeis_24h >= 2 and calls_24h >= 100"}, 0},
		{[]string{"activity: calls_out_24h >= 9", "activity: imeis_24h >= 2 and calls_24h >= 100"}, mostCalm / 2},
	} {
		if got := judgeOf(t, test.rules...).calms.sets[window.IMEIItem]; got != test.want {
			t.Errorf("%q: a device weighs %d, want %d", test.rules, got, test.want)
		}
	}
}
