package oracle

import "time"

// present is a subscriber in state at a boundary.
type present struct {
	key string
	*snapshot
}

// presence is one of them to whom a rule applies, and what the rule finds.
type presence struct {
	present
	moment
}

// atBoundaries evaluates some rules at every boundary for everyone in state.
func (e *emission) atBoundaries(some []*rule, subscribers []subscriber, bounds []int64) (all []*Alert) {
	type track struct {
		rule *rule
		life *leg // the first since the subscriber came into state
	}
	histories := map[track]history{}
	for _, t := range bounds {
		var there []present
		home := 0
		for _, s := range subscribers {
			legs := s.at(t)
			if !e.inState(legs, t) {
				continue
			}
			there = append(there, present{s.key, e.snapshot(legs, t)})
			if legs[len(legs)-1].home {
				home++
			}
		}
		for _, r := range some {
			var found []presence
			for _, p := range there {
				if r.exempts(p.key) {
					continue
				}
				m := moment{at: t, level: r.level(p.operand)}
				m.said = r.says(histories[track{r, p.legs[0]}], m)
				found = append(found, presence{p, m})
			}
			storm := e.storm(r, t, found, home)
			if storm != nil {
				all = append(all, storm)
			}
			for _, p := range found {
				k := track{r, p.legs[0]}
				if storm != nil && p.said.opens() {
					p.said.state = suppressed
				} else {
					histories[k] = append(histories[k], p.moment)
				}
				if p.said.state != "" {
					a := e.alert(r, p.key, p.snapshot, p.said)
					a.boundary = true
					all = append(all, a)
				}
			}
		}
	}
	return all
}

// storm is what speaks for all for whom r would begin to fire at t, if these are
// too many of the home subscribers in state; else nil. It counts home subscribers.
func (e *emission) storm(r *rule, t int64, found []presence, home int) *Alert {
	a := &Alert{At: time.UnixMilli(t).UTC(), Rule: r.ID, Type: "storm", Severity: severities[r.severity], State: firing, Labels: r.Labels}
	for _, p := range found {
		if !p.home() || !p.said.opens() {
			continue
		}
		if a.Count++; a.Count <= 20 {
			a.Examples = append(a.Examples, p.key)
		}
	}
	if a.Count > r.StormLeast && float64(a.Count) > r.StormShare*float64(home) {
		return a
	}
	return nil
}
