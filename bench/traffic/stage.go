package traffic

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
)

// stage is where the planted scenarios take place, between the ordinary
// attempts. A nil stage is empty.
type stage struct {
	actors []*actor
	roles  []subscriber // of the population
	queue  queue
}

// queue holds all actors, the one whose turn is next on top.
type queue []*actor

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].before(q[j]) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push and Pop are not used: nobody joins or leaves.
func (q queue) Push(any) {}

// Pop is not used.
func (q queue) Pop() any { return nil }

func (a *actor) before(b *actor) bool {
	x, y := a.next(), b.next()
	return x < y || x == y && a.salt < b.salt
}

// next is when a does something, or draws an hour.
func (a *actor) next() int64 {
	if len(a.events) > 0 {
		return min(a.events[0].at, a.hour)
	}
	return a.hour
}

// actor returns who plays the part of w, nil = nobody.
func (s *stage) actor(w who) *actor {
	if s == nil || !w.home || s.roles[w.index].role == 0 {
		return nil
	}
	return s.actors[s.roles[w.index].role-1]
}

// perform makes all planted attempts up to an instant.
func (g *Generator) perform(until int64) {
	if g.stage == nil {
		return
	}
	for q := g.stage.queue; q[0].next() <= until; heap.Fix(q, 0) {
		a := q[0]
		if len(a.events) == 0 || a.hour <= a.events[0].at {
			g.drawHour(a)
			continue
		}
		e := a.events[0]
		a.events = a.events[1:]
		g.enact(a, e)
	}
}

const msHour = 60 * msMinute

// drawHour draws the events of a.hour, and sets it to the next one in which
// there is something to do.
func (g *Generator) drawHour(a *actor) {
	next := int64(math.MaxInt64)
	for i := range a.acts {
		c := &a.acts[i]
		part := span{max(a.hour, c.from), min(a.hour+msHour, c.to)}
		if part.from < part.to {
			g.drawEvents(a, i, part)
		}
		if c.to > a.hour+msHour {
			next = min(next, max(a.hour+msHour, c.from))
		}
	}
	a.hour = next
	slices.SortStableFunc(a.events, func(x, y event) int { return cmp.Compare(x.at, y.at) })
}

// drawEvents draws those of an act in a part of an hour: each somewhere in its
// share of the time, or, of a machine, at its beginning.
func (g *Generator) drawEvents(a *actor, i int, part span) {
	c, r := &a.acts[i], g.rand
	expected := c.perHour(g.clock.local(part.from)) * uint64(part.to-part.from) / msHour
	if !c.steady {
		day := mix(a.salt^uint64(part.from/msDay)) % 61
		expected = expected * (70 + day) / 100 * (50 + r.below(101)) / 100
	}
	n := int64(expected / 1000)
	if r.in1000(expected % 1000) {
		n++
	}
	for k := range n {
		at := part.from + (part.to-part.from)*k/n
		if c.steady {
			at += r.between(0, 2000)
		} else {
			at += int64(r.below(uint64((part.to-part.from)/n + 1)))
		}
		a.events = append(a.events, event{at: min(at, part.to-1), act: i})
	}
}

// perHour is how many attempts are expected in the hour of a local time,
// thousandths.
func (c *act) perHour(local int64) uint64 {
	daily := c.daily
	if d := weekdayOf(local / msDay); d == 0 || d == 6 {
		daily = daily * c.weekend / 100
	}
	if c.hours == nil {
		return daily / 24
	}
	sum := uint64(0)
	for _, w := range c.hours {
		sum += uint64(w)
	}
	return daily * uint64(c.hours[local%msDay/msHour]) / sum
}

// enact makes an event happen. Who makes one call after the other and still
// talks makes it later, or, after an hour of waiting, not at all.
func (g *Generator) enact(a *actor, e event) {
	t := &g.attempt
	*t = attempt{at: e.at, local: g.clock.local(e.at), actor: a, records: t.records[:0], copies: t.copies[:0]}
	t.day = t.local / msDay
	if e.act == callingBack {
		if t.a, t.b = g.people.customer(e.peer), a.me; g.people.subs[e.peer].busyTo > e.at {
			return
		}
		a.answer(g, a, t)
	} else if c := &a.acts[e.act]; c.parallel || !a.me.home || g.people.subs[a.me.index].busyTo <= e.at {
		c.do(g, a, t)
	} else {
		e.at = g.people.subs[a.me.index].busyTo + g.rand.between(20, 400)*100
		if e.at < c.to && e.at < t.at+msHour {
			a.add(e)
		}
		return
	}
	t.remember, t.insist = false, false
	if len(t.records) > 0 && g.fits(t) {
		g.commit(t)
	}
}

// add puts e into its place.
func (a *actor) add(e event) {
	i, _ := slices.BinarySearchFunc(a.events, e.at, func(x event, at int64) int { return cmp.Compare(x.at, at+1) })
	a.events = slices.Insert(a.events, i, e)
}

// callBack lets t.b call a back after some minutes, in one case of a thousand
// times perMille.
func (g *Generator) callBack(a *actor, t *attempt, perMille uint64) {
	if t.b.home && t.disposition != Failed && g.rand.in1000(perMille) {
		after := t.at + t.ring + t.talk + g.rand.between(1, 30)*g.rand.between(1, 6)*msMinute
		a.add(event{at: after, act: callingBack, peer: t.b.index})
	}
}
