package shard

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/window"
)

// quietRules are boundary rules of which those who are new, or become customers, may be left
// alone by: each kind alone, so that no other one keeps everybody awake.
var quietRules = []string{
	"home and calls_30d >= #", "home and contacts_7d >= #", "not home and contacts_7d >= #", "calls_out_30d >= #",
	"home and tenure_days >= # and contacts_7d >= 1", "observed_days >= # and calls_30d >= #", "home and days_since_outgoing >= # and calls_in_30d > 0",
	"tenure_days <= # and contacts_7d >= 1", "home and tenure_days <= #",
	"calls_out_7d >= # and tenure_days >= #", "calls_in_30d >= # and observed_days >= 1#", "calls_30d >= # and not (tenure_days < #)",
	"home and days_since_activity >= #", "home and charge_24h >= 0.#", "home and calls_in_7d >= # and days_since_activity >= 1",
}

// newcomers is traffic among ever more subscribers, of whom some are served by others when
// they are first seen.
func newcomers(r *rand.Rand, start, length cdr.Millis) (runs []*order.Run) {
	seen := 2
	for at := start; at < start+length; at += cdr.Millis(1 + r.Int64N(hours/2)) {
		seen += boolean(r.IntN(8) == 0)
		x := call(r, at, number(r.IntN(seen)), number(r.IntN(seen)))
		if r.IntN(3) == 0 {
			x.Flags = (cdr.Originating | cdr.Terminating).With(cdr.SMS, cdr.Answered, cdr.RAT4G)
		}
		x.Flags &^= []cdr.Flags{0, cdr.Originating, cdr.Terminating}[r.IntN(3)]
		b := &cdr.Batch{}
		b.Append(&x)
		runs = append(runs, runOf(b, start, at-at%1000))
	}
	return runs
}

// For whom it is quiet since it came no boundary rule holds, customer or not.
func TestNewcomersAreQuiet(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	n := watch{t: t}
	for i, shape := range append(quietRules, quietRules...) {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		expr := numbered(r, shape)
		w := world{
			windows: []string{"24h/1h", "1d", "7d", "30d"}, features: []string{"calls_1d"}, emit: []string{"1d", "6h"}[i/len(quietRules)],
			rules: ruleFile("activity: calls_out_1d >= 200", "boundary: "+expr),
		}.compiled(t)
		n.what = fmt.Sprintf("seed %d, case %d", seed, i)
		s := w.shard(t, 0, 1, nowhere)
		n.follow(s, newcomers(r, 100*days1, 12*days1))
		if t.Failed() {
			return
		}
	}
	if n.quiet < 1000 || n.boundary < 1000 {
		t.Errorf("seed %d: %+v", seed, n)
	}
}

// talk is one call at an instant of a job that began at start.
func talk(start, at cdr.Millis, from, to cdr.Number) []*order.Run {
	x := call(rand.New(rand.NewPCG(1, 1)), start+at, from, to)
	b := &cdr.Batch{}
	b.Append(&x)
	return []*order.Run{runOf(b, start, x.Release)}
}

// Whoever becomes a customer later is left alone at once, as others are that came with it.
func TestQuietFromTheFirstDayOn(t *testing.T) {
	w := world{
		windows: []string{"1d", "7d", "30d"}, features: []string{"calls_1d"},
		rules: ruleFile("activity: calls_out_1d >= 200", "boundary: home and tenure_days >= 30 and calls_out_30d >= 1"),
	}.compiled(t)
	for _, hour := range []cdr.Millis{1, 25, 100} {
		s, start := w.shard(t, 0, 1, nowhere), cdr.Millis(100*days1)
		feed(t, s, talk(start, 0, number(2), number(1)))
		feed(t, s, talk(start, hour*hours, number(1), number(2)))
		if err := s.fold(); err != nil {
			t.Fatal(err)
		}
		slot, _ := s.table.find(number(1))
		if who := s.people.at(slot); !s.quiet(who) || who.quiet != markOf(130) || who.marks&home == 0 {
			t.Errorf("a customer from hour %d on is %+v", hour, who)
		}
	}
}

// What is known of arrivals is of their day and of no other.
func TestArrivals(t *testing.T) {
	var a arrivals
	n := window.Day(len(a))
	for _, d := range []window.Day{-3, 0, 100, n - 1} {
		a.note(d, 7)
		for _, other := range []window.Day{d - n, d - 1, d + 1, d + n, d + 2*n} {
			if got := a.of(other); got != 0 {
				t.Errorf("day %d has the mark %d of day %d", other, got, d)
			}
		}
		if got := a.of(d); got != 7 {
			t.Errorf("day %d has the mark %d, want 7", d, got)
		}
		a = arrivals{}
	}
}

// A process that goes on does not know what has happened to whom before: not that it was rare,
// though others come on the same day.
func TestQuietAfterRestart(t *testing.T) {
	w := world{
		windows: []string{"1d", "7d", "30d"}, features: []string{"calls_1d"}, emit: "6h",
		rules: ruleFile("activity: calls_out_1d >= 200", "boundary: home and calls_in_30d >= 2"),
	}.compiled(t)
	s, start := w.shard(t, 0, 1, nowhere), cdr.Millis(100*days1)
	feed(t, s, talk(start, second, number(2), number(1)))
	feed(t, s, talk(start, 2*second, number(2), number(1)))
	blocks := saveAll(t, s, true)
	n := watch{t: t, what: "gone on"}
	n.follow(loaded(t, w, 1, s.Clock(), uint64(s.epoch)-1, nowhere, blocks)[0], slices.Concat(
		talk(start, 7*hours, number(8), number(9)), // they come on the same day
		talk(start, 8*hours, number(1), number(2)),
		talk(start, 30*hours, number(2), number(3)),
	))
	if n.boundary == 0 {
		t.Error("the rule never holds")
	}
}

// Whoever becomes a customer on the day on which it came is as quiet as others that are, unless
// something rare was looked at, and came to nothing, while it was none.
func TestQuietFromTheSecondLegOn(t *testing.T) {
	for _, hour := range []cdr.Millis{1, 5, 7, 25, 55} { // in which it becomes one
		w := world{
			windows: []string{"1d", "7d", "30d"}, features: []string{"calls_1d"}, emit: "6h",
			rules: ruleFile("activity: calls_out_1d >= 200", "boundary: home and calls_in_30d >= 2", "boundary: home and calls_in_30d >= 9"),
		}.compiled(t)
		n := watch{t: t, what: fmt.Sprintf("a customer from hour %d on", hour)}
		start := cdr.Millis(100 * days1)
		runs := slices.Concat( // who calls is served
			talk(start, second, number(2), number(1)), talk(start, 2*second, number(2), number(1)),
			talk(start, hour*hours, number(1), number(2)), talk(start, hour*hours+second, number(1), number(2)),
			talk(start, (hour+30)*hours, number(1), number(2)),
		)
		if n.follow(w.shard(t, 0, 1, nowhere), runs); n.boundary == 0 {
			t.Errorf("%s: the rule never holds", n.what)
		}
	}
}

// restRules are boundary rules that leave people alone until something happens: a day has much
// of something, calls stop, or what there is too much of has left the window.
var restRules = []string{
	"charge_24h >= 0.#", "charge_24h >= # and charge_24h > 0.2 * charge_30d", "talk_seconds_out_24h >= #00", "talk_seconds_24h >= #00 and calls_24h >= 2",
	"calls_24h >= 2#", "calls_1d >= 1#", "charge_1d >= # and calls_30d >= 3", "calls_24h >= # and charge_24h >= 0.#",
	"calls_trend <= 0.#", "calls_out_trend < 0.#", "calls_trend <= 0.5 and calls_30d >= 2#", "calls_trend < 0.3 and charge_24h >= 0.#",
	"days_since_activity >= #", "home and tenure_days >= 5 and days_since_activity >= 2", "days_since_activity >= 1 and calls_in_30d > 0",
	"days_since_activity >= 3 and days_since_activity < 6", "days_since_activity >= 1 and dropped_calls_7d >= 2",
	"calls_out_7d <= #", "calls_30d <= 2# and tenure_days >= 1#", "calls_out_1d <= 2 and calls_30d >= 3#", "calls_7d <= 3 and days_since_activity >= 1",
}

// For whom it is quiet no boundary rule holds at any instant of the day: alone, so that no other
// rule keeps everybody awake, and some of them together.
func TestQuietIsTrue(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	var n watch
	for i := range 5 * len(restRules) {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		place := []struct{ zone, start string }{
			{"UTC", "2024-03-01"}, {"Europe/Paris", "2024-03-01"}, {"Europe/Paris", "2024-10-01"}, {"Pacific/Apia", "2011-12-01"},
		}[r.IntN(4)]
		zone, start := morning(t, place.zone, place.start)
		all := []string{"activity: calls_out_1d >= 200", "boundary: " + numbered(r, restRules[i%len(restRules)])}
		for range i / len(restRules) {
			all = append(all, "boundary: "+numbered(r, restRules[r.IntN(len(restRules))]))
		}
		w := world{
			windows: []string{"24h/1h", "1d", "7d", "30d"}, features: []string{"calls_1d"}, emit: []string{"1d", "6h", "7d"}[r.IntN(3)],
			zone: zone, retain: 40, rules: ruleFile(all...),
		}.compiled(t)
		n.t, n.what = t, fmt.Sprintf("seed %d, case %d", seed, i)
		s := w.shard(t, 0, 1, nowhere)
		n.follow(s, trickle(r, start, 45*days1))
		if t.Failed() {
			return
		}
	}
	if n.quiet < 100_000 || n.dozes < 1000 || n.boundary < 10_000 {
		t.Errorf("seed %d: %+v", seed, n)
	}
	t.Logf("%+v", n)
}
