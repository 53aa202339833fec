package shard

import (
	"fmt"
	"math"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// never is a time before all others.
const never = cdr.Millis(math.MinInt64)

// noDay is a day before all others.
const noDay = window.Day(math.MinInt32)

// person is what is always kept of a subscriber. Times and days are kept in 48 and 24
// bits, which last until the year 9999 and some more.
type person struct {
	key        cdr.Number
	imsi       uint64 // the last known, 0 none
	row        ref    // its days, 0 none
	items      ref    // its items, 0 none; with big set, its place among the big sets
	epoch      uint32 // in which it last changed
	lastLow    uint32 // its last leg ...
	talkedLow  uint32 // ... and its last call or message, see instant
	lastHigh   uint16
	talkedHigh uint16
	quiet      dayMark // the day before which no boundary rule can hold, see quiet.go
	days       [3]shortDay
	marks      mark
	fours      uint8 // capacity of items
	calm       uint8 // weight of legs for which no activity rule can come near, see calm.go ...
	loud       uint8 // ... or fewer, if so many of them are loud ...
	outlasts   uint8 // ... or if more days than that go by after last; spent: what was left of calm
}

// small reports whether items is that of a block.
func (p *person) small() bool { return p.items != 0 && p.marks&big == 0 }

// What a person's days are of.
const (
	firstDay = iota // its first leg
	outDay          // its last originating leg
	imsiDay         // the last change of imsi
)

// firstInstant is the first time that a person can hold: in the year 1412.
const firstInstant = -cdr.Millis(1) << 44

// instant is the time that low and high stand for, 0 being never.
func instant(low uint32, high uint16) cdr.Millis {
	v := cdr.Millis(high)<<32 | cdr.Millis(low)
	if v == 0 {
		return never
	}
	return v + firstInstant
}

// parts is t as instant takes it.
func parts(t cdr.Millis) (low uint32, high uint16) {
	if t == never {
		return 0, 0
	}
	v := t - firstInstant
	return uint32(v), uint16(v >> 32)
}

// holds reports whether a person can hold t.
func holds(t cdr.Millis) bool { return t == never || t > firstInstant && t < firstInstant+1<<48 }

// last is when the last leg was, never if there was none.
func (p *person) last() cdr.Millis { return instant(p.lastLow, p.lastHigh) }

// talked is when the last call or message was, never if there was none.
func (p *person) talked() cdr.Millis { return instant(p.talkedLow, p.talkedHigh) }

func (p *person) setLast(t cdr.Millis) { p.lastLow, p.lastHigh = parts(t) }

func (p *person) setTalked(t cdr.Millis) { p.talkedLow, p.talkedHigh = parts(t) }

func (p *person) first() window.Day { return p.days[firstDay].day() }

func (p *person) out() window.Day { return p.days[outDay].day() }

func (p *person) imsiDay() window.Day { return p.days[imsiDay].day() }

// shortDay is a day in 24 bits, noDay as the first of them.
type shortDay [3]uint8

const firstShort = -1 << 23

func shortOf(d window.Day) shortDay {
	d = max(d, firstShort)
	return shortDay{uint8(d), uint8(d >> 8), uint8(d >> 16)}
}

func (s shortDay) day() window.Day {
	d := window.Day(s[0]) | window.Day(s[1])<<8 | window.Day(int8(s[2]))<<16
	if d == firstShort {
		return noDay
	}
	return d
}

// holdsDay reports whether a person can hold d.
func holdsDay(d window.Day) bool { return d == noDay || d > firstShort && d < -firstShort }

type mark uint8

const (
	taken   mark = 1 << iota // the slot is in use
	home                     // a customer
	big                      // items counts the big sets
	watched                  // rules remember something, see dossier
	spent                    // the calm ended with the last leg, and nothing else happened, see rest.go
	woken                    // something rare has happened since it was quiet, see quiet.go
	silent                   // it was silent when it was found to be quiet
	fresh                    // no rule has looked at anything rare of it since it came
)

// people holds persons by slot.
type people struct {
	bySlot[person]
	arena *arena
	parts [partitions]part
}

// part is which slots of a partition are in use: those below next but the free
// ones and those in holes.
type part struct {
	next  uint32   // local
	free  []uint32 // locals
	holes []uint32 // the numbers, within the partition, of pages that nobody is on and that are not there
}

// add gives the subscriber key, first seen on day, a slot. It changes in epoch
// already: by being there.
func (p *people) add(key cdr.Number, day window.Day, epoch uint32) uint32 {
	slot := p.takeSlot(partitionOf(key))
	*p.at(slot) = person{key: key, days: [3]shortDay{shortOf(day), shortOf(noDay), shortOf(noDay)}, epoch: epoch, marks: taken}
	return slot
}

func (p *people) takeSlot(partition uint32) uint32 {
	of := &p.parts[partition]
	if len(of.free) == 0 && len(of.holes) > 0 {
		p.fillHole(partition)
	}
	if n := len(of.free); n > 0 {
		local := of.free[n-1]
		of.free = of.free[:n-1]
		return slotOf(partition, local)
	}
	slot := slotOf(partition, of.next)
	if of.next%pageSlots == 0 {
		p.makePage(slot)
	}
	of.next++
	return slot
}

// fillHole makes the page of a hole and all of its slots free.
func (p *people) fillHole(partition uint32) {
	of := &p.parts[partition]
	n := len(of.holes) - 1
	first := of.holes[n] * pageSlots
	of.holes = of.holes[:n]
	p.makePage(slotOf(partition, first))
	for i := range uint32(pageSlots) {
		of.free = append(of.free, first+pageSlots-1-i)
	}
}

// makePage makes the page of a slot, if it is not there.
func (p *people) makePage(slot uint32) {
	if localOf(slot) >= maxLocal {
		panic(fmt.Sprintf("shard: more than %d subscribers in partition %d", maxLocal, slot&(partitions-1)))
	}
	if p.page(slot) == nil {
		p.bySlot.add(slot, p.arena.persons())
	}
}

func (p *people) remove(slot uint32) {
	*p.at(slot) = person{}
	of := &p.parts[slot&(partitions-1)]
	of.free = append(of.free, localOf(slot))
}

// each calls f for every person: partition by partition, in slot order in each.
func (p *people) each(f func(slot uint32, who *person)) {
	for partition := range uint32(partitions) {
		p.eachOf(partition, f)
	}
}

// eachOf calls f for every person of a partition, in slot order.
func (p *people) eachOf(partition uint32, f func(slot uint32, who *person)) {
	next := p.parts[partition].next
	for first := uint32(0); first < next; first += pageSlots {
		page := p.page(slotOf(partition, first))
		if page == nil {
			continue
		}
		for i := range min(pageSlots, next-first) {
			if who := &page[i]; who.marks&taken != 0 {
				f(slotOf(partition, first+i), who)
			}
		}
	}
}

// slots is how many slots have memory: those that were ever in use, but for holes.
func (p *people) slots() int {
	n := 0
	for i := range p.parts {
		n += int(p.parts[i].next) - pageSlots*len(p.parts[i].holes)
	}
	return n
}
