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

// nearRules are conditions of every kind that a gate is made of; $w stands for each
// of the windows, # for small numbers.
var nearRules = []string{
	"calls_out_$w >= #", "calls_$w > # and calls_in_$w <= #", "calls_out_$w == #",
	"charge_$w >= 0.#", "charge_$w > charge_7d / #", "charge_$w > charge_24h / #",
	"talk_seconds_out_$w < 60 * answered_calls_out_$w and calls_out_$w >= #",
	"talk_seconds_$w / # >= calls_$w", "calls_$w / max(contacts_$w, 1) >= #",
	"contacts_$w >= #", "contacts_$w == #", "contacts_out_$w / max(voice_days_7d, 1) >= #",
	"contacts_out_$w >= # and calls_per_contact_$w <= #", "contacts_mutual_$w >= 1",
	"contacts_$w <= 0.# * contacts_7d", "calls_out_$w >= # * max(calls_in_$w, 1)",
	"area_codes_called_$w >= # or cells_$w >= #", "cells_$w >= 1 and cells_$w <= #", "imeis_$w >= 1",
	"out_ratio_$w >= 0.#", "out_ratio_$w < 0.#", "answer_ratio_$w == 1", "no_answer_ratio_out_$w >= 0.#",
	"sms_out_$w >= # or (calls_out_$w >= # and contacts_out_$w >= #)", "not (calls_in_$w > #) and calls_out_$w > 0",
	"overlapping_calls_$w >= 1", "(calls_out_$w ?? 0) >= #", "calls_in_$w in [1, #]", "calls_in_per_day_7d >= 0.#",
	"home and days_since_activity >= #", "not home or calls_$w >= #", "days_since_outgoing >= # and calls_in_$w > 0",
	"tenure_days <= # and observed_days - tenure_days >= 1", "observed_days >= # and calls_$w >= #",
	"data_bytes_down_$w <= #000000 and data_sessions_$w > 0", "data_bytes_down_$w > #000000",
	"answered_calls_out_$w >= # and short_call_ratio_$w > 0.#", "contacts_out_$w >= # and under_minute_ratio_$w >= 0.#",
	"calls_trend <= 0.#", "active_days_7d >= #", "days_since_imsi_change <= #",
}

// nearFile makes a file of rules, half of them of activity. The numbers are such
// that many a rule holds for some and not for others.
func nearFile(r *rand.Rand, windows []string) string {
	var all []string
	for _, shape := range nearRules {
		for _, w := range windows {
			expr := strings.ReplaceAll(shape, "$w", w)
			for strings.Contains(expr, "#") {
				expr = strings.Replace(expr, "#", fmt.Sprint(1+r.IntN(9)), 1)
			}
			all = append(all, []string{"activity: ", "boundary: "}[r.IntN(2)]+expr)
			if !strings.Contains(shape, "$w") {
				break
			}
		}
	}
	return ruleFile(all...)
}

// bursts is traffic that is dense for some hours, then rare for days: windows of
// hours, the day before and what came earlier all differ.
func bursts(seed uint64, start, length cdr.Millis) []*order.Run {
	r := rand.New(rand.NewPCG(seed, 12))
	var runs []*order.Run
	b := &cdr.Batch{}
	pace := int64(60_000)
	for at := start; at < start+length; {
		at += cdr.Millis(r.Int64N(pace))
		from := min(r.IntN(30), r.IntN(30))
		x := call(r, at, number(from), number(r.IntN(40+300*(from%2))))
		switch r.IntN(6) {
		case 0:
			x.Flags = (cdr.Originating | cdr.Terminating).With(cdr.SMS, cdr.Answered, cdr.RAT4G)
		case 1:
			x.Flags, x.Called = cdr.Originating.With(cdr.Data, cdr.Answered, cdr.RAT4G), 0
			x.Up, x.Down = r.Uint64N(2_000_000), r.Uint64N(2_000_000)
		}
		b.Append(&x)
		if r.IntN(25) == 0 {
			pace = []int64{20_000, 60_000, 3_600_000}[r.IntN(3)]
			runs = append(runs, runOf(b, start, at-at%1000))
			b = &cdr.Batch{}
		}
	}
	return runs
}

// A gate never closes while its rule holds, nor does the sieve: for everybody, at many
// instants, each rule is evaluated whatever its gate says. Days of 23 and of 25 hours,
// a day that never was and state that was loaded are among them.
func TestGatesAreNecessary(t *testing.T) {
	for i, test := range []struct{ zone, start string }{
		{"UTC", "2024-03-25"}, {"Europe/Paris", "2024-03-25"}, {"Europe/Paris", "2024-10-21"}, {"Pacific/Apia", "2011-12-24"},
	} {
		t.Run(test.zone+" "+test.start, func(t *testing.T) {
			t.Parallel()
			zone, start := morning(t, test.zone, test.start)
			r := rand.New(rand.NewPCG(uint64(i), 11))
			w := world{
				windows: []string{"1h/5m", "24h/1h", "36h/1h", "1d", "2d", "7d", "30d"}, features: []string{"calls_1d"},
				zone: zone, retain: 40, contacts: 200,
				rules: nearFile(r, []string{"1h", "24h", "36h", "1d", "7d"}),
			}.compiled(t)
			for seed := range uint64(2) {
				w.gates(t, r, bursts(10*uint64(i)+seed, start, 10*days1))
			}
		})
	}
}

func (w *world) gates(t *testing.T, r *rand.Rand, runs []*order.Run) {
	s := w.shard(t, 0, 1, nowhere)
	n := &needed{t: t}
	for i, run := range runs {
		if i == len(runs)/2 {
			s = loaded(t, w, 1, s.Clock(), 1, nowhere, saveAll(t, s, true))[0]
			feed(t, s, []*order.Run{run})
			continue
		}
		feed(t, s, []*order.Run{run})
		if r.IntN(3) > 0 {
			continue
		}
		if err := s.fold(); err != nil {
			t.Fatal(err)
		}
		n.look(s, secondEnd(run.Batches[0].Rows[run.Batches[0].Len()-1].Release))
	}
	if n.held < 1000 || n.closed < 1000 || n.sieved < 1000 {
		t.Errorf("rules held %d times, gates closed %d times, sieves %d times", n.held, n.closed, n.sieved)
	}
}

// needed counts what gates did.
type needed struct {
	t                    *testing.T
	held, closed, sieved int
}

// look compares the gates with the rules for everybody at the instant at.
func (n *needed) look(s *Shard, at cdr.Millis) {
	j := s.judge
	whole := j.lensOfAll()
	s.people.each(func(slot uint32, who *person) {
		g := &j.glance
		passed := make([]uint64, j.words)
		j.look(g, slot, at)
		j.atActivity.sift(g, passed)
		j.atBoundary.sift(g, passed)
		var open []bool
		for i := range j.gates {
			passes, _ := j.gates[i].look(g)
			open = append(open, passes)
		}
		j.see(suspect{slot, -1, at}, whole)
		n.check(s, at, who, passed, open)
	})
}

func (n *needed) check(s *Shard, at cdr.Millis, who *person, passed []uint64, open []bool) {
	j := s.judge
	for i, rule := range j.set.Rules {
		holds, sifted := rule.Level(&j.vector) != alert.Quiet, passed[i>>6]>>(i&63)&1 != 0
		switch {
		case holds && (!sifted || !open[i]):
			n.t.Errorf("at %s, subscriber %v: %s holds; sifted %v, gate open %v, vector %v", time.UnixMilli(int64(at)).In(time.UTC), who.key, rule.Expr, sifted, open[i], named(j.set, rule, &j.vector))
		case holds:
			n.held++
		}
		n.closed += boolean(!open[i])
		n.sieved += boolean(!sifted)
	}
}

// named is what a rule sees.
func named(set *rules.Set, r *rules.Rule, v *rules.Vector) (out []string) {
	for _, c := range r.Named {
		out = append(out, fmt.Sprintf("%s %v (null %v)", set.Columns[c], v.Values[c], v.Null[c]))
	}
	slices.Sort(out)
	return out
}

// lensOfAll computes all features that rules name.
func (j *judge) lensOfAll() *lens {
	all := make([]int, len(j.set.Columns))
	for i := range all {
		all[i] = i
	}
	l := j.newLens(all, j.shard.Plan.Rules.NewTile())
	return &l
}
