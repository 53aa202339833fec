package shard

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/window"
)

// surelyHolds reports whether a rule is known to hold while a subscriber is calm.
func (j *judge) surelyHolds(slot uint32, rule int) bool {
	d := j.dossiers.find(slot)
	if d == nil {
		return false
	}
	i, there := d.find(rule)
	return there && d.tracks[i].sure
}

// holdRules hold for long, and end because of what legs add.
var holdRules = []string{
	"contacts_out_7d / max(voice_days_7d, 1) >= # and calls_per_contact_7d <= 2.# and out_ratio_7d >= 0.#",
	"calls_per_contact_7d <= 1.# and contacts_out_7d >= #", "out_ratio_7d >= 0.# and calls_7d >= #", "calls_in_7d <= 1# and contacts_7d >= #",
	"calls_out_7d >= # * active_days_7d", "contacts_7d >= 3 * voice_days_7d", "not (out_ratio_7d < 0.#) and calls_out_30d >= #", "calls_in_1d <= # and calls_out_1d > 0",
	"contacts_24h >= # and calls_24h <= #0", "calls_out_24h >= # and out_ratio_24h >= 0.#", "contacts_out_1h >= # or calls_7d >= #", "tenure_days <= # and contacts_out_24h >= #",
	"observed_days >= # and calls_per_contact_24h <= 2.# and calls_in_1h <= #", "sms_out_24h <= # and calls_24h >= 2 * max(calls_in_24h, 1)",
	"contacts_7d >= # and calls_7d <= #0", "calls_7d >= # or contacts_30d >= #", "contacts_7d + contacts_out_7d >= #",
}

// That a rule is not looked at while it surely holds makes no difference, neither to the
// alerts nor to what is remembered of it.
func TestHolding(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	alerts, sure := 0, 0
	for i := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, i))
		var file []string
		for range 1 + r.IntN(3) {
			file = append(file, "activity: "+numbered(r, holdRules[r.IntN(len(holdRules))]))
		}
		if i%2 == 0 {
			file = append(file, "activity: "+numbered(r, "calls_out_24h >= # and days_since_outgoing <= 0"), "boundary: calls_7d >= 3")
		}
		var all [2][]alert.Alert
		var shards [2]*Shard
		for k := range shards {
			w := world{
				windows: []string{"1h/5m", "24h/1h", "1d", "7d", "30d"}, features: []string{"calls_1d"},
				retain: []int{40, 2}[i/2%2], contacts: []int{200, 20}[i/4%2], rules: ruleFile(file...),
				alert: func(a []alert.Alert) { all[k] = append(all[k], a...) },
			}.compiled(t)
			shards[k] = w.shard(t, 0, 1, nowhere)
			shards[k].judge.restrain(i%3 == 0)
		}
		clear(shards[0].judge.holdables)
		// To see what is remembered is to catch up: not after each fold.
		legs, folds := []int{20, 200}[i/8%2], 0
		runs := together(r, trickle(r, 400*days1, 20*days1))
		for n, run := range runs {
			for _, s := range shards {
				feed(t, s, []*order.Run{run})
			}
			if n+1 < len(runs) && (r.IntN(legs) > 0 || secondEnd(runs[n+1].Batches[0].Rows[0].Release) == secondEnd(run.Batches[0].Rows[0].Release)) {
				continue
			}
			for _, s := range shards {
				if err := s.fold(); err != nil {
					t.Fatal(err)
				}
			}
			if folds++; folds%4 > 0 {
				continue
			}
			shards[0].people.each(func(slot uint32, one *person) {
				other, _ := shards[1].table.find(one.key)
				a, b := remembered(shards[0], slot), remembered(shards[1], other)
				if !bytes.Equal(a, b) {
					t.Fatalf("seed %d, case %d, leg %d: %x is remembered of who was looked at, %x of who was not\n%s", seed, i, n, a, b, file)
				}
				for rule := range file {
					sure += boolean(shards[1].judge.surelyHolds(other, rule))
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
			slices.SortStableFunc(all[k], func(a, b alert.Alert) int { return alert.Compare(&a, &b) })
		}
		alerts += len(all[0])
		same := func(a, b alert.Alert) bool {
			return a.ID == b.ID && a.State == b.State && a.Severity == b.Severity && slices.Equal(a.Evidence, b.Evidence)
		}
		if !slices.EqualFunc(all[0], all[1], same) {
			t.Fatalf("seed %d, case %d: %d alerts of who was looked at, %d of who was not\n%s", seed, i, len(all[0]), len(all[1]), file)
		}
	}
	if alerts < 1000 || sure < 100 {
		t.Errorf("seed %d: %d alerts, %d times sure", seed, alerts, sure)
	}
}

// together makes some runs of a leg or two end in the second of the one before.
func together(r *rand.Rand, runs []*order.Run) []*order.Run {
	for n := range runs[1:] {
		before, b := runs[n].Batches[0], runs[n+1].Batches[0]
		if r.IntN(3) == 0 {
			at := before.Rows[0].Release / 1000 * 1000
			b.Rows[0].Release = at + 999
			runs[n+1] = runOf(b, runs[n+1].First, at) // the next one may move there too
		}
	}
	return runs
}

// Items leave for want of room: of whom that is near, nobody knows for how long a rule holds.
func TestSteady(t *testing.T) {
	for _, room := range []int{100, 300} { // in a block, and in a big set
		w := world{windows: []string{"7d"}, contacts: room, rules: ruleFile("activity: contacts_7d >= 1")}.compiled(t)
		s := w.shard(t, 0, 1, nowhere)
		who := &person{}
		for n := range room + 1 - mostHeld {
			if steady := s.judge.steady(who); steady != (n+mostHeld < room) {
				t.Errorf("%d items of %d: steady %v", n, room, steady)
			}
			s.items.touch(who, itemKey(window.PeerItem, uint64(n)), window.Stamp0, 5)
		}
		if (who.marks&big != 0) != (room > 4*maxFours) {
			t.Errorf("%d items: marks %x", room, who.marks)
		}
	}
}

// Measures are apart if there can be no leg that adds to both.
func TestApart(t *testing.T) {
	w := world{windows: []string{"7d"}, rules: ruleFile("activity: calls_7d >= 1")}.compiled(t)
	d := w.shard(t, 0, 1, nowhere).days
	apart := 0
	for _, a := range d.layout.Measures {
		for _, b := range d.layout.Measures {
			all, none := a.When.All|b.When.All, a.When.None|b.When.None
			got := d.apart([]feature.Signed{{Measure: a.Name}, {Measure: b.Name}})
			if got != (all&none != 0) {
				t.Errorf("%s and %s: apart %v", a.Name, b.Name, got)
			}
			apart += boolean(got)
		}
	}
	if d.apart([]feature.Signed{{Measure: "calls_out"}, {Measure: "unknown"}}) {
		t.Error("nothing is known of a measure that is not kept")
	}
	if n := len(d.layout.Measures); apart == 0 || apart == n*n {
		t.Errorf("%d of %d pairs are apart", apart, n*n)
	}
}

// restrain makes the rules critical once the job has been going for some days, if at all.
func (j *judge) restrain(cold bool) {
	if !cold {
		return
	}
	for _, r := range j.set.Rules {
		r.Severity, r.ColdStart = alert.Critical, 5*24*3_600_000+cdr.Millis(3_600_000)
	}
}

// remembered is what rules remember of a subscriber, as it is saved.
func remembered(s *Shard, slot uint32) []byte {
	who := s.people.at(slot)
	b, _ := s.appendRecord(nil, slot, who)
	if who.marks&watched == 0 {
		return nil
	}
	tail := s.judge.dossiers.find(slot).append(nil)
	return b[len(b)-len(tail):]
}
