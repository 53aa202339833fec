package shard

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// bigSet holds the items of a subscriber that has many: a hash index over
// entries, and the entries in two lists, peers and the rest, the one seen
// longest ago first. What no window sees any more leaves from the front; beyond
// the limit of peers, so does the oldest peer, and counts become lower bounds.
type bigSet struct {
	words   int
	index   []uint32 // entry + 1, 0 = empty
	keys    []uint64
	stamps  []uint64
	next    []int32 // in the entry's list; -1 none
	prev    []int32
	unused  []int32
	lists   [2]list
	used    int
	counts  [1 << (64 - setShift)]int32 // items by set
	rings   ringSet
	dropped uint32 // latest stamp of a peer dropped for the limit
	trimmed uint32 // nothing in it is older than this stamp; 0: who knows
}

type list struct {
	head, tail int32
	n          int
}

const (
	peerList = iota
	restList
)

func newBigSet(words int) *bigSet {
	return &bigSet{words: words, index: make([]uint32, 256), lists: [2]list{{-1, -1, 0}, {-1, -1, 0}}}
}

func listOf(key uint64) int {
	if key>>setShift == uint64(window.PeerItem) {
		return peerList
	}
	return restList
}

func (b *bigSet) stampsOf(e int32) []uint64 {
	return b.stamps[int(e)*b.words:][:b.words]
}

// touch notes that key is seen at stamp v in the ways of mask, and reports whether it is new.
func (b *bigSet) touch(it *items, key uint64, mask window.Stamp, v uint32) (fresh bool) {
	e, found := b.find(key)
	if !found {
		e = b.insert(it, key, nil)
	} else {
		b.unlink(e)
		b.link(e)
	}
	before := it.stamps.get(b.stampsOf(e))
	it.stamps.set(b.stampsOf(e), mask, v)
	it.rings.move(b, key, before, it.stamps.get(b.stampsOf(e)))
	b.trim(it)
	return !found
}

func (b *bigSet) find(key uint64) (int32, bool) {
	mask := uint64(len(b.index) - 1)
	for at := cdr.Mix(key) & mask; b.index[at] != 0; at = (at + 1) & mask {
		if e := int32(b.index[at] - 1); b.keys[e] == key {
			return e, true
		}
	}
	return 0, false
}

// insert adds key as the one seen last.
func (b *bigSet) insert(it *items, key uint64, st []uint64) int32 {
	if 4*(b.used+1) > 3*len(b.index) {
		b.grow()
	}
	var e int32
	if n := len(b.unused); n > 0 {
		e, b.unused = b.unused[n-1], b.unused[:n-1]
	} else {
		e = int32(len(b.keys))
		b.keys = append(b.keys, 0)
		b.next, b.prev = append(b.next, -1), append(b.prev, -1)
		for range b.words {
			b.stamps = append(b.stamps, 0)
		}
	}
	b.keys[e] = key
	clear(b.stampsOf(e))
	copy(b.stampsOf(e), st)
	b.place(e)
	b.used++
	b.linkInOrder(it, e)
	return e
}

// linkInOrder puts e behind the entries that were seen no later. The items of a
// small block come in the order in which they were first seen, so this matters
// while a set is being built; a new item goes to the end at once.
func (b *bigSet) linkInOrder(it *items, e int32) {
	l := &b.lists[listOf(b.keys[e])]
	v := it.stamps.last(b.stampsOf(e))
	after := l.tail
	if v != 0 {
		for after >= 0 && it.stamps.last(b.stampsOf(after)) > v {
			after = b.prev[after]
		}
	}
	b.linkAfter(l, after, e)
}

func (b *bigSet) link(e int32) {
	l := &b.lists[listOf(b.keys[e])]
	b.linkAfter(l, l.tail, e)
}

func (b *bigSet) linkAfter(l *list, after, e int32) {
	before := l.head
	if after >= 0 {
		before = b.next[after]
		b.next[after] = e
	} else {
		l.head = e
	}
	if before >= 0 {
		b.prev[before] = e
	} else {
		l.tail = e
	}
	b.prev[e], b.next[e] = after, before
	l.n++
	b.counts[b.keys[e]>>setShift]++
}

func (b *bigSet) unlink(e int32) {
	l := &b.lists[listOf(b.keys[e])]
	p, n := b.prev[e], b.next[e]
	if p >= 0 {
		b.next[p] = n
	} else {
		l.head = n
	}
	if n >= 0 {
		b.prev[n] = p
	} else {
		l.tail = p
	}
	l.n--
	b.counts[b.keys[e]>>setShift]--
}

// trim drops entries from the front that are stale or too many. Usually there
// is none, and until others become stale it is enough to know that.
func (b *bigSet) trim(it *items) {
	if b.trimmed == it.stale && b.lists[peerList].n <= it.limit {
		return
	}
	b.trimmed = it.stale
	for i := range b.lists {
		l := &b.lists[i]
		for l.head >= 0 {
			v := it.stamps.last(b.stampsOf(l.head))
			stale := v < it.stale
			if !stale && (i != peerList || l.n <= it.limit) {
				break
			}
			if !stale {
				b.dropped = max(b.dropped, v)
			}
			it.rings.drop(b, b.keys[l.head], b.stampsOf(l.head))
			b.remove(l.head)
		}
	}
}

func (b *bigSet) remove(e int32) {
	b.unlink(e)
	b.used--
	b.unused = append(b.unused, e)
	mask := uint64(len(b.index) - 1)
	hole := cdr.Mix(b.keys[e]) & mask
	for b.index[hole] != uint32(e+1) {
		hole = (hole + 1) & mask
	}
	for at := (hole + 1) & mask; b.index[at] != 0; at = (at + 1) & mask {
		home := cdr.Mix(b.keys[b.index[at]-1]) & mask
		if (at-home)&mask >= (at-hole)&mask {
			b.index[hole] = b.index[at]
			hole = at
		}
	}
	b.index[hole] = 0
}

func (b *bigSet) grow() {
	old := b.index
	b.index = make([]uint32, 2*len(old))
	for _, x := range old {
		if x != 0 {
			b.place(int32(x - 1))
		}
	}
}

func (b *bigSet) place(e int32) {
	mask := uint64(len(b.index) - 1)
	at := cdr.Mix(b.keys[e]) & mask
	for b.index[at] != 0 {
		at = (at + 1) & mask
	}
	b.index[at] = uint32(e + 1)
}

// each calls f for every entry.
func (b *bigSet) each(f func(key uint64, st []uint64)) {
	for _, l := range b.lists {
		for e := l.head; e >= 0; e = b.next[e] {
			f(b.keys[e], b.stampsOf(e))
		}
	}
}

func (b *bigSet) bytes() int {
	rings := 4*cap(b.rings.counts) + 8*cap(b.rings.last)
	return 4*cap(b.index) + 8*(cap(b.keys)+cap(b.stamps)) + 4*(cap(b.next)+cap(b.prev)) + rings
}
