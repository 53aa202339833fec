package traffic

import (
	"slices"
	"strings"
	"testing"
)

// sums is what the planted records of an actor come to.
type sums struct {
	out, answered, in, sms, data, minutes, bytes  float64
	charge, abroad, night, hours, peers, imeis    float64
	cells, imsis, roaming, forwarded, days, ringS float64
	other                                         float64 // ordinary records during the scenario
}

func (s *story) sums() sums {
	var x sums
	sets := map[string]map[any]bool{}
	note := func(set string, v any) {
		if sets[set] == nil {
			sets[set] = map[any]bool{}
		}
		sets[set][v] = true
	}
	for _, r := range s.planted {
		note("days", r.Start/msDay)
		x.charge += float64(max(r.Charge, 0)) / 1e6
		switch {
		case r.Forwarded:
			x.forwarded++
			continue
		case r.Service == Data:
			x.data++
			x.bytes += float64(r.Up + r.Down)
		case r.Service == SMS && r.Calling == s.Subscriber:
			x.sms++
			note("peers", r.Called)
		case r.Service == Voice && r.Called == s.Subscriber:
			x.in++
			continue
		case r.Service == Voice:
			x.call(&r)
			note("peers", r.Called)
		}
		if r.Calling == s.Subscriber {
			note("imeis", r.IMEI)
			note("imsis", r.IMSI)
			note("cells", r.Cell)
		}
	}
	for _, r := range s.other {
		if r.Release() >= s.From && r.Release() <= s.To {
			x.other++
		}
	}
	x.hours = float64(s.To-s.From) / msHour
	x.peers, x.imeis, x.imsis = float64(len(sets["peers"])), float64(len(sets["imeis"])), float64(len(sets["imsis"]))
	x.cells, x.days = float64(len(sets["cells"])), float64(len(sets["days"]))
	return x
}

func (x *sums) call(r *Record) {
	x.out++
	x.minutes += float64(r.DurationMS) / 60_000
	if r.Disposition == Answered {
		x.answered++
	}
	x.ringS += float64(r.RingMS) / 1000
	if hour := r.Start % msDay / msHour; hour < 7 || hour >= 19 {
		x.night++
	}
	if r.TrunkOut > 20 {
		x.abroad++
	}
	if r.Visited != 0 {
		x.roaming++
	}
}

// Every actor has the marks by which those who know its scenario tell it.
func TestStories(t *testing.T) {
	all, _ := stories()
	for _, c := range []struct {
		scenario  string
		what      string
		of        func(x sums) float64
		low, high float64
	}{
		{"irsf", "abroad", func(x sums) float64 { return x.abroad / x.out }, 1, 1},
		{"irsf", "hours", func(x sums) float64 { return x.hours }, 1, 125},
		{"irsf", "minutes a call", func(x sums) float64 { return x.minutes / x.answered }, 3, 60},
		{"irsf", "numbers", func(x sums) float64 { return x.peers }, 1, 90},
		{"pbx", "calls", func(x sums) float64 { return x.out }, 15, 8000},
		{"pbx", "abroad", func(x sums) float64 { return x.abroad / x.out }, 1, 1},
		{"wangiri", "answered", func(x sums) float64 { return x.answered / x.out }, 0.005, 0.06},
		{"wangiri", "ring", func(x sums) float64 { return x.ringS / x.out }, 1.5, 5},
		{"wangiri", "people", func(x sums) float64 { return x.peers / x.out }, 0.3, 1},
		{"simbox", "cells", func(x sums) float64 { return x.cells }, 1, 3},
		{"simbox", "calls a day", func(x sums) float64 { return x.out / x.days }, 40, 330},
		{"simbox", "in of out", func(x sums) float64 { return x.in / x.out }, 0, 0.1},
		{"simbox", "data", func(x sums) float64 { return x.data }, 0, 0},
		{"robocall", "minutes a call", func(x sums) float64 { return x.minutes / x.answered }, 0.03, 0.6},
		{"robocall", "calls a day", func(x sums) float64 { return x.out / x.days }, 100, 2600},
		{"sms_spam", "messages a day", func(x sums) float64 { return x.sms / x.days }, 80, 5500},
		{"sms_spam", "people", func(x sums) float64 { return x.peers / x.sms }, 0.3, 1},
		{"sim_hopping", "devices", func(x sums) float64 { return x.imeis }, 5, 24},
		{"sim_hopping", "people", func(x sums) float64 { return x.peers }, 100, 2000},
		{"sim_swap", "calls abroad", func(x sums) float64 { return x.abroad }, 4, 60},
		{"sim_swap", "ordinary records meanwhile", func(x sums) float64 { return x.other }, 0, 0},
		{"forwarding", "forwarded of in", func(x sums) float64 { return x.forwarded / x.in }, 1, 1},
		{"forwarding", "charge a call", func(x sums) float64 { return x.charge / x.forwarded }, 1, 200},
		{"forwarding", "forwarded", func(x sums) float64 { return x.forwarded }, 5, 3000},
		{"roaming", "usage", func(x sums) float64 { return x.minutes/60 + x.bytes/1e9 }, 2, 150},
		{"roaming", "calls at home", func(x sums) float64 { return x.out - x.roaming }, 0, 0},
		{"subscription", "abroad", func(x sums) float64 { return x.abroad / x.out }, 0.5, 1},
		{"subscription", "ordinary records", func(x sums) float64 { return x.other }, 0, 0},
		{"subscription", "minutes a day", func(x sums) float64 { return x.minutes / x.days }, 40, 600},
		{"courier", "calls a day", func(x sums) float64 { return x.out / x.days }, 20, 100},
		{"courier", "cells", func(x sums) float64 { return x.cells }, 15, 95},
		{"courier", "calls back and from the depot", func(x sums) float64 { return x.in / x.out }, 0.03, 0.4},
		{"call_centre", "in of out", func(x sums) float64 { return x.in / x.out }, 0.1, 0.8},
		{"call_shop", "abroad", func(x sums) float64 { return x.abroad / x.out }, 0.5, 1},
		{"alarm_line", "numbers", func(x sums) float64 { return x.peers }, 1, 1},
		{"iot_sim", "calls", func(x sums) float64 { return x.out }, 0, 0},
		{"network_probe", "numbers", func(x sums) float64 { return x.peers }, 2, 14},
		{"migrant", "at night", func(x sums) float64 { return x.night / x.out }, 1, 1},
		{"migrant", "numbers", func(x sums) float64 { return x.peers }, 3, 5},
		{"hospital", "in of out", func(x sums) float64 { return x.in / x.out }, 0.8, 1.6},
		{"tv_voting", "numbers", func(x sums) float64 { return x.peers }, 1, 1},
		{"tv_voting", "seconds a call", func(x sums) float64 { return 60 * x.minutes / x.answered }, 6, 25},
		{"appointment_sms", "messages a day", func(x sums) float64 { return x.sms / x.days }, 30, 500},
		{"new_business", "abroad", func(x sums) float64 { return x.abroad / x.out }, 0, 0.3},
		{"new_business", "ordinary records", func(x sums) float64 { return x.other }, 0, 0},
	} {
		for i, s := range all[c.scenario] {
			if v := c.of(s.sums()); !(v >= c.low && v <= c.high) {
				t.Errorf("seed %d: %s %d: %s: %.3f is outside %v to %v", villageSeed, c.scenario, i, c.what, v, c.low, c.high)
			}
		}
	}
}

// No two actors of a scenario are alike.
func TestActorsDiffer(t *testing.T) {
	all, _ := stories()
	for name, actors := range all {
		var sizes []int
		for _, s := range actors {
			sizes = append(sizes, len(s.planted)+len(s.other))
		}
		slices.Sort(sizes)
		if least, most := sizes[0], sizes[len(sizes)-1]; float64(most) < 1.15*float64(least) {
			t.Errorf("seed %d: %s: %d to %d records", villageSeed, name, least, most)
		}
	}
}

// A box's ports are shared by its cards, and its cards by its ports.
func TestSimboxSharesDevices(t *testing.T) {
	all, _ := stories()
	cards := map[uint64]map[uint64]bool{}
	for _, s := range all["simbox"] {
		for _, r := range s.planted {
			if r.Calling == s.Subscriber && r.IMEI != 0 {
				if cards[r.IMEI] == nil {
					cards[r.IMEI] = map[uint64]bool{}
				}
				cards[r.IMEI][r.IMSI] = true
			}
		}
	}
	shared := 0
	for _, imsis := range cards {
		if len(imsis) > 1 {
			shared++
		}
	}
	inRange(t, "devices with several cards", float64(shared)/float64(len(cards)), 0.6, 1)
}

func TestSwappedCards(t *testing.T) {
	all, _ := stories()
	for i, s := range all["sim_swap"] {
		before, during, after := map[uint64]bool{}, map[uint64]bool{}, map[uint64]bool{}
		for _, r := range s.planted {
			if r.Calling == s.Subscriber {
				during[r.IMSI] = true
			}
		}
		for _, r := range s.other {
			if r.Calling != s.Subscriber || r.IMSI == 0 {
				continue
			}
			if r.Start < s.From {
				before[r.IMSI] = true
			} else {
				after[r.IMSI] = true
			}
		}
		if len(during) != 1 || len(after) > 1 || len(before) > 2 {
			t.Errorf("%d: %d cards before, %d during, %d after", i, len(before), len(during), len(after))
		}
		for card := range during {
			if before[card] || after[card] {
				t.Errorf("%d: the thief's card is the owner's", i)
			}
		}
	}
}

// Those who leave lived an ordinary life before, and then do not.
func TestThoseWhoLeave(t *testing.T) {
	all, _ := stories()
	c := village(villageSeed).Defaults()
	from, to := c.span()
	for i, s := range all["churn_sudden"] {
		for _, r := range s.other {
			if r.Release() > s.From {
				t.Fatalf("churn_sudden %d does something after it left", i)
			}
		}
		if left := float64(to-s.From) / msDay; left < 31 || float64(s.From-from)/msDay < 10 || len(s.other) < 15 {
			t.Errorf("churn_sudden %d: %.1f days are left, %d records before", i, left, len(s.other))
		}
	}
	for i, s := range all["churn_decline"] {
		before, after, left := 0.0, 0.0, float64(to-s.To)/msDay-2 // without the outage
		for _, r := range s.other {
			switch {
			case r.Release() < s.From:
				before++
			case r.Release() >= s.To:
				after++
			}
		}
		before /= float64(s.From-from) / msDay
		if left > 3 && after/left > before/4 || float64(s.To-s.From) < 18*msDay {
			t.Errorf("churn_decline %d: %.2f records a day before, %.0f after", i, before, after)
		}
	}
}

// What comes from abroad is the leg of both parties, so that its caller is
// somebody for the rules; the gateway knows neither device nor cell.
func TestOneRingFromAbroad(t *testing.T) {
	all, _ := stories()
	abroad := 0
	for i, s := range all["wangiri"] {
		if s.foreign() {
			abroad++
		}
		for _, r := range s.planted {
			if r.Calling != s.Subscriber || !s.foreign() {
				continue
			}
			if r.Direction != Both || r.IMEI != 0 || r.IMSI != 0 || r.Cell.PLMN != 0 || r.TrunkIn == 0 && r.TrunkOut != 0 {
				t.Fatalf("wangiri %d: %+v", i, r)
			}
		}
	}
	inRange(t, "from abroad", float64(abroad), 2, 9)
}

// foreign reports whether the actor has a number of a hotspot.
func (s *story) foreign() bool {
	return slices.ContainsFunc(hotspots, func(f foreign) bool { return strings.HasPrefix(s.Subscriber.String(), "+"+f.prefix) })
}
