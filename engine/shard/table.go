package shard

import "github.com/cdrstream/cdrstream/engine/cdr"

// table maps numbers to slots: open addressing with linear probing, at most
// three quarters full.
//
// An entry's place follows from the high bits of the hash, below those that
// choose the shard: the entries of one queue (see queues) stand together.
type table struct {
	entries []entry
	shift   uint // 64 - log2(len(entries))
	n       int
}

type entry struct {
	key  cdr.Number // 0 = empty
	slot uint32
}

func newTable() table { return table{entries: hugeEntries(1 << 10), shift: 64 - 10} }

// home is where key would stand if nobody else did.
func (t *table) home(key cdr.Number) uint64 { return key.Hash() << ownerBits >> t.shift }

// find returns the slot of key.
func (t *table) find(key cdr.Number) (uint32, bool) {
	mask := uint64(len(t.entries) - 1)
	for at := t.home(key); ; at = (at + 1) & mask {
		switch e := &t.entries[at]; e.key {
		case key:
			return e.slot, true
		case 0:
			return 0, false
		}
	}
}

// insert adds key, which is not there yet.
func (t *table) insert(key cdr.Number, slot uint32) {
	if 4*(t.n+1) > 3*len(t.entries) {
		old := t.entries
		t.entries = hugeEntries(2 * len(old))
		t.shift--
		for _, e := range old {
			if e.key != 0 {
				t.place(e)
			}
		}
	}
	t.place(entry{key, slot})
	t.n++
}

func (t *table) place(e entry) {
	mask := uint64(len(t.entries) - 1)
	at := t.home(e.key)
	for t.entries[at].key != 0 {
		at = (at + 1) & mask
	}
	t.entries[at] = e
}

// remove deletes key and moves back what was displaced by it.
func (t *table) remove(key cdr.Number) {
	mask := uint64(len(t.entries) - 1)
	hole := t.home(key)
	for t.entries[hole].key != key {
		if t.entries[hole].key == 0 {
			return
		}
		hole = (hole + 1) & mask
	}
	t.n--
	for at := (hole + 1) & mask; t.entries[at].key != 0; at = (at + 1) & mask {
		home := t.home(t.entries[at].key)
		if (at-home)&mask >= (at-hole)&mask {
			t.entries[hole] = t.entries[at]
			hole = at
		}
	}
	t.entries[hole] = entry{}
}
