package shard

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
)

// A rule that nobody comes near before the job has gone on for some days is looked at on the day
// on which somebody may: of those who do so much that nothing else keeps it away, too.
func TestRipeRulesAreLookedAt(t *testing.T) {
	zone, start := morning(t, "UTC", "2024-03-25")
	for days := range cdr.Millis(6) {
		w := world{
			windows: []string{"1d", "7d"}, features: []string{"calls_1d"}, zone: zone, retain: 40,
			rules: ruleFile(fmt.Sprintf("activity: observed_days >= %d and calls_out_7d >= 2", days), fmt.Sprintf("activity: tenure_days >= %d and calls_out_7d >= 3", days)),
		}
		n := watch{t: t, what: fmt.Sprintf("%d days", days)}
		r, s := rand.New(rand.NewPCG(5, uint64(days))), w.compiled(t).shard(t, 0, 1, nowhere)
		var runs []*order.Run
		for day := range cdr.Millis(8) {
			for i := range cdr.Millis(4) {
				at := start + days1*day + 3_600_000*(i+1)
				x, b := call(r, at, number(1), number(100+int(i))), &cdr.Batch{}
				b.Append(&x)
				runs = append(runs, runOf(b, start, at-at%1000))
			}
		}
		n.follow(s, runs)
		if want := int(8-days) * 4; n.held < want-3 {
			t.Errorf("%+v, want %d that held", n, want)
		}
	}
}
