package shard

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// overlaps is what tells whether a call overlaps an earlier one: the latest two
// releases of a subscriber's answered calls, one after the other.
type overlaps struct{ release, earlier cdr.Millis }

// foldBatch adds the batch to the state, one kind of state after the other, and
// empties it. All of its legs lie in the same day and period.
func (s *Shard) foldBatch() {
	l := s.legs
	s.findSlots()
	s.warm()
	s.meet()
	for _, f := range s.Families {
		f.Mark(l)
	}
	s.program.Classify(l, &s.classes)
	if s.days != nil {
		s.foldDays()
	}
	s.foldHours()
	for i, t := range l.Release[:l.N] {
		s.stamps[i] = s.items.stamps.of(t, s.today)
	}
	for _, set := range s.sets {
		s.foldItems(set)
	}
	if s.judge != nil {
		s.settleCalm()
	}
	l.N = 0
}

// findSlots finds the subscriber of each leg, a new one where there is none. It
// first reads the place where each should stand: a look-up that waits for memory
// and then goes wrong would keep the next ones from starting.
func (s *Shard) findSlots() {
	l := s.legs
	var sum cdr.Number
	for _, n := range l.Subject[:l.N] {
		sum += s.table.entries[s.table.home(n)].key
	}
	s.warmth += uint64(sum)
	for i, n := range l.Subject[:l.N] {
		slot, ok := s.table.find(n)
		if !ok {
			slot = s.add(n, l.Release[i])
		}
		s.slots[i] = slot
	}
}

// warm reads the first words of all state that the batch will change, so that
// the waits for memory overlap instead of following each other.
func (s *Shard) warm() {
	var sum uint64
	for _, slot := range s.slots[:s.legs.N] {
		sum += uint64(s.people.at(slot).last)
	}
	for _, slot := range s.slots[:s.legs.N] {
		who := s.people.at(slot)
		if who.row != 0 {
			row := s.days.rows.at(who.row)
			for w := 0; w < s.days.sums; w += 8 {
				sum += row[w]
			}
		}
		if who.items != 0 && who.marks&big == 0 {
			sum += s.items.blocks[who.capacity].at(who.items)[0]
		}
	}
	s.warmth += sum
}

// meet updates who each subscriber is and when it was last seen. Nothing of a
// subscriber changes before it: a save that is going on takes it as it was.
func (s *Shard) meet() {
	l := s.legs
	for i := range l.N {
		who := s.people.at(s.slots[i])
		t, f := l.Release[i], l.Facts[i]
		if who.epoch != s.epoch {
			s.change(s.slots[i], who)
		}
		if who.calm > 0 && who.last < s.dayStart && !s.judge.outlasts(who) {
			who.calm = 0 // windows of days have moved
		}
		if who.last != never && t-who.last > s.Retain {
			s.forget(s.slots[i], who)
		}
		who.last = t
		if f&window.Out != 0 && who.out != s.today {
			who.out = s.today
			if s.judge != nil && s.judge.calms.out {
				who.calm = 0
			}
		}
		if f&(window.Call|window.Message) != 0 {
			if who.talked != never {
				l.Facts[i] |= window.HasGap
				l.Quantities[i][window.Gap] = uint64(t - who.talked)
			}
			who.talked = t
		}
		if who.marks&home == 0 && s.makesHome(f, l.Flags[i], l.SubjectPlace[i]) {
			who.marks |= home
			who.calm, who.quiet = 0, 0
		}
		if id := l.IMSI[i]; id != 0 && id != who.imsi && f&window.Whole != 0 {
			if who.imsi != 0 {
				who.imsiDay, who.calm = s.today, 0
			}
			who.imsi = id
		}
		const answered = window.Call | window.Answered
		if s.overlapping && l.Facts[i]&answered == answered {
			s.overlap(i)
		}
	}
}

// forget makes a subscriber that returns after its time anew. What windows hold
// of it leaves them by itself: where days have 25 hours a window may reach back
// farther than retain.
func (s *Shard) forget(slot uint32, who *person) {
	who.last, who.talked, who.imsi, who.calm, who.quiet = never, never, 0, 0, 0
	who.first, who.out, who.imsiDay = s.today, noDay, noDay
	who.marks &^= home
	s.discard(slot, who)
	if s.overlapping {
		*s.over.at(slot) = overlaps{never, never}
	}
}

// overlap compares the answer of call i with the releases before its own. Where
// event time is the start, these are the releases of calls that started earlier.
func (s *Shard) overlap(i int) {
	o, l := s.over.at(s.slots[i]), s.legs
	answer := l.Start[i]
	if l.RingMS[i] != cdr.RingUnknown {
		answer += cdr.Millis(l.RingMS[i])
	}
	release := answer + cdr.Millis(l.TalkMS[i])
	before := o.release
	if release == o.release {
		before = o.earlier
	} else if release > o.release {
		o.earlier, o.release = o.release, release
	}
	if answer < before {
		l.Facts[i] |= window.Overlaps
	}
}

func (s *Shard) foldDays() {
	l, d := s.legs, s.days
	for i := range l.N {
		who := s.people.at(s.slots[i])
		if who.row == 0 {
			who.row = d.rows.get()
		}
		window.Apply(d.rows.at(who.row), s.program.Ops(s.classes[i], d.grid), &l.Quantities[i])
	}
}

// sighting is an item of a set that a leg has seen.
type sighting struct {
	key  uint64
	slot uint32
	leg  int32
	at   int32 // where the item probably stands
	mask window.Stamp
}

// sightAhead is how many sightings are looked up before they are stamped: enough
// for the waits for memory to overlap, few enough for what was read to be still
// in the nearest cache.
const sightAhead = 128

// foldItems stamps what the legs have seen of a set.
func (s *Shard) foldItems(set window.Item) {
	n := 0
	for i, class := range s.classes[:s.legs.N] {
		if mask := s.program.Stamps(class, set); mask != 0 {
			s.seen[n] = sighting{key: s.keyOf(set, i), slot: s.slots[i], leg: int32(i), mask: mask}
			n++
		}
	}
	for from := 0; from < n; from += sightAhead {
		s.stamp(s.seen[from:min(from+sightAhead, n)])
	}
}

// stamp first looks where each item probably stands, which brings it near, then
// sets the stamps.
func (s *Shard) stamp(seen []sighting) {
	var sum, read uint64
	for i := range seen {
		x := &seen[i]
		x.at, read = s.items.guess(s.people.at(x.slot), x.key)
		sum += read
	}
	s.warmth += sum
	for i := range seen {
		x := &seen[i]
		s.items.touchAt(x.at, s.people.at(x.slot), x.key, x.mask, s.stamps[x.leg])
	}
}

// keyOf returns what leg i has seen of a set.
func (s *Shard) keyOf(set window.Item, i int) uint64 {
	l := s.legs
	switch set {
	case window.PeerItem:
		return peerKey(l.Peer[i])
	case window.AreaItem:
		return itemKey(set, uint64(l.PeerPlace[i].Area()))
	case window.CountryItem:
		return itemKey(set, uint64(l.PeerPlace[i].Country()))
	case window.VisitedItem:
		return itemKey(set, uint64(l.VisitedMCC[i]))
	case window.CellItem:
		return itemKey(set, l.Cell[i])
	case window.RegionItem:
		return itemKey(set, l.Region[i])
	case window.IMEIItem:
		return itemKey(set, l.IMEI[i])
	default:
		return itemKey(set, l.IMSI[i])
	}
}
