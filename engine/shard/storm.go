package shard

import (
	"fmt"
	"slices"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/internal/fetch"
	"github.com/cdrstream/cdrstream/engine/rules"
)

// Tally counts, at one boundary, for whom rules would fire.
type Tally struct {
	Home  int64 // home subscribers evaluated
	Rules []RuleTally
}

// RuleTally is for how many home subscribers a rule would fire.
type RuleTally struct {
	Fires    int64
	Examples []string // up to alert.MaxExamples of them, the first by text, ascending
}

// Add adds what another shard has counted.
func (t *Tally) Add(o *Tally) {
	t.Home += o.Home
	for i := range t.Rules {
		t.Rules[i].Fires += o.Rules[i].Fires
		for _, e := range o.Rules[i].Examples {
			t.Rules[i].example(e)
		}
	}
}

func (t *RuleTally) example(subscriber string) {
	i, _ := slices.BinarySearch(t.Examples, subscriber)
	if i == alert.MaxExamples {
		return
	}
	t.Examples = slices.Insert(t.Examples, i, subscriber)
	t.Examples = t.Examples[:min(len(t.Examples), alert.MaxExamples)]
}

// verdict is a subscriber for whom a rule holds at a boundary, or held before.
type verdict struct {
	slot uint32
	at   int // of its asked rules, in j.passed
}

// endPeriod writes the rows of the boundary at t and evaluates the boundary rules. Whether a
// rule storms is known only when all shards have counted for whom it would fire, so everybody
// is looked at first; those for whom something comes of it are then looked at again. Shards
// do not come to a boundary at once: whoever is first writes its rows until the others have
// counted.
func (s *Shard) endPeriod(t cdr.Millis) error {
	if s.judge == nil {
		return s.emit(t)
	}
	sum := s.judge.canvass(t)
	if err := s.emit(t); err != nil {
		return err
	}
	tally, err := sum()
	if err != nil {
		return err
	}
	return s.judge.pronounce(t, tally)
}

// canvass looks at everyone in state at the boundary t, and returns what waits for the tally
// of all shards.
func (j *judge) canvass(t cdr.Millis) (sum func() (*Tally, error)) {
	s := j.shard
	tally := &Tally{Rules: make([]RuleTally, len(j.set.Rules))}
	j.verdicts, j.passed = j.verdicts[:0], j.passed[:0]
	s.people.each(func(slot uint32, who *person) {
		if slot%breatheEvery == 0 {
			s.breathe()
		}
		if who.last() == never || t-who.last() > s.Retain {
			return
		}
		if who.marks&home != 0 {
			tally.Home++
		}
		if s.quiet(who) && who.marks&watched == 0 {
			return
		}
		if j.crowd = append(j.crowd, slot); len(j.crowd) == cap(j.crowd) {
			j.lookAround(t, tally)
		}
	})
	j.lookAround(t, tally)
	if len(j.boundary) == 0 {
		return func() (*Tally, error) { return tally, nil }
	}
	return s.Tally(tally)
}

// lookAround looks at the crowd. What gates look at lies far apart: all of it is asked for
// first.
func (j *judge) lookAround(t cdr.Millis, tally *Tally) {
	s := j.shard
	for _, slot := range j.crowd {
		who := s.people.at(slot)
		if who.row != 0 {
			row := s.days.rows.at(who.row)
			fetch.Words(row[:s.days.sums])
			for _, w := range j.atBoundary.near {
				fetch.Words(row[w : w+1])
			}
		}
		if who.small() {
			fetch.Words(s.items.words(who)[:1])
		}
		if who.marks&watched != 0 {
			j.dossiers.near(slot)
		}
	}
	for _, slot := range j.crowd {
		who := s.people.at(slot)
		if who.marks&watched != 0 {
			j.catchUp(slot, who.last())
		}
		if j.ask(slot, t, &j.atBoundary) {
			j.preview(suspect{slot, -1, t}, j.asked, tally)
			j.glance.calmDown()
		}
	}
	j.crowd = j.crowd[:0]
}

// preview evaluates the asked rules for a subscriber, notes those of which something
// comes and counts those that would fire.
func (j *judge) preview(x suspect, asked []uint64, tally *Tally) {
	at := len(j.passed)
	j.passed = append(j.passed, make([]uint64, j.words)...)
	passed, any := j.passed[at:], false
	_ = eachBit(asked, func(rule int) error {
		m, ok := j.weigh(x, rule)
		if ok {
			passed[rule>>6] |= 1 << (rule & 63)
			any = true
		}
		if m.fires {
			j.count(x.slot, &tally.Rules[rule])
		}
		return nil
	})
	if !any {
		j.passed = j.passed[:at]
		return
	}
	j.verdicts = append(j.verdicts, verdict{x.slot, at})
}

// count counts a subscriber for whom a rule would fire.
func (j *judge) count(slot uint32, t *RuleTally) {
	who := j.shard.people.at(slot)
	if who.marks&home == 0 {
		return
	}
	t.Fires++
	j.text, _ = j.shard.text(j.text[:0], who.key)
	if n := len(t.Examples); n < alert.MaxExamples || string(j.text) < t.Examples[n-1] {
		t.example(string(j.text))
	}
}

// pronounce takes the tracks of all verdicts on, and reports what comes of them.
func (j *judge) pronounce(t cdr.Millis, tally *Tally) error {
	storms := make([]bool, len(j.set.Rules))
	for i, r := range j.set.Rules {
		storms[i] = r.On == rules.Boundary && r.Storm.Is(tally.Rules[i].Fires, tally.Home)
		if storms[i] && j.shard.Number == 0 {
			j.storm(t, r, &tally.Rules[i], tally.Home)
		}
	}
	for _, v := range j.verdicts {
		err := eachBit(j.passed[v.at:][:j.words], func(rule int) error {
			return j.step(suspect{v.slot, -1, t}, rule, storms[rule])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// storm reports that a rule would fire for too many at once.
func (j *judge) storm(t cdr.Millis, r *rules.Rule, n *RuleTally, evaluated int64) {
	id := alert.NewID(r.ID, r.Version, "", t)
	j.alerts = append(j.alerts, alert.Alert{
		ID: id, Case: alert.CaseOf("", id),
		Rule: r.ID, Type: alert.StormType, Severity: r.Severity, State: alert.Firing,
		EventTime: t, WindowEnd: t, DetectedAt: cdr.Millis(time.Now().UnixMilli()),
		Ruleset: j.set.Hash, Version: r.Version, Labels: r.Labels,
		Summary: fmt.Sprintf("%s would fire for %d of %d home subscribers at once: an outage or a holiday rather than so many cases", r.ID, n.Fires, evaluated),
		Count:   n.Fires, Examples: n.Examples,
	})
}
