package shard

import (
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/internal/fetch"
	"github.com/cdrstream/cdrstream/engine/internal/huge"
)

// table maps numbers to slots. Each queue (see queues) has a table of its own, so that it
// grows with its own numbers, and a little at a time.
//
// It is open addressing with linear probing, at most seven eighths full. An entry's place
// follows from the bits of the hash behind those that choose the queue, which are those
// that a queue's legs are sorted by: looking them up goes once through the table.
//
// An entry does not hold its number, which stands at the person. Its partition and a few
// bits of the hash tell nearly all others apart, so that no more than one person is looked
// at.
type table struct {
	people *people
	queues [1 << queueBits]subtable
	n      int
}

type subtable struct {
	entries []entry
	n       int
}

// entry is a slot below four bits of the hash, which are not all 0; 0 = empty.
type entry uint32

const (
	slotMask = 1<<28 - 1
	// told is what of an entry follows from the hash.
	told = entry(^uint32(slotMask) | partitions - 1)
)

// firstEntries is how many entries a table begins with.
const firstEntries = 16

// entryOf is the entry of a number with the hash h at local 0 of its partition.
func entryOf(h uint64) entry { return entry(max(1, h&15)<<28 | h>>(64-ownerBits)) }

func (e entry) slot() uint32 { return uint32(e & slotMask) }

func (t *table) of(h uint64) *subtable { return &t.queues[queueOfHash(h)] }

// home is where the number with the hash h belongs.
func (t *subtable) home(h uint64) int {
	at, _ := bits.Mul64(h<<(ownerBits+queueBits), uint64(len(t.entries)))
	return int(at)
}

func (t *subtable) after(at int) int {
	if at++; at < len(t.entries) {
		return at
	}
	return 0
}

// fetch asks for where the number with the hash h should stand.
func (t *table) fetch(h uint64) {
	if q := t.of(h); len(q.entries) > 0 {
		fetch.Line(&q.entries[q.home(h)])
	}
}

// guess returns who, if there is one, most likely has the number with the hash h.
func (t *table) guess(h uint64) (slot uint32, who *person) {
	q, want := t.of(h), entryOf(h)
	if len(q.entries) == 0 {
		return 0, nil
	}
	for at := q.home(h); ; at = q.after(at) {
		switch e := q.entries[at]; {
		case e == 0:
			return 0, nil
		case (e^want)&told == 0:
			return e.slot(), t.people.at(e.slot())
		}
	}
}

// find returns the slot of key.
func (t *table) find(key cdr.Number) (uint32, bool) {
	q, at := t.seek(key)
	if at < 0 {
		return 0, false
	}
	return q.entries[at].slot(), true
}

// seek returns where in which table key stands, -1 if it is not there.
func (t *table) seek(key cdr.Number) (*subtable, int) {
	h := key.Hash()
	q, want := t.of(h), entryOf(h)
	if q.n == 0 {
		return q, -1
	}
	for at := q.home(h); ; at = q.after(at) {
		switch e := q.entries[at]; {
		case e == 0:
			return q, -1
		case (e^want)&told == 0 && t.keyOf(e) == key:
			return q, at
		}
	}
}

func (t *table) keyOf(e entry) cdr.Number { return t.people.at(e.slot()).key }

// insert adds key, which is not there yet, and has the slot already.
func (t *table) insert(key cdr.Number, slot uint32) {
	h := key.Hash()
	q := t.of(h)
	if 8*(q.n+1) > 7*len(q.entries) {
		t.grow(q)
	}
	q.place(h, slot)
	q.n++
	t.n++
}

// grow makes a table a quarter larger.
func (t *table) grow(q *subtable) {
	old := q.entries
	q.entries = huge.Slice[entry](max(firstEntries, len(old)+len(old)/4))
	for _, e := range old {
		if e != 0 {
			q.place(t.keyOf(e).Hash(), e.slot())
		}
	}
}

func (t *subtable) place(h uint64, slot uint32) {
	at := t.home(h)
	for t.entries[at] != 0 {
		at = t.after(at)
	}
	t.entries[at] = entryOf(h) | entry(slot)
}

// remove deletes key, whose person is still there, and moves back what was displaced by it.
func (t *table) remove(key cdr.Number) {
	q, hole := t.seek(key)
	if hole < 0 {
		return
	}
	q.n--
	t.n--
	for at := q.after(hole); q.entries[at] != 0; at = q.after(at) {
		home := q.home(t.keyOf(q.entries[at]).Hash())
		if q.behind(at, home) >= q.behind(at, hole) {
			q.entries[hole] = q.entries[at]
			hole = at
		}
	}
	q.entries[hole] = 0
}

// behind is how far at is behind another place.
func (t *subtable) behind(at, other int) int {
	if at < other {
		at += len(t.entries)
	}
	return at - other
}

// bytes is the memory of the entries.
func (t *table) bytes() (n int) {
	for i := range t.queues {
		n += 4 * len(t.queues[i].entries)
	}
	return n
}
