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

// person is what is always kept of a subscriber. One cache line.
type person struct {
	key      cdr.Number
	last     cdr.Millis // its last leg
	talked   cdr.Millis // its last call or message
	imsi     uint64     // the last known, 0 none
	first    window.Day // of its first leg
	out      window.Day // of its last originating leg
	imsiDay  window.Day // of the last change of imsi
	row      ref        // its days, 0 none
	items    ref        // its items, 0 none; with big set, its place among the big sets
	epoch    uint32     // in which it last changed
	count    uint8      // of items
	capacity uint8      // of items, in eights
	marks    mark
	calm     uint8   // legs for which no activity rule can come near, see calm.go ...
	loud     uint8   // ... or fewer, if so many of them are loud ...
	outlasts uint8   // ... or if more days than that go by after last; spent: what was left of calm
	quiet    dayMark // the day before which no boundary rule can hold, see quiet.go
}

type mark uint8

const (
	taken   mark = 1 << iota // the slot is in use
	home                     // a customer
	big                      // items counts the big sets
	watched                  // rules remember something, see dossier
	spent                    // the calm ended with the last leg, and nothing else happened, see rest.go
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
	*p.at(slot) = person{key: key, last: never, talked: never, first: day, out: noDay, imsiDay: noDay, epoch: epoch, marks: taken}
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
