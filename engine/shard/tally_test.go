package shard

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
)

// What is tallied of whoever it is, at whatever instant, is what the features count: with
// stamps of every form, in every way that a set is counted, of small blocks and of big sets.
func TestTallies(t *testing.T) {
	for i, test := range []struct {
		windows  []string
		words    int
		short    bool
		contacts int
	}{
		{[]string{"1d", "7d", "30d"}, 1, true, 200},
		{[]string{"1h/5m", "24h/1h", "1d", "7d"}, 1, false, 200},
		{[]string{"1h/5m", "24h/1h", "1d", "7d"}, 1, false, 20},
		{[]string{"1h/1m", "90d"}, 2, false, 200},
	} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			t.Parallel()
			zone, err := time.LoadLocation("Asia/Kolkata") // a pane of an hour lies in two days
			if err != nil {
				t.Fatal(err)
			}
			var file []string
			for _, spec := range test.windows {
				w := spec[:len(spec)-len(cutOf(spec))]
				for _, what := range []string{"contacts", "contacts_out", "contacts_mutual", "cells", "imeis"} {
					file = append(file, "activity: "+what+"_"+w+" >= 5")
				}
			}
			w := world{zone: zone, windows: test.windows, features: []string{"calls_*"}, contacts: test.contacts, rules: ruleFile(file...)}.compiled(t)
			s := w.shard(t, 0, 1, nowhere)
			if it := s.items; it.stamps.words != test.words || it.short != test.short {
				t.Fatalf("stamps of %d words, short %v", it.stamps.words, it.short)
			}
			if n := len(s.judge.tallies); n != len(file) {
				t.Fatalf("%d tallies of %d", n, len(file))
			}
			r := rand.New(rand.NewPCG(uint64(i), 12))
			first := 2*max(s.items.stamps.segment, 200) - 6 // the base of stamps moves meanwhile
			start, some, bigs := cdr.Millis(first)*days1+cdr.Millis(r.Int64N(int64(days1))), 0, 0
			for _, run := range trickle(r, start, 12*days1) {
				feed(t, s, []*order.Run{run})
				if r.IntN(4) > 0 {
					continue
				}
				if err := s.fold(); err != nil {
					t.Fatal(err)
				}
				n, b := tallied1(t, s, secondEnd(run.Batches[0].Rows[0].Release))
				some, bigs = some+n, bigs+b
			}
			if some < 1000 || bigs == 0 == (test.contacts == 20) {
				t.Errorf("%d counts of some, %d big sets", some, bigs)
			}
		})
	}
}

// cutOf is how the text of a window says what it is cut into.
func cutOf(spec string) string {
	for i := range spec {
		if spec[i] == '/' {
			return spec[i:]
		}
	}
	return ""
}

// tallied1 compares all tallies of everybody with the features, and returns how many are not
// 0 and how many have a big set.
func tallied1(t *testing.T, s *Shard, at cdr.Millis) (some, bigs int) {
	j := s.judge
	whole := j.lensOfAll()
	s.people.each(func(slot uint32, who *person) {
		g := &j.glance
		j.look(g, slot, at)
		j.see(suspect{slot, -1, at}, whole)
		for i, a := range j.tallies {
			want := whole.gauge.tile.Column(a.Column)[0]
			if got := g.tally(int16(i)); got != want {
				t.Fatalf("at %d, %v: %d of %+v, want %d", at, who.key, got, a, want)
			}
			some += boolean(want > 0)
		}
		bigs += boolean(who.marks&big != 0)
	})
	for _, by := range []int64{-7, 7} { // the base may move within a pane
		s.items.stamps.base += by
		for i := range j.tallies {
			a := &j.tallies[i]
			if a.aim(s, at); a.from != s.firstStamp(s.Plan.Windows[a.Window], at) {
				t.Fatalf("%+v is not aimed", a)
			}
		}
	}
	return some, bigs
}
