package shard

import (
	"math"
	"math/bits"
	"slices"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// judge evaluates the rules for the subscribers of a shard: for each that may be near a
// rule, by the rule's gate, and for each that has an open track, the rule looks at its
// features, which are computed then.
type judge struct {
	shard                  *Shard
	set                    *rules.Set
	activity               []int // rules, in order
	boundary               []int
	bits                   []ruleBits // by rule; 0: of boundary
	atActivity, atBoundary sieve
	gates                  []gate     // by rule
	holdables              []holdable // by rule
	box                    rules.Box

	lenses  []lens // by rule
	telling []lens // ... of what its alerts tell
	vector  rules.Vector
	asked   []uint64 // a bit for each rule: it looks at the subscriber
	words   int      // of asked

	crowd []uint32 // slots of those who are looked at next, at a boundary
	legs  []queued // of the queue

	dossiers cabinet
	alerts   []alert.Alert // that were not handed over
	verdicts []verdict     // of a boundary
	passed   []uint64      // the rules that they are of
	text     []byte

	glance   glance
	figures  []figure
	tallies  []tally
	spans    []span
	calms    calms
	wane     wane
	calendar calendar
	newcomer newcomer
	stock    window.Item // what is counted as stock; NoItem: nothing
	arrivals arrivals    // who may become a customer
	restless int         // a boundary rule for which somebody was not quiet
	rare     []int       // the boundary rules that something rare may bring near
	swells   []swell     // what of a day is much for them ...
	surging  []swell     // ... today
	silences []silence   // of the boundary rules ...
	silence  int64       // ... and for how many days at least today
	grids    []*exact    // by window: of hours, nil where nothing is kept of it
}

// suspect is a subscriber whom a rule may look at.
type suspect struct {
	slot uint32
	leg  int32 // -1: at a boundary
	t    cdr.Millis
}

func newJudge(s *Shard, set *rules.Set) *judge {
	j := &judge{
		shard: s, set: set, vector: *rules.NewVector(set),
		words: (len(set.Rules) + 63) / 64, dossiers: newCabinet(),
		newcomer: newcomer{day: noDay},
		calendar: calendar{day: noDay, whole: make([]bool, len(s.Plan.Windows)), stays: make([]window.Day, len(s.Plan.Windows))},
		wane:     wane{rule: -1},
		silence:  math.MaxInt64,
		calms:    calms{limits: map[window.Op]limit{}, rare: map[window.Op]bool{}, loud: map[window.Op]bool{}},
	}
	j.asked = make([]uint64, j.words)
	j.newLenses()
	j.grids = make([]*exact, len(s.Plan.Windows))
	for _, e := range s.exact {
		for _, w := range s.Plan.Grids[e.index].Windows {
			j.grids[w] = e
		}
	}
	for i, r := range set.Rules {
		if r.On == rules.Activity {
			j.bits = append(j.bits, bitOf(len(j.activity)))
			j.activity = append(j.activity, i)
		} else {
			j.bits = append(j.bits, 0)
			j.boundary = append(j.boundary, i)
		}
		j.gates = append(j.gates, newGate(j, set, r))
		j.holdables = append(j.holdables, j.newHoldable(r))
	}
	for i := range set.Rules {
		j.noteWane(i)
	}
	j.box = rules.Box{Low: make([]float64, len(set.Columns)), High: make([]float64, len(set.Columns))}
	j.limit(j.activity)
	j.findLoud()
	j.findStock()
	for i := range j.figures {
		j.calms.tell(&j.figures[i])
	}
	for _, r := range j.boundary {
		rare, swells := j.noteRare(&j.gates[r]), j.noteSwells(&j.gates[r])
		if rare || swells {
			j.rare = append(j.rare, r)
		}
		j.noteSilence(&j.gates[r])
		j.notePulse(set.Rules[r], &j.gates[r])
		j.restless = r
	}
	j.glance.judge, j.glance.bounds = j, make([]bounds, len(j.figures))
	j.glance.tallied = make([]tallied, len(j.tallies))
	j.glance.hours, j.glance.added = make([][]uint64, len(j.spans)), make([]bool, len(j.spans))
	s.items.weigh(j.calms.sets, j.calms.firsts)
	j.atActivity, j.atBoundary = j.newSieve(j.activity, true), j.newSieve(j.boundary, false)
	j.atBoundary.near = j.nearOf(j.boundary)
	j.crowd = make([]uint32, 0, crowdSize)
	return j
}

// judgesActivity reports whether there are rules that look at every second.
func (s *Shard) judgesActivity() bool { return s.judge != nil && len(s.judge.activity) > 0 }

// second is the length of time that activity rules look at at once.
const second = cdr.Millis(1000)

// secondEnd is where the second of t ends.
func secondEnd(t cdr.Millis) cdr.Millis {
	past := t % second
	if past < 0 {
		past += second
	}
	return t - past + second
}

// isDue reports whether the activity rules have to look at the subscriber of v after leg i of
// the batch: if it is the last one of its second and something may come of it. order tells the
// legs from the batch on.
func (s *Shard) isDue(v *visit, i int, order []sortable) bool {
	end := secondEnd(s.legs.Release[i])
	return (v.who.calm == 0 || end >= v.rests) && !s.goesOn(v, i, end, order)
}

// judgeLeg evaluates the activity rules after the leg of v that was folded last.
func (s *Shard) judgeLeg(v *visit, order []sortable) error {
	j, i := s.judge, v.next-1
	if v.who.marks&watched != 0 {
		j.catchUp(v.slot, s.lastBefore(v, i))
	}
	err := j.after(v.slot, int32(order[i].leg), secondEnd(s.legs.Release[i]))
	v.rests = j.rests(v.slot, v.who)
	return err
}

// goesOn reports whether behind leg i of the batch, the one of v in the second that ends at
// end, there is one more. Those that are not of the batch are of order.
func (s *Shard) goesOn(v *visit, i int, end cdr.Millis, order []sortable) bool {
	if i++; i < s.legs.N {
		return i < v.to && secondEnd(s.legs.Release[i]) == end
	}
	if i >= len(order) {
		return false
	}
	q, leg := &s.queues, s.judge.legs[order[i].leg]
	return leg.hash == v.hash && secondEnd(q.row(leg).Release) == end
}

// after evaluates the activity rules for a subscriber after one of its seconds, which
// ends at t and of which leg is the last.
func (j *judge) after(slot uint32, leg int32, t cdr.Millis) error {
	if !j.ask(slot, t, &j.atActivity) {
		return nil
	}
	return j.apply(suspect{slot, leg, t}, j.asked)
}

// ask notes in asked which of some rules have to look at the subscriber, and reports
// whether any has.
func (j *judge) ask(slot uint32, t cdr.Millis, some *sieve) bool {
	asked := j.asked
	clear(asked)
	g := &j.glance
	j.look(g, slot, t)
	g.outlook, g.rest, g.fars = outlook{until: noDay}, open, g.fars[:0]
	if some.activity {
		g.outlook = open
	}
	any := false
	if some.activity {
		any = j.sift(g, some, asked) && j.narrow(g, asked)
	} else {
		any = j.rouse(g, some, asked)
	}
	if g.who.marks&watched != 0 {
		for _, x := range j.dossiers.find(slot).tracks {
			if j.concerns(&x, t, some.activity) {
				asked[x.rule>>6] |= 1 << (x.rule & 63)
			}
		}
		any = slices.ContainsFunc(asked, func(w uint64) bool { return w != 0 })
	}
	if some.activity && !any {
		g.settle()
	}
	return any
}

// sift sets in asked the activity rules that g may be near, and reports whether there are
// any.
func (j *judge) sift(g *glance, some *sieve, asked []uint64) (any bool) {
	rest, near, ok := g.resting()
	if !ok {
		return some.sift(g, asked)
	}
	g.outlook, g.rest = rest, rest
	for ; near != 0; near &= near - 1 {
		for i := bits.TrailingZeros32(uint32(near)); i < len(j.activity); i += sharing {
			rule := j.activity[i]
			asked[rule>>6] |= 1 << (rule & 63)
			any = true
		}
	}
	return any
}

// concerns reports whether anything comes of an instant for the track of a rule that
// does not hold then, as far as its gate knows.
func (j *judge) concerns(x *track, t cdr.Millis, activity bool) bool {
	r := j.set.Rules[x.rule]
	var next alert.Track
	var report alert.Report
	switch {
	case r.On == rules.Boundary && activity:
		return false // it is not evaluated
	case r.On == rules.Activity && !activity:
		next, report = r.Pass(x.Track, t)
	default:
		next, report = r.Step(x.Track, t, alert.Quiet)
	}
	return report.Any || next != x.Track || r.Forgettable(next, t)
}

// narrow leaves of the asked rules those whose gate is open, and reports whether
// there are any.
func (j *judge) narrow(g *glance, asked []uint64) (any bool) {
	for w, word := range asked {
		for ; word != 0; word &= word - 1 {
			rule := w<<6 | bits.TrailingZeros64(word)
			open, far := j.gates[rule].look(g)
			if open {
				any = true
				continue
			}
			asked[w] &^= word & -word
			g.keep(far, j.bits[rule])
		}
	}
	return any
}

// apply takes the tracks of the asked rules on for a suspect after one of its seconds.
// Its calm is what is left of it, now that items were counted.
func (j *judge) apply(x suspect, asked []uint64) error {
	g := &j.glance
	err := eachBit(asked, func(rule int) error {
		if j.set.Rules[rule].On != rules.Activity {
			return nil
		}
		if err := j.step(x, rule, false); err != nil {
			return err
		}
		far, holds := j.holding(x, rule)
		if !holds {
			far = j.distance(rule)
		}
		g.keep(far, j.bits[rule])
		return nil
	})
	g.settle()
	return err
}

// distance is how far a rule is that was just looked at.
func (j *judge) distance(rule int) distance {
	g := &j.glance
	g.exact = true
	_, far := j.gates[rule].look(g)
	g.exact = false
	return far
}

// eachBit calls f for every bit that is set, in order.
func eachBit(words []uint64, f func(i int) error) error {
	for w, word := range words {
		for ; word != 0; word &= word - 1 {
			if err := f(w<<6 | bits.TrailingZeros64(word)); err != nil {
				return err
			}
		}
	}
	return nil
}
