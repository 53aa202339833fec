package shard

import (
	"math"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// A rule that holds would be looked at after every second, only to note that it still does.
// So when it is looked at, it is found after how many legs of this day it surely holds still:
// nothing leaves a window of days before the day ends, nor one of hours before the pane does,
// and a leg adds one to a count, and one item to a set. Until so many have come it is as far as
// a rule that does not hold, and what its track lacks is the second of the last leg, which is
// noted before anybody reads it.

// mostHeld is after how many legs at most a rule is known to hold.
const mostHeld = 32

// drift is how a feature moves that a rule names.
type drift struct {
	kind     feature.BasisKind
	of, over legCount
}

// holdable is how the features of a rule move that it names, and the windows of hours among
// theirs. No drifts: of some feature nobody knows.
type holdable struct {
	drifts []drift
	hours  []window.Spec
}

// legCount is counts over a window.
type legCount struct {
	figure int16
	adds   float64 // to so many of them a leg adds at most
}

// newHoldable finds how the features of a rule move.
func (j *judge) newHoldable(r *rules.Rule) (h holdable) {
	if r.On != rules.Activity {
		return h
	}
	for _, c := range r.Named {
		b := j.shard.Plan.Basis(j.set.Columns[c])
		d, ok := j.newDrift(b)
		if !ok {
			return holdable{}
		}
		h.drifts = append(h.drifts, d)
		if b.Window >= 0 && !j.shard.Plan.Windows[b.Window].Days {
			h.hours = append(h.hours, j.shard.Plan.Windows[b.Window])
		}
	}
	return h
}

// until is the instant up to which no leg leaves a window of h, as of t.
func (h *holdable) until(s *Shard, t cdr.Millis) cdr.Millis {
	end := order.End
	for _, w := range h.hours {
		end = min(end, s.windowStart(w, t)+cdr.Millis(w.Panes)*w.Length)
	}
	return end
}

func (j *judge) newDrift(b feature.Basis) (d drift, ok bool) {
	d.kind = b.Kind
	switch b.Kind {
	case feature.ObservedDays:
		return d, true
	case feature.AgeBasis:
		return d, b.Age == feature.Tenure
	}
	if b.Window < 0 {
		return d, false
	}
	switch b.Kind {
	case feature.Items:
		return d, true
	case feature.Sum, feature.PerItem:
		d.of, ok = j.newCounted(b.Window, b.Of)
		return d, ok && b.By == 1
	case feature.Quotient:
		var both bool
		d.of, ok = j.newCounted(b.Window, b.Of)
		d.over, both = j.newCounted(b.Window, b.Over)
		return d, ok && both && b.By == 1
	}
	return d, false
}

// newCounted finds counts over window w; not ok: they are not there.
func (j *judge) newCounted(w int, of []feature.Signed) (c legCount, ok bool) {
	c.figure = j.newFigure(w, of, true)
	if c.figure == none || !j.figures[c.figure].counts {
		return c, false
	}
	if c.adds = 1; !j.shard.days.apart(of) {
		c.adds = float64(len(of))
	}
	return c, true
}

// apart reports whether no leg adds to more than one of some measures.
func (d *days) apart(of []feature.Signed) bool {
	var before []window.Cond
	for _, m := range of {
		i, ok := d.layout.Index(m.Measure)
		if !ok {
			return false
		}
		c := d.layout.Measures[i].When
		for _, b := range before {
			if c.All&b.None == 0 && b.All&c.None == 0 {
				return false
			}
		}
		before = append(before, c)
	}
	return true
}

// sum is what is counted of x, and most how much n legs of this day add to that at most.
func (c legCount) sum(x *glance, n float64) (sum, most float64) {
	f := &x.judge.figures[c.figure]
	sum = float64(x.high(c.figure))
	if !f.days {
		return sum, n * c.adds
	}
	row := x.row
	left := len(f.operands) // of days: each counts this one once
	for i := range f.operands {
		o := &f.operands[i]
		left -= int(min(row[o.open]>>(o.shift&63)&o.mask, 1))
	}
	return sum, float64(left)
}

// after is the range of a feature that is v, after up to n legs; not ok: nobody knows.
func (d *drift) after(x *glance, v, n float64) (low, high float64, ok bool) {
	switch d.kind {
	case feature.Items:
		return v, v + n, true
	case feature.ObservedDays, feature.AgeBasis:
		return v, v, true
	}
	sum, more := d.of.sum(x, n)
	switch d.kind {
	case feature.Sum:
		return v, v + more, v == sum
	case feature.Quotient:
		over, rest := d.over.sum(x, n)
		return sum / (over + rest), (sum + more) / over, over > 0 && v == sum/over
	}
	items := math.Round(sum / v)
	return sum / (items + n), (sum + more) / items, items > 0 && v == sum/items
}

// holding is how far a rule is from not holding that was just looked at through its lens, if
// that makes no difference to its track but for when it last held; not ok: it may.
func (j *judge) holding(x suspect, rule int) (far distance, ok bool) {
	r, g, drifts := j.set.Rules[rule], &j.glance, j.holdables[rule].drifts
	d := j.dossiers.find(x.slot)
	if drifts == nil || d == nil || g.row == nil || !j.steady(g.who) {
		return far, false
	}
	i, there := d.find(rule)
	if !there || d.tracks[i].Phase != alert.Open || d.tracks[i].SinceFull == alert.Never {
		return far, false
	}
	if d.tracks[i].Severity < r.At(j.shard.dayEnd, j.shard.first).Severity || !j.holdsAfter(r, drifts, 1) {
		return far, false
	}
	n := j.heldFor(r, drifts)
	d.tracks[i].sure, d.tracks[i].until = true, j.holdables[rule].until(j.shard, x.t)
	j.rest(d)
	return g.soon(legs{any: n + 1}), true
}

// heldFor is after how many legs of this day a rule still holds that does after one. Most hold
// for as many as are asked for.
func (j *judge) heldFor(r *rules.Rule, drifts []drift) int32 {
	if j.holdsAfter(r, drifts, mostHeld) {
		return mostHeld
	}
	n := int32(1)
	for step := int32(mostHeld / 2); step > 0; step /= 2 {
		if j.holdsAfter(r, drifts, n+step) {
			n += step
		}
	}
	return n
}

// steady reports whether no item of a subscriber leaves for want of room soon.
func (j *judge) steady(who *person) bool {
	it := j.shard.items
	if who.marks&big != 0 {
		return it.bigs[who.items].lists[peerList].n+mostHeld < it.limit
	}
	return it.count(who)+mostHeld < it.limit
}

// holdsAfter reports whether a rule surely holds after up to n legs of this day.
func (j *judge) holdsAfter(r *rules.Rule, drifts []drift, n int32) bool {
	for i, c := range r.Named {
		if j.vector.Null[c] {
			return false
		}
		var ok bool
		if j.box.Low[c], j.box.High[c], ok = drifts[i].after(&j.glance, j.vector.Values[c], float64(n)); !ok {
			return false
		}
	}
	return r.Surely(&j.box)
}

// catchUp notes in the tracks of a subscriber who has some, and whose rules surely held until
// its leg at t, that they did.
func (j *judge) catchUp(slot uint32, t cdr.Millis) {
	d := j.dossiers.find(slot)
	for i := range d.tracks {
		if x := &d.tracks[i]; x.sure {
			x.Held = max(x.Held, secondEnd(t))
		}
	}
}

// lastBefore is when the subscriber of v had its last leg before the second of leg i.
func (s *Shard) lastBefore(v *visit, i int) cdr.Millis {
	release := &s.legs.Release
	end := secondEnd(release[i])
	for i >= v.from && secondEnd(release[i]) == end {
		i--
	}
	if i < v.from {
		return v.last
	}
	return release[i]
}
