package main

import (
	"slices"
	"time"
)

// run is what the traffic was.
type run struct {
	subscribers, days    int
	start                time.Time
	outageFrom, outageTo time.Time // equal when there was none
}

// score is what the alerts amount to.
type score struct {
	run
	scenarios []found
	byRule    map[string]int // false critical alerts
	bySource  map[string]int // the same, by the scenario of the line; "" = an ordinary one
	falses    int
	early     int // of these, in the first 30 days
	storms    int // at the outage
}

// found is what was found of a scenario.
type found struct {
	bar
	planted int
	delays  []time.Duration // of those found, ascending
}

func (f *found) recall() float64 { return float64(len(f.delays)) / float64(max(f.planted, 1)) }

// median is the median delay, the later of two in the middle; false when nothing was found.
func (f *found) median() (time.Duration, bool) {
	if len(f.delays) == 0 {
		return 0, false
	}
	return f.delays[len(f.delays)/2], true
}

// perTenThousand is the rate of false critical alerts, per 10,000 subscriber-days.
func (s *score) perTenThousand() float64 {
	return 10_000 * float64(s.falses) / (float64(s.subscribers) * float64(s.days))
}

// scorer adds up alerts.
type scorer struct {
	score
	lines map[string][]*line // by subscriber
}

// line is a planted subscriber and the first alert that found it.
type line struct {
	planted
	bar   *bar // nil: nothing is to find it
	first time.Time
}

func newScorer(r run, truth []planted) *scorer {
	s := &scorer{score: score{run: r, byRule: map[string]int{}, bySource: map[string]int{}}, lines: map[string][]*line{}}
	bars := bars()
	for _, t := range truth {
		l := &line{planted: t}
		if i := slices.IndexFunc(bars, func(b bar) bool { return b.scenario == t.scenario }); i >= 0 {
			l.bar = &bars[i]
		}
		s.lines[t.subscriber] = append(s.lines[t.subscriber], l)
	}
	return s
}

// add takes an alert that fires.
func (s *scorer) add(w *firing) {
	if w.Type == "storm" {
		if !s.outageFrom.Equal(s.outageTo) && !w.EventTime.Before(s.outageFrom) && w.EventTime.Before(s.outageTo.Add(stormForTime)) {
			s.storms++
		}
		return
	}
	justified, source := false, ""
	for _, l := range s.lines[w.Subscriber] {
		source = l.scenario
		if w.EventTime.Before(l.from) {
			continue
		}
		justified = justified || l.kind == "fraud"
		if l.bar != nil && l.bar.finds(w.Type) && (l.first.IsZero() || w.EventTime.Before(l.first)) {
			l.first = w.EventTime
		}
	}
	if w.Severity != "critical" || justified {
		return
	}
	s.falses++
	s.byRule[w.Rule]++
	s.bySource[source]++
	if w.EventTime.Before(s.start.Add(coldStart)) {
		s.early++
	}
}

// result is the score of what was added.
func (s *scorer) result() *score {
	for _, b := range bars() {
		f := found{bar: b}
		for _, lines := range s.lines {
			for _, l := range lines {
				if l.scenario != b.scenario {
					continue
				}
				f.planted++
				if !l.first.IsZero() {
					f.delays = append(f.delays, max(0, l.first.Sub(l.holds())))
				}
			}
		}
		slices.Sort(f.delays)
		if f.planted > 0 {
			s.scenarios = append(s.scenarios, f)
		}
	}
	return &s.score
}
