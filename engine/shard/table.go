package shard

import "github.com/cdrstream/cdrstream/engine/cdr"

// table maps numbers to slots. Each queue (see queues) has a table of its own, so that it
// grows with its own numbers, and a little at a time.
//
// It is open addressing with linear probing, at most three quarters full. An entry's place
// follows from the bits of the hash behind those that choose the queue, which are those
// that a queue's legs are sorted by: looking them up goes once through the table.
type table struct {
	queues [1 << queueBits]subtable
	n      int
}

type subtable struct {
	entries []entry // a power of two of them, or none
	shift   uint    // 64 - log2(len(entries))
	n       int
}

type entry struct {
	key  cdr.Number // 0 = empty
	slot uint32
}

// firstEntries is how many entries a table begins with.
const firstEntries = 16

// of returns the table that key would be in, and where in it if nobody else was.
func (t *table) of(key cdr.Number) (*subtable, uint64) {
	h := key.Hash() << ownerBits
	q := &t.queues[h>>(64-queueBits)]
	return q, q.home(h)
}

// home is where the number with the hash h, the owner's bits cut off, belongs.
func (t *subtable) home(h uint64) uint64 { return h << queueBits >> (t.shift & 63) }

func (t *subtable) homeOf(key cdr.Number) uint64 { return t.home(key.Hash() << ownerBits) }

// peek reads where key should stand.
func (t *table) peek(key cdr.Number) cdr.Number {
	q, home := t.of(key)
	if len(q.entries) == 0 {
		return 0
	}
	return q.entries[home].key
}

// find returns the slot of key.
func (t *table) find(key cdr.Number) (uint32, bool) {
	q, at := t.of(key)
	if len(q.entries) == 0 {
		return 0, false
	}
	for mask := uint64(len(q.entries) - 1); ; at = (at + 1) & mask {
		switch e := &q.entries[at&mask]; e.key {
		case key:
			return e.slot, true
		case 0:
			return 0, false
		}
	}
}

// insert adds key, which is not there yet.
func (t *table) insert(key cdr.Number, slot uint32) {
	q, _ := t.of(key)
	if 4*(q.n+1) > 3*len(q.entries) {
		q.grow()
	}
	q.place(entry{key, slot})
	q.n++
	t.n++
}

func (t *subtable) grow() {
	old := t.entries
	if len(old) == 0 {
		t.entries, t.shift = make([]entry, firstEntries), 64-4
		return
	}
	t.entries = hugeEntries(2 * len(old))
	t.shift--
	for _, e := range old {
		if e.key != 0 {
			t.place(e)
		}
	}
}

func (t *subtable) place(e entry) {
	mask := uint64(len(t.entries) - 1)
	at := t.homeOf(e.key)
	for t.entries[at].key != 0 {
		at = (at + 1) & mask
	}
	t.entries[at] = e
}

// remove deletes key and moves back what was displaced by it.
func (t *table) remove(key cdr.Number) {
	q, hole := t.of(key)
	if q.n == 0 {
		return
	}
	mask := uint64(len(q.entries) - 1)
	for q.entries[hole].key != key {
		if q.entries[hole].key == 0 {
			return
		}
		hole = (hole + 1) & mask
	}
	q.n--
	t.n--
	for at := (hole + 1) & mask; q.entries[at].key != 0; at = (at + 1) & mask {
		home := q.homeOf(q.entries[at].key)
		if (at-home)&mask >= (at-hole)&mask {
			q.entries[hole] = q.entries[at]
			hole = at
		}
	}
	q.entries[hole] = entry{}
}

// places is how many entries there is memory for.
func (t *table) places() (n int) {
	for i := range t.queues {
		n += len(t.queues[i].entries)
	}
	return n
}
