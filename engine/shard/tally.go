package shard

import (
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// How many items a subscriber has seen at all is at hand, but of those many lie in no window
// any more, or were seen in other ways than the rule counts. So where that leaves a gate open,
// or nearly, they are counted as the feature counts them: one count, over one window.

// tally is a way of counting items.
type tally struct {
	feature.DistinctCount
	stamp, also uint8 // the same, or two of which the earlier counts
	days        bool  // the window is of days

	from  uint32 // the stamp at which the window begins ...
	start cdr.Millis
	base  int64      // ... with stamps of this base ...
	day   window.Day // ... and if it is of days, on this one
}

// tallied is how many items there are, as of a look.
type tallied struct {
	look uint64
	n    int64
}

// tally returns the number of the tally that counts what p does; none: nothing in the plan
// does.
func (j *judge) tally(p *probe) int16 {
	same := func(a feature.DistinctCount) bool {
		return a.Item == p.item && a.Window == int(p.window) && a.Stamps == p.stamps
	}
	for i := range j.tallies {
		if same(j.tallies[i].DistinctCount) {
			return int16(i)
		}
	}
	for _, c := range j.shard.Plan.Rules.Counts {
		if same(c) {
			stamp, also := bits.TrailingZeros8(uint8(c.Stamps)), bits.Len8(uint8(c.Stamps))-1
			days := j.shard.Plan.Windows[c.Window].Days
			j.tallies = append(j.tallies, tally{DistinctCount: c, stamp: uint8(stamp), also: uint8(also), days: days, day: noDay, start: never})
			return int16(len(j.tallies) - 1)
		}
	}
	return none
}

// tally counts items.
func (x *glance) tally(i int16) int64 {
	v := &x.tallied[i]
	if v.look != x.looks {
		*v = tallied{x.looks, x.judge.tallies[i].count(x)}
	}
	return v.n
}

func (a *tally) count(x *glance) int64 {
	s, who := x.judge.shard, x.who
	it := s.items
	if who.marks&big != 0 {
		line := it.rings.line(int(a.Item), a.stamp, a.also)
		return it.rings.count(it.bigs[who.items], line, a.Window, s.lastPanes(x.t)[it.rings.window[a.Window].grid])
	}
	if !a.days || a.day != s.today { // the base moves with the day, if at all
		a.aim(s, x.t)
	}
	return a.among(it, who)
}

// among counts the items of who, who has no big set, from the stamp on that a has.
func (a *tally) among(it *items, who *person) int64 {
	if who.items == 0 {
		return 0
	}
	var b block
	it.apart(&b, it.words(who), int(who.fours))
	return it.tally(&b, a)
}

// aim finds where the window begins at t.
func (a *tally) aim(s *Shard, t cdr.Millis) {
	if base := s.items.stamps.base; a.base != base {
		a.base, a.start = base, never
	}
	a.day = s.today
	w := s.Plan.Windows[a.Window]
	if start := s.windowStart(w, t); start != a.start {
		a.start, a.from = start, s.firstStamp(w, t)
	}
}

// tally counts the items of a block. Which set an item is of and when it was seen is not to be
// guessed.
func (it *items) tally(b *block, a *tally) (n int64) {
	if it.short || it.stamps.words == 2 {
		return it.tallyAny(b, a)
	}
	keys := b.keys[:b.n()]
	n, done := a.tallyFast(keys, b.stamps)
	set, from := uint64(a.Item), uint64(a.from)
	stamp, also := 16*a.stamp&63, 16*a.also&63
	keys = keys[done:]
	for i, st := range b.stamps[done:][:len(keys)] {
		seen := min(st>>stamp&lastStamp, st>>also&lastStamp)
		other := keys[i]>>setShift ^ set
		n += int64((other - 1) &^ (seen - from) >> 63)
	}
	return n
}

// tallyAny is tally for stamps of any size.
func (it *items) tallyAny(b *block, a *tally) (n int64) {
	for i, key := range b.keys[:b.n()] {
		m := it.moment(b, i)
		st := it.stamps.get(m[:])
		if key>>setShift == uint64(a.Item) && min(st[a.stamp&3], st[a.also&3]) >= a.from {
			n++
		}
	}
	return n
}
