package shard

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/order"
)

// Whoever a rule of shrunk circles leaves alone is somebody for whom it does not hold, at any
// instant, and most are left alone.
func TestWaneIsTrue(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	idle, held, asked := 0, 0, 0
	for i := range 24 {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		place := []struct{ zone, start string }{
			{"UTC", "2024-03-25"}, {"Europe/Paris", "2024-03-25"}, {"Europe/Paris", "2024-10-21"}, {"Pacific/Apia", "2011-12-24"},
		}[i%4]
		zone, start := morning(t, place.zone, place.start)
		of := []string{"contacts", "contacts_out", "cells", "contacts_mutual"}[i%12/3]
		rule := fmt.Sprintf("%s_%s %s 0.%d * %s_%s", of, []string{"1d", "2d", "7d"}[r.IntN(3)], []string{"<=", "<"}[r.IntN(2)], 1+r.IntN(9), of, []string{"7d", "30d"}[i/4%2])
		if i/8%2 == 0 {
			rule += fmt.Sprintf(" and contacts_30d >= %d", 1+r.IntN(20))
		}
		w := world{
			windows: []string{"24h/1h", "1d", "2d", "7d", "30d"}, features: []string{"calls_1d"}, emit: []string{"1d", "6h"}[r.IntN(2)],
			zone: zone, retain: 40, contacts: []int{200, 20}[i/3%2], rules: ruleFile("boundary: "+rule, "activity: calls_24h >= 100"),
		}.compiled(t)
		s := w.shard(t, 0, 1, nowhere)
		for _, run := range trickle(r, start, 40*days1) {
			feed(t, s, []*order.Run{run})
			if err := s.fold(); err != nil {
				t.Fatal(err)
			}
			at, j := secondEnd(run.Batches[0].Rows[0].Release), s.judge
			whole := j.lensOfAll()
			s.people.each(func(slot uint32, who *person) {
				j.look(&j.glance, slot, at)
				open := j.wane.rule < 0 || j.glance.waned()
				j.see(suspect{slot, -1, at}, whole)
				holds := j.set.Rules[0].Level(&j.vector) != alert.Quiet
				if holds && !open {
					t.Errorf("seed %d, case %d: at %s, subscriber %v: %s holds: %v", seed, i, time.UnixMilli(int64(at)).In(zone), who.key, rule, named(j.set, j.set.Rules[0], &j.vector))
				}
				idle, held, asked = idle+boolean(!open), held+boolean(holds), asked+boolean(open && !holds)
			})
			if t.Failed() {
				return
			}
		}
	}
	if idle < 1000 || held < 1000 || asked < 1000 {
		t.Errorf("seed %d: left alone %d times, holds %d times, asked in vain %d times", seed, idle, held, asked)
	}
	t.Logf("left alone %d times, holds %d times, asked in vain %d times", idle, held, asked)
}

// A rule leaves people alone if what comes into its long window comes into the short one.
func TestWanes(t *testing.T) {
	for _, test := range []struct {
		rule  string
		wanes bool
	}{
		{"boundary: contacts_7d <= 0.2 * contacts_30d", true},
		{"boundary: home and contacts_30d >= 10 and cells_1d < 0.5 * cells_7d", true},
		{"boundary: contacts_7d / contacts_30d <= 0.2", true},
		{"activity: contacts_7d <= 0.2 * contacts_30d", false},
		{"boundary: contacts_7d >= 0.2 * contacts_30d", false},
		{"boundary: contacts_7d <= contacts_30d", false},
		{"boundary: contacts_30d <= 0.2 * contacts_7d", false},
		{"boundary: contacts_24h <= 0.2 * contacts_7d", false},
		{"boundary: contacts_7d <= 0.2 * contacts_out_30d", false},
		{"boundary: contacts_mutual_7d <= 0.2 * contacts_mutual_30d", false},
		{"boundary: contacts_7d <= 0.2 * calls_30d", false},
		{"boundary: contacts_7d <= 0.2 * contacts_30d or calls_7d > 9", false},
	} {
		w := world{windows: []string{"24h/1h", "1d", "7d", "30d"}, features: []string{"calls_1d"}, rules: ruleFile(test.rule)}.compiled(t)
		if wanes := w.shard(t, 0, 1, nowhere).judge.wane.rule == 0; wanes != test.wanes {
			t.Errorf("%s: wanes %v", test.rule, wanes)
		}
	}
}
