package shard

import (
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// A subscriber's items of all sets stand in one block, its capacity a multiple
// of eight, at most 128:
//
//	counts a byte for each set: how many of its items there are
//	tags   a byte each: a hash of the key; eight are compared at a time
//	items  a key (the set in the top 4 bits, what was seen below) and a word of
//	       stamps each, or two, see stamp.go
//
// Items that no window can see any more are dropped when room is needed, before
// the block grows. Beyond 128 items, or the limit of peers, a subscriber gets a
// bigSet.
type items struct {
	stamps stamps
	blocks [maxEights + 1]*slab // by capacity in eights
	bigs   []*bigSet
	unused []ref  // of bigs
	limit  int    // of peers in a big set
	stale  uint32 // an item last seen before this stamp is in no window any more
	floor  uint32 // the stamp of the first event: nothing is older
	rings  *rings // of bigs
	stirs  uint16 // sets of which a new item ends the calm of a subscriber, a bit each
}

const maxEights = 16

func newItems(a *arena, s stamps, maxPeers int) *items {
	it := &items{stamps: s, limit: maxPeers, bigs: make([]*bigSet, 1)}
	for e := 1; e <= maxEights; e++ {
		it.blocks[e] = newSlab(a, 1+e+8*e*(1+s.words))
	}
	return it
}

const (
	setShift = 60
	keyMask  = 1<<setShift - 1
)

// itemKey is the key of an item; what is a number or a hash.
func itemKey(set window.Item, what uint64) uint64 {
	return uint64(set)<<setShift | what&keyMask
}

// peerKey is the key of a peer: a name's hash loses its upper bits, but can not
// meet a number, which has bit 59 clear.
func peerKey(n cdr.Number) uint64 {
	if n.IsName() {
		return itemKey(window.PeerItem, uint64(n)|1<<59)
	}
	return itemKey(window.PeerItem, uint64(n))
}

func tagOf(key uint64) uint8 { return uint8(key * 0x9e3779b97f4a7c15 >> 56) }

// block is a subscriber's items, taken apart.
type block struct {
	counts      *uint64
	tags, items []uint64
	stride      int // words of an item
}

func (it *items) block(who *person) block {
	w := it.blocks[who.capacity].at(who.items)
	e := int(who.capacity)
	return block{&w[0], w[1 : 1+e : 1+e], w[1+e:], 1 + it.stamps.words}
}

// note counts an item.
func (b *block) note(key uint64) { *b.counts += 1 << countShift(window.Item(key>>setShift)) }

// seenOf is how many items of a set there are, by the counts of a block.
func seenOf(counts uint64, set window.Item) int64 { return int64(counts >> countShift(set) & 0xff) }

// countShift is where the count of a set stands: sets are numbered from 1 to 8.
func countShift(set window.Item) uint { return uint(set-1) & 7 * 8 }

func (b *block) key(i int) uint64 { return b.items[i*b.stride] }

func (b *block) stamps(i int) []uint64 {
	return b.items[i*b.stride+1 : (i+1)*b.stride : (i+1)*b.stride]
}

// touch notes that who has seen key at stamp v in the ways of mask.
func (it *items) touch(who *person, key uint64, mask window.Stamp, v uint32) {
	if who.marks&big != 0 {
		b := it.bigs[who.items]
		before := b.used
		if b.touch(it, key, mask, v); b.used != before {
			it.stir(who, key)
		}
		return
	}
	if who.items != 0 {
		b := it.block(who)
		if i := b.find(key, int(who.count)); i >= 0 {
			it.stamps.set(b.stamps(i), mask, v)
			return
		}
	}
	it.insert(who, key, mask, v)
}

// insert is touch for an item that is not there, and who has no big set.
func (it *items) insert(who *person, key uint64, mask window.Stamp, v uint32) {
	it.stir(who, key)
	if int(who.count) == min(8*int(who.capacity), it.limit) && !it.makeRoom(who) {
		it.enlarge(who)
		it.bigs[who.items].touch(it, key, mask, v)
		return
	}
	b := it.block(who)
	it.put(b, int(who.count), key, nil)
	it.stamps.set(b.stamps(int(who.count)), mask, v)
	who.count++
}

// stir ends the calm of who, who has seen a new item, if it matters.
func (it *items) stir(who *person, key uint64) {
	if it.stirs>>(key>>setShift)&1 != 0 {
		who.calm = 0
	}
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// find returns the place of key among the first n items, -1 if it is not there.
func (b *block) find(key uint64, n int) int {
	want := uint64(tagOf(key)) * ones
	for w := range (n + 7) / 8 {
		x := b.tags[w] ^ want
		for m := (x - ones) &^ x & highs; m != 0; m &= m - 1 {
			if i := w*8 + bits.TrailingZeros64(m)/8; i < n && b.key(i) == key {
				return i
			}
		}
	}
	return -1
}

// put writes a new item at place i.
func (it *items) put(b block, i int, key uint64, st []uint64) {
	sh := uint(i%8) * 8
	b.tags[i/8] = b.tags[i/8]&^(0xff<<sh) | uint64(tagOf(key))<<sh
	b.note(key)
	b.items[i*b.stride] = key
	if st == nil {
		clear(b.stamps(i))
		return
	}
	copy(b.stamps(i), st)
}

// makeRoom drops what no window sees any more and moves the rest to a block with
// room for one more item at least. It reports false when that takes a big set.
func (it *items) makeRoom(who *person) bool {
	n := int(who.count)
	if it.stale > it.floor {
		n = it.live(who)
	}
	e := uint8(n/8 + 1)
	if e > maxEights || n >= it.limit {
		return false
	}
	old, from := it.blocks[who.capacity], who.items
	dst := person{items: it.blocks[e].get(), capacity: e}
	b := it.block(&dst)
	switch {
	case from == 0:
	case n == int(who.count):
		src := it.block(who)
		*b.counts = *src.counts
		copy(b.tags, src.tags)
		copy(b.items, src.items)
		dst.count = who.count
		old.put(from)
	default:
		it.eachLive(who, func(key uint64, st []uint64) {
			it.put(b, int(dst.count), key, st)
			dst.count++
		})
		old.put(from)
	}
	who.items, who.capacity, who.count = dst.items, dst.capacity, dst.count
	return true
}

func (it *items) live(who *person) int {
	n := 0
	it.eachLive(who, func(uint64, []uint64) { n++ })
	return n
}

// eachLive calls f for the items of a small block that some window may see.
func (it *items) eachLive(who *person, f func(key uint64, st []uint64)) {
	if who.items == 0 {
		return
	}
	b := it.block(who)
	for i := range int(who.count) {
		if st := b.stamps(i); it.stamps.last(st) >= it.stale {
			f(b.key(i), st)
		}
	}
}

// enlarge moves the items of who to a big set.
func (it *items) enlarge(who *person) {
	set := newBigSet(it.stamps.words)
	it.eachLive(who, func(key uint64, st []uint64) { set.insert(it, key, st) })
	it.blocks[who.capacity].put(who.items)
	who.capacity, who.count = 0, 0
	it.rings.build(set)
	it.adopt(who, set)
}

// adopt makes set the items of who, who has none.
func (it *items) adopt(who *person, set *bigSet) {
	if n := len(it.unused); n > 0 {
		who.items, it.unused = it.unused[n-1], it.unused[:n-1]
		it.bigs[who.items] = set
	} else {
		who.items = ref(len(it.bigs))
		it.bigs = append(it.bigs, set)
	}
	who.marks |= big
}

// lines reads a word of each line of the items of who, who has no big set.
func (it *items) lines(who *person) (sum uint64) {
	b := it.block(who)
	for w := 0; w < int(who.count)*b.stride; w += 8 {
		sum += b.items[w]
	}
	return sum + *b.counts
}

// release forgets all items of who.
func (it *items) release(who *person) {
	switch {
	case who.marks&big != 0:
		it.bigs[who.items] = nil
		it.unused = append(it.unused, who.items)
	case who.items != 0:
		it.blocks[who.capacity].put(who.items)
	}
	who.items, who.capacity, who.count = 0, 0, 0
	who.marks &^= big
}

// rebase makes the base of stamps that of the day that has been opened.
func (s *Shard) rebase() {
	it := s.items
	base := it.stamps.baseOn(s.today)
	by := base - it.stamps.base
	if by == 0 {
		return
	}
	it.stamps.base = base
	it.floor, it.stale = rebased(it.floor, by), rebased(it.stale, by)
	s.people.each(func(_ uint32, who *person) { it.rebase(who, by) })
}

// rebase rebases the items of who.
func (it *items) rebase(who *person, by int64) {
	switch {
	case who.marks&big != 0:
		b := it.bigs[who.items]
		b.dropped = rebased(b.dropped, by)
		b.each(func(_ uint64, st []uint64) { it.stamps.rebase(st, by) })
	case who.items != 0:
		b := it.block(who)
		for i := range int(who.count) {
			it.stamps.rebase(b.stamps(i), by)
		}
	}
}

// bytes is the memory of the items.
func (it *items) bytes() int {
	n := 0
	for _, s := range it.blocks[1:] {
		n += s.bytes()
	}
	for _, b := range it.bigs {
		if b != nil {
			n += b.bytes()
		}
	}
	return n
}
