package shard

import (
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
	count    uint8      // of items
	capacity uint8      // of items, in eights
	marks    mark
	_        [5]byte
}

type mark uint8

const (
	taken mark = 1 << iota // the slot is in use
	home                   // a customer
	big                    // items counts the big sets
)

// people holds persons by slot.
type people struct {
	arena *arena
	pages [][]person
	next  uint32
	free  []uint32
}

const peopleShift = 10

func (p *people) add(key cdr.Number, day window.Day) uint32 {
	slot := p.next
	if n := len(p.free); n > 0 {
		slot = p.free[n-1]
		p.free = p.free[:n-1]
	} else {
		p.next++
		if int(slot)>>peopleShift >= len(p.pages) {
			p.pages = append(p.pages, p.arena.persons(1<<peopleShift))
		}
	}
	*p.at(slot) = person{key: key, last: never, talked: never, first: day, out: noDay, imsiDay: noDay, marks: taken}
	return slot
}

func (p *people) at(slot uint32) *person {
	return &p.pages[slot>>peopleShift][slot&(1<<peopleShift-1)]
}

func (p *people) remove(slot uint32) {
	*p.at(slot) = person{}
	p.free = append(p.free, slot)
}

// each calls f for every person, in slot order.
func (p *people) each(f func(slot uint32, who *person)) {
	for slot := range p.next {
		if who := p.at(slot); who.marks&taken != 0 {
			f(slot, who)
		}
	}
}
