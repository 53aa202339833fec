package shard

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/rules"
)

// dayRules are conditions that come to hold because a day ends.
var dayRules = []string{
	"not (calls_in_1d > #) and calls_out_1d > 0", "sms_out_1d == 0 and calls_$w >= #", "sms_out_24h == 0 and calls_out_24h >= #",
	"out_ratio_1d >= 0.#", "calls_in_2d <= # and calls_out_1d >= 1", "calls_out_1d >= # * calls_in_2d", "tenure_days >= # and calls_1d > 0",
	"talk_seconds_out_$w >= #00 or sms_out_1d > 3 * max(sms_in_7d, #)", "imeis_$w >= 2 and sms_out_$w >= #",
	"home and out_ratio_1d >= 0.#", "contacts_1d >= # * active_days_2d", "observed_days >= # and calls_out_$w >= #", "calls_per_contact_7d <= 1.#", "calls_out_7d >= 1# and calls_per_contact_7d <= 2.#",
}

// stockRules are conditions that who knows few others does not come near: # for small numbers, 1# and
// 2# for larger ones.
var stockRules = []string{
	"contacts_out_30d >= 2#", "contacts_out_30d >= 1#", "contacts_out_7d >= 1#", "contacts_24h >= 1#", "contacts_out_30d >= 1# and calls_per_contact_30d <= #",
	"contacts_7d >= # and contacts_out_30d >= 1#", "contacts_out_30d >= # * max(voice_days_30d, 1)", "contacts_30d >= # * active_days_7d and calls_out_24h >= #",
	"contacts_out_30d >= 1# and out_ratio_30d >= 0.#", "contacts_30d >= 1# and home", "cells_30d >= 1# or contacts_30d >= 2#",
	"cells_30d >= # * max(active_days_1d, 1)", "area_codes_called_30d >= # * max(active_days_1d, 1)",
}

// stockFile is a file of some of them.
func stockFile(r *rand.Rand) string {
	var all []string
	for _, i := range r.Perm(len(stockRules))[:1+r.IntN(4)] {
		rule := strings.NewReplacer("1#", fmt.Sprint(2+r.IntN(20)), "2#", fmt.Sprint(15+r.IntN(20))).Replace(stockRules[i])
		all = append(all, "activity: "+numbered(r, rule))
	}
	return ruleFile(all...)
}

// farFile is a file of rules, mostly of few, many of which want so much that it takes a while.
func farFile(r *rand.Rand, windows []string) string {
	var all []string
	for range 1 + r.IntN([]int{3, 3, 12}[r.IntN(3)]) {
		shapes := [][]string{nearRules, dayRules, holdRules}[r.IntN(3)]
		expr := strings.ReplaceAll(shapes[r.IntN(len(shapes))], "$w", windows[r.IntN(len(windows))])
		if r.IntN(2) == 0 {
			expr += " and " + strings.ReplaceAll(nearRules[r.IntN(len(nearRules))], "$w", windows[r.IntN(len(windows))])
		}
		expr = numbered(r, expr)
		all = append(all, "activity: "+expr, "boundary: "+expr)
	}
	return ruleFile(all...)
}

// numbered has a number for each #.
func numbered(r *rand.Rand, expr string) string {
	for strings.Contains(expr, "#") {
		expr = strings.Replace(expr, "#", fmt.Sprint(1+r.IntN([]int{3, 9, 60}[r.IntN(3)])), 1)
	}
	return expr
}

// habits is what a subscriber does.
type habits struct{ peers, messages, data, unanswered int }

// trickle is traffic of subscribers who differ, in runs of a leg or two: days that are
// busy, days of nothing, and nights.
func trickle(r *rand.Rand, start, length cdr.Millis) (runs []*order.Run) {
	who := make([]habits, 8)
	for i := range who {
		who[i] = habits{1 + r.IntN(60), r.IntN(6), r.IntN(4), r.IntN(10)}
	}
	pace := int64(600_000)
	for at := start; at < start+length; {
		at += cdr.Millis(1 + r.Int64N(pace))
		from := min(r.IntN(len(who)), r.IntN(len(who)))
		h := who[from]
		x := call(r, at, number(from), number(r.IntN(40+h.peers)))
		switch {
		case r.IntN(10) < h.messages:
			x.Flags = (cdr.Originating | cdr.Terminating).With(cdr.SMS, cdr.Answered, cdr.RAT4G)
		case r.IntN(10) < h.data:
			x.Flags, x.Called = cdr.Originating.With(cdr.Data, cdr.Answered, cdr.RAT4G), 0
			x.Up, x.Down = r.Uint64N(2_000_000), r.Uint64N(2_000_000)
		case r.IntN(10) < h.unanswered:
			x.Flags, x.TalkMS = (cdr.Originating|cdr.Terminating|cdr.AttemptsReported).With(cdr.Voice, cdr.NoAnswer, cdr.RAT4G), 0
		}
		if r.IntN(40) == 0 {
			x.IMEI, x.IMSI = r.Uint64(), uint64(1+r.IntN(3))
		}
		b := &cdr.Batch{}
		b.Append(&x)
		runs = append(runs, runOf(b, start, at-at%1000))
		if r.IntN(80) == 0 {
			pace = []int64{60_000, 600_000, 3_600_000, 40_000_000}[r.IntN(4)]
		}
	}
	return runs
}

const calmCases = 60

// Whoever is calm is somebody for whom no activity rule holds, after every leg, and for
// whom it is quiet no boundary rule does, at any instant of the day.
func TestCalmIsTrue(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	var n watch
	for i := range calmCases {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		place := []struct{ zone, start string }{
			{"UTC", "2024-03-25"}, {"Europe/Paris", "2024-03-25"}, {"Europe/Paris", "2024-10-21"}, {"Asia/Kolkata", "2024-03-25"}, {"Pacific/Apia", "2011-12-24"},
		}[i%5]
		zone, start := morning(t, place.zone, place.start)
		w := world{
			windows: []string{"1h/5m", "24h/1h", "1d", "2d", "7d", "30d"}, features: []string{"calls_1d"},
			zone: zone, retain: []int{2, 40}[r.IntN(2)], contacts: []int{200, 200, 20}[r.IntN(3)], rules: farFile(r, []string{"1h", "24h", "1d", "2d", "7d", "30d"}),
		}
		switch i % 12 {
		case 1, 4, 7, 10:
			w.rules = stockFile(r)
		case 11: // somebody dozes for sure
			w.rules = ruleFile("activity: "+numbered(r, "calls_24h >= #"), "boundary: sms_out_7d >= 1"+fmt.Sprint(r.IntN(5)))
		}
		n.t, n.what = t, fmt.Sprintf("seed %d, case %d", seed, i)
		s := w.compiled(t).shard(t, 0, 1, nowhere)
		n.follow(s, trickle(r, start, cdr.Millis([]int{12, 45}[r.IntN(2)])*days1))
		if t.Failed() {
			return
		}
	}
	if n.calm < 1000 || n.held < 1000 || n.quiet < 1000 || n.boundary < 1000 || n.sure < 100 || n.dozes < 100 {
		t.Errorf("seed %d: %+v", seed, n)
	}
}

// watch compares those who are left alone with the rules.
type watch struct {
	t                           *testing.T
	what                        string
	calm, held, quiet, boundary int
	sure, dozes                 int
}

// follow looks at everybody after each of some runs, which have a record each.
func (n *watch) follow(s *Shard, runs []*order.Run) {
	n.t.Helper()
	for _, run := range runs {
		feed(n.t, s, []*order.Run{run})
		if err := s.fold(); err != nil {
			n.t.Fatal(err)
		}
		n.look(s, secondEnd(run.Batches[0].Rows[0].Release))
	}
}

func (n *watch) look(s *Shard, at cdr.Millis) {
	j := s.judge
	whole := j.lensOfAll()
	s.people.each(func(slot uint32, who *person) {
		calm := who.calm > 0 && who.loud > 0 && secondEnd(who.last()) == at
		quiet, dozes := s.quiet(who), s.dozes(who)
		if secondEnd(who.last()) != at && !dozes {
			return
		}
		j.see(suspect{slot, -1, at}, whole)
		for i, rule := range j.set.Rules {
			holds := rule.Level(&j.vector) != alert.Quiet
			activity := rule.On == rules.Activity
			held := activity && j.surelyHolds(slot, i) // its track says so
			asleep := quiet || dozes && !slices.Contains(j.rare, i)
			if activity && calm && holds != held || !activity && asleep && holds {
				n.t.Errorf("%s: at %s, subscriber %v: %s holds; calm %d, vector %v", n.what, time.UnixMilli(int64(at)).In(time.UTC), who.key, rule.Expr, who.calm, named(j.set, rule, &j.vector))
			}
			n.held += boolean(holds && activity)
			n.sure += boolean(calm && held)
			n.boundary += boolean(holds && !activity)
		}
		n.calm += boolean(calm)
		n.quiet += boolean(quiet)
		n.dozes += boolean(dozes && !quiet)
	})
}
