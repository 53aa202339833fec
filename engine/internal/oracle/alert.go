package oracle

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Alert is one alert. What hangs on hashes (its id, those of rule and rule set)
// is left out; so is the wall clock.
type Alert struct {
	At         time.Time // event time and window end, UTC
	Rule, Type string
	Severity   string // warning, critical
	State      string // pending, firing, resolved, suppressed
	Subscriber string // "" in a storm
	Home       bool
	Case       string     // Name of the alert that opened it
	Evidence   []Evidence // expr, min_support, warn, each feature once
	AtRisk     float64
	AtRiskUnit string   // currency, seconds, "" where there is no window of 24h
	Records    []Sample // all of the evaluated second that have an id, in the order of time
	Labels     map[string]string
	Count      int      // of a storm: home subscribers for whom the rule would have fired
	Examples   []string // the first 20 of them

	life     *leg // the first leg since the subscriber came into state; nil in a storm
	boundary bool // it was found at a boundary
}

// Evidence is a feature and its value: int64, float64, bool or nil.
type Evidence struct {
	Name  string
	Value any
}

// Sample is a record id and its event time in ms.
type Sample struct {
	ID string
	At int64
}

// Name tells the alert from all others.
func (a *Alert) Name() string {
	return fmt.Sprintf("%s/%s@%s", a.Subscriber, a.Rule, a.At.Format("2006-01-02T15:04:05.000"))
}

// alerts evaluates all rules of c over all that happened.
func (e *emission) alerts(subscribers []subscriber, bounds []int64) ([]*Alert, error) {
	rules, err := e.rules()
	if err != nil {
		return nil, err
	}
	var activity, boundary []*rule
	for _, r := range rules {
		if r.On == "boundary" {
			boundary = append(boundary, r)
		} else {
			activity = append(activity, r)
		}
	}
	all := e.atBoundaries(boundary, subscribers, bounds)
	for _, s := range subscribers {
		for _, legs := range s.lives {
			all = append(all, e.atActivity(activity, s.key, legs, bounds)...)
		}
	}
	e.cases(all)
	slices.SortStableFunc(all, func(a, b *Alert) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Subscriber, b.Subscriber))
	})
	return all, nil
}

// atActivity evaluates some rules at the end of each second in which the subscriber
// of legs had one. At boundaries they are passed over, where they were not evaluated
// at that very instant.
func (e *emission) atActivity(some []*rule, key string, legs life, bounds []int64) (all []*Alert) {
	ends := map[int64]bool{}
	for _, l := range legs {
		ends[floorDiv(l.at, 1000)*1000+1000] = true
	}
	instants := slices.Clone(bounds)
	for t := range ends {
		instants = append(instants, t)
	}
	slices.Sort(instants)
	histories := map[*rule]history{}
	for _, t := range slices.Compact(instants) {
		known := legs.before(t)
		if !e.inState(known, t) {
			continue
		}
		s := e.snapshot(known, t)
		for _, r := range some {
			if r.exempts(key) {
				continue
			}
			m := moment{at: t, passed: !ends[t]}
			if ends[t] {
				m.level = r.level(s.operand)
			}
			m.said = r.says(histories[r], m)
			histories[r] = append(histories[r], m)
			if m.said.state == "" {
				continue
			}
			a := e.alert(r, key, s, m.said)
			a.boundary = m.passed
			if ends[t] {
				a.Records = known.from(t - 1000).samples()
			}
			all = append(all, a)
		}
	}
	return all
}

// before is the legs before t.
func (l life) before(t int64) life {
	n := 0
	for n < len(l) && l[n].at < t {
		n++
	}
	return l[:n]
}

// from is the legs not before t.
func (l life) from(t int64) life { return l[len(l.before(t)):] }

// inState tells whether a subscriber with these legs before t is remembered at t.
func (e *emission) inState(legs life, t int64) bool {
	return len(legs) > 0 && t-legs[len(legs)-1].at <= e.c.retain()
}

// samples are the records of legs by their ids, each once.
func (l life) samples() (all []Sample) {
	seen := map[string]bool{"": true}
	for _, leg := range l {
		if !seen[leg.recordID] {
			seen[leg.recordID] = true
			all = append(all, Sample{leg.recordID, leg.at})
		}
	}
	return all
}

// alert is what is said of a subscriber.
func (e *emission) alert(r *rule, key string, s *snapshot, said saying) *Alert {
	a := &Alert{
		At: time.UnixMilli(s.t).UTC(), Rule: r.ID, Type: r.Type, Severity: severities[said.severity], State: said.state,
		Subscriber: key, Home: s.home(), Labels: r.Labels, life: s.legs[0],
	}
	for _, name := range r.names {
		a.Evidence = append(a.Evidence, Evidence{name, s.value(name)})
	}
	a.AtRisk, a.AtRiskUnit = s.atRisk()
	return a
}

// atRisk is a day's charge, or its premium and international seconds where there
// is none.
func (s *snapshot) atRisk() (float64, string) {
	sum := func(names ...string) (total float64) {
		for _, name := range names {
			if _, ok := s.e.column(name); ok {
				total += s.value(name).(float64)
			}
		}
		return total
	}
	if charge := sum("charge_24h"); charge > 0 {
		return charge, "currency"
	}
	if _, ok := s.e.column("premium_seconds_24h"); !ok {
		return 0, ""
	}
	return sum("premium_seconds_24h", "international_seconds_24h"), "seconds"
}

// cases gives each alert the case that it belongs to: all of a subscriber's from
// one that fires while none is open until none is open again. At one instant what
// follows from activity comes before what a boundary finds; then rules come by id.
func (e *emission) cases(all []*Alert) {
	of := map[*leg][]*Alert{}
	for _, a := range all {
		if a.Case = a.Name(); a.life != nil {
			of[a.life] = append(of[a.life], a)
		}
	}
	for _, alerts := range of {
		slices.SortStableFunc(alerts, func(a, b *Alert) int {
			return cmp.Or(a.At.Compare(b.At), boolean(a.boundary, b.boundary), strings.Compare(a.Rule, b.Rule))
		})
		oneCase(alerts)
	}
}

// boolean orders false before true.
func boolean(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// oneCase is cases for the alerts of one subscriber, in order.
func oneCase(alerts []*Alert) {
	open := map[string]bool{} // rules
	current := ""
	for _, a := range alerts {
		if len(open) == 0 && a.State == firing {
			current = a.Name()
		}
		if len(open) > 0 || a.State == firing {
			a.Case = current
		}
		switch a.State {
		case firing:
			open[a.Rule] = true
		case resolved:
			delete(open, a.Rule)
		}
	}
}
