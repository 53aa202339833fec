package shard

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
)

// How many of its legs a subscriber has in a fold makes no difference: not to the alerts,
// nor to when rules will look at it.
func TestStretches(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	alerts, ended := 0, 0
	for i := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, i))
		file := farFile(r, []string{"1h", "24h", "1d", "2d", "7d"})
		switch i % 4 { // what ends a calm all of a sudden
		case 0:
			file = ruleFile(
				"activity: imeis_7d >= 4 and calls_out_7d >= 1", "activity: days_since_imsi_change <= 1 and calls_out_24h >= 5",
				"activity: cells_2d >= 7 or talk_seconds_1d >= 20000", "activity: days_since_outgoing >= 1 and calls_7d >= 3", "boundary: sms_out_7d >= 12")
		case 1:
			file = ruleFile("activity: days_since_outgoing <= 0 and calls_in_1d >= 1")
		case 2:
			file = ruleFile("activity: tenure_days <= 0 and calls_30d >= 6")
		}
		var all [2][]alert.Alert
		var shards [2]*Shard
		for k := range shards {
			w := world{
				windows: []string{"1h/5m", "24h/1h", "1d", "2d", "7d", "30d"}, features: []string{"calls_1d"},
				retain: []int{40, 40, 2, 2}[i%4], contacts: 200, rules: file,
				alert: func(a []alert.Alert) { all[k] = append(all[k], a...) },
			}.compiled(t)
			shards[k] = w.shard(t, 0, 1, nowhere)
		}
		runs := trickle(r, 400*days1, 9*days1)
		instant := func(run *order.Run) cdr.Millis { return run.Batches[0].Rows[0].Release }
		for n, run := range runs {
			for _, s := range shards {
				feed(t, s, []*order.Run{run})
			}
			if n+1 < len(runs) && secondEnd(instant(runs[n+1])) == secondEnd(instant(run)) {
				continue
			}
			if err := shards[0].fold(); err != nil {
				t.Fatal(err)
			}
			if n+1 < len(runs) && r.IntN(60) > 0 {
				continue
			}
			if err := shards[1].fold(); err != nil {
				t.Fatal(err)
			}
			shards[0].people.each(func(_ uint32, one *person) {
				slot, _ := shards[1].table.find(one.key)
				many := shards[1].people.at(slot)
				ended += boolean(one.calm == 0 || one.marks&spent != 0)
				a, b := *one, *many
				if x, y := *shards[0].days.rest(shards[0].days.rows.at(a.row)), *shards[1].days.rest(shards[1].days.rows.at(b.row)); x != y {
					t.Fatalf("seed %d, case %d, leg %d: %+v: the rest is %x leg by leg, %x at once", seed, i, n, a, x, y)
				}
				if a.row, a.items, b.row, b.items = 0, 0, 0, 0; a != b {
					t.Fatalf("seed %d, case %d, leg %d: %+v leg by leg, %+v at once", seed, i, n, a, b)
				}
			})
		}
		for k, s := range shards {
			if err := s.handOver(order.End); err != nil {
				t.Fatal(err)
			}
			for n := range all[k] {
				all[k][n].DetectedAt = 0
			}
			alerts += len(all[k])
		}
		same := func(a, b alert.Alert) bool {
			return a.ID == b.ID && a.State == b.State && slices.Equal(a.Evidence, b.Evidence)
		}
		byTime := func(a, b alert.Alert) int { return alert.Compare(&a, &b) }
		for k := range all {
			slices.SortStableFunc(all[k], byTime)
		}
		if !slices.EqualFunc(all[0], all[1], same) {
			t.Fatalf("seed %d, case %d: %d alerts leg by leg, %d at once", seed, i, len(all[0]), len(all[1]))
		}
	}
	if alerts < 1000 || ended < 100 {
		t.Errorf("seed %d: %d alerts, calms ended %d times", seed, alerts, ended)
	}
}
