package shard

import (
	"math"
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/internal/fetch"
	"github.com/cdrstream/cdrstream/engine/window"
)

// A subscriber's items of all sets stand in one block, its capacity a multiple
// of eight, at most 248:
//
//	counts a byte for each set: how many of its items there are
//	tags   a byte each: a hash of the key; dozens are compared at a time
//	stamps half a word, a word or two each, see stamp.go
//	keys   a word each: the set in the top 4 bits, what was seen below
//
// Items that no window can see any more are dropped when room is needed, before
// the block grows. Beyond 248 items, or the limit of peers, a subscriber gets a
// bigSet.
type items struct {
	stamps  stamps
	short   bool               // stamps take half a word
	blocks  [maxFours + 1]slab // by capacity in fours
	bigs    []*bigSet
	unused  []ref  // of bigs
	limit   int    // of peers in a big set
	stale   uint32 // an item last seen before this stamp is in no window any more
	floor   uint32 // the stamp of the first event: nothing is older
	rings   *rings // of bigs
	scratch moment
	weights [window.Items]uint8 // of a new item of a set, see calm.go
	firsts  [window.Items]uint8 // of the first one of a set, if more
	plain   uint32              // of which sets a new item weighs nothing, and above that the first one: a bit each
}

const (
	maxFours  = 62 // as many items as a byte counts
	fineFours = 6  // capacities beyond are sixteen items apart: to grow is to move
)

func newItems(a *arena, s stamps, maxPeers int) *items {
	it := &items{stamps: s, short: s.short(), limit: maxPeers, bigs: make([]*bigSet, 1)}
	it.weigh([window.Items]uint8{}, [window.Items]uint8{})
	for fours := 1; fours <= maxFours; fours++ {
		_, keys := it.places(fours)
		it.blocks[fours] = *newSlab(a, keys+4*fours)
	}
	return it
}

// places is where in a block of so many fours the stamps and the keys begin.
func (it *items) places(fours int) (stamps, keys int) {
	stamps = 1 + (fours+1)/2
	if it.short {
		return stamps, stamps + 2*fours
	}
	return stamps, stamps + 4*fours*it.stamps.words
}

const (
	setShift = 60
	itemSets = 1 << (64 - setShift)
	keyMask  = 1<<setShift - 1
)

// itemKey is the key of an item; what is a number or a hash.
func itemKey(set window.Item, what uint64) uint64 {
	return uint64(set)<<setShift | what&keyMask
}

// hashOf is the hash of a key, tagOf the top of it.
func hashOf(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 }

func tagOf(key uint64) uint8 { return uint8(hashOf(key) >> 56) }

// block is a subscriber's items, taken apart. Those behind the last were never seen: their
// stamps are 0.
type block struct {
	words        []uint64 // all of it
	stamps, keys []uint64
}

func (it *items) block(who *person) (b block) {
	it.apart(&b, it.words(who), int(who.fours))
	return b
}

// words is the block of who, who has no big set.
func (it *items) words(who *person) []uint64 { return it.blocks[who.fours].at(who.items) }

// apart makes b a block of so many fours, taken apart. It is filled where it stands: one that is
// made first and copied then is waited for.
func (it *items) apart(b *block, w []uint64, fours int) {
	stamps, keys := it.places(fours)
	b.words, b.stamps, b.keys = w, w[stamps:keys], w[keys:]
}

// n is how many items there are.
func (b *block) n() int { return countOf(b.words) }

// countOf is how many items there are in a block.
func countOf(words []uint64) int { return int(words[0] * ones >> 56) }

// count is how many items who has, who has no big set.
func (it *items) count(who *person) int {
	if who.items == 0 {
		return 0
	}
	return countOf(it.words(who))
}

// note counts an item.
func (b *block) note(key uint64) { b.words[0] += 1 << countShift(window.Item(key>>setShift)) }

// seenOf is how many items of a set there are, by the counts of a block.
func seenOf(counts uint64, set window.Item) int64 { return int64(counts >> countShift(set) & 0xff) }

// countShift is where the count of a set stands: sets are numbered from 1 to 8.
func countShift(set window.Item) uint { return uint(set-1) & 7 * 8 }

// moment is the stamps of an item, in one word or two, as stamps has them.
type moment [2]uint64

// moment returns the stamps of item i.
func (it *items) moment(b *block, i int) (m moment) {
	switch {
	case it.short:
		m[0] = lengthen(uint32(b.stamps[i>>1] >> (i & 1 * 32)))
	case it.stamps.words == 1:
		m[0] = b.stamps[i]
	default:
		m = moment(b.stamps[2*i:])
	}
	return m
}

// setMoment sets the stamps of item i to those in w.
func (it *items) setMoment(b *block, i int, w []uint64) {
	switch {
	case it.short:
		sh := i & 1 * 32
		b.stamps[i>>1] = b.stamps[i>>1]&^(math.MaxUint32<<sh) | uint64(shorten(w[0]))<<sh
	default:
		copy(b.stamps[i*it.stamps.words:], w)
	}
}

// stamp sets the stamps of item i that are in mask to v.
func (it *items) stamp(b *block, i int, mask window.Stamp, v uint32) {
	if it.short {
		m, sh := uint64(spread8[mask&15]), i&1*32
		w := &b.stamps[i>>1]
		*w = *w&^(m*lastShort<<sh) | m*uint64(v)<<sh
		return
	}
	it.stamps.set(b.stamps[i*it.stamps.words:], mask, v)
}

// touch notes that who has seen key at stamp v in the ways of mask.
func (it *items) touch(who *person, key uint64, mask window.Stamp, v uint32) {
	if who.marks&big != 0 {
		b := it.bigs[who.items]
		others := b.counts[key>>setShift] > 0
		if b.touch(it, key, mask, v) {
			it.stir(who, key, others)
		}
		return
	}
	if who.items != 0 {
		b := it.block(who)
		if i := b.find(key, b.n()); i >= 0 {
			it.stamp(&b, i, mask, v)
			return
		}
	}
	it.insert(who, key, mask, v)
}

// insert is touch for an item that is not there, and who has no big set.
func (it *items) insert(who *person, key uint64, mask window.Stamp, v uint32) {
	it.stir(who, key, who.items != 0 && seenOf(it.words(who)[0], window.Item(key>>setShift)) > 0)
	if n := it.count(who); n == it.room(who) && !it.makeRoom(who, n) {
		it.enlarge(who)
		it.bigs[who.items].touch(it, key, mask, v)
		return
	}
	b := it.block(who)
	it.put(&b, key, mask, v)
}

// room is how many items there may be before room has to be made.
func (it *items) room(who *person) int { return min(4*int(who.fours), it.limit) }

// weigh says what new items weigh.
func (it *items) weigh(weights, firsts [window.Items]uint8) {
	it.weights, it.firsts, it.plain = weights, firsts, 0
	for set := range window.Items {
		if it.weights[set] > 0 {
			continue
		}
		it.plain |= 1 << set
		if it.firsts[set] == 0 {
			it.plain |= 1 << (set + itemSets)
		}
	}
}

// stir counts a new item of who down, who has others of its set or not.
func (it *items) stir(who *person, key uint64, others bool) {
	w := it.weights[key>>setShift]
	if !others {
		w = max(w, it.firsts[key>>setShift])
	}
	who.calm -= min(who.calm, w)
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// find returns the place of key among the first n items, -1 if it is not there. It
// compares 32 tags before it looks at any key: the place of an item is hard to foresee.
func (b *block) find(key uint64, n int) int {
	want := uint64(tagOf(key)) * ones
	for from := uint(0); from < uint(n); from += 32 {
		tags := (*[4]uint64)(b.words[1+from/8:])
		like := zeros(tags[0]^want) | zeros(tags[1]^want)>>1 | zeros(tags[2]^want)>>2 | zeros(tags[3]^want)>>3
		like &= firstTags[min(uint(n)-from, 32)] // behind the tags stands something else
		for ; like != 0; like &= like - 1 {
			at := uint(bits.TrailingZeros64(like))
			if i := from + at>>3 + (^at&7)*8; b.keys[i] == key {
				return int(i)
			}
		}
	}
	return -1
}

// zeros has the highest bit of each byte of x that is 0, and may have that of others above
// it.
func zeros(x uint64) uint64 { return (x - ones) &^ x & highs }

// firstTags has, for each number up to 32, a bit for each of the first so many of 32 tags
// as find has them: those of a word stand eight bits apart, those of the next word a bit
// below.
var firstTags = func() (t [33]uint64) {
	for n := range 32 {
		t[n+1] = t[n] | 1<<(n%8*8+7-n/8)
	}
	return t
}()

// put adds an item, for which there is room.
func (it *items) put(b *block, key uint64, mask window.Stamp, v uint32) {
	it.stamp(b, it.add(b, key), mask, v)
}

// add adds an item that was never seen, and returns its place: nothing stands there yet,
// since items leave only with their block.
func (it *items) add(b *block, key uint64) int {
	i := b.n()
	sh := uint(i%8) * 8
	tags := &b.words[1+i/8]
	*tags = *tags&^(0xff<<sh) | uint64(tagOf(key))<<sh
	b.note(key)
	b.keys[i] = key
	return i
}

// makeRoom drops what no window sees any more of n items and moves the rest to a block
// with room for one more item at least. It reports false when that takes a big set.
func (it *items) makeRoom(who *person, n int) bool {
	live := n
	if it.stale > it.floor {
		live = it.live(who)
	}
	fours := foursFor(live + 1)
	if fours > maxFours || live >= it.limit {
		return false
	}
	to := it.blocks[fours].get()
	var b block
	it.apart(&b, it.blocks[fours].at(to), fours)
	switch {
	case who.items == 0:
	case live == n:
		src := it.block(who)
		copy(b.words[:1+(n+7)/8], src.words)
		copy(b.stamps, src.stamps)
		copy(b.keys, src.keys)
		it.blocks[who.fours].put(who.items)
	default:
		it.eachLive(who, func(key uint64, st []uint64) { it.setMoment(&b, it.add(&b, key), st) })
		it.blocks[who.fours].put(who.items)
	}
	who.items, who.fours = to, uint8(fours)
	return true
}

// foursFor is the capacity of a block for so many items, in fours.
func foursFor(n int) int {
	fours := (n + 7) / 8 * 2
	if fours > fineFours && fours < maxFours {
		fours += (fours - fineFours) & 2
	}
	return fours
}

// live is how many items of a small block some window may see.
func (it *items) live(who *person) (n int) {
	if who.items == 0 {
		return 0
	}
	b := it.block(who)
	for i := range b.n() {
		n += int(it.liveAt(&b, i))
	}
	return n
}

// liveAt is 1 if some window may see item i, else 0. Which it is is not to be guessed.
func (it *items) liveAt(b *block, i int) uint64 {
	m := it.moment(b, i)
	return (uint64(it.stale) - uint64(it.stamps.last(m[:it.stamps.words])) - 1) >> 63
}

// eachLive calls f for the items of a small block that some window may see. f must not
// keep the stamps.
func (it *items) eachLive(who *person, f func(key uint64, st []uint64)) {
	if who.items == 0 {
		return
	}
	b := it.block(who)
	for i := range b.n() {
		it.scratch = it.moment(&b, i)
		if st := it.scratch[:it.stamps.words]; it.stamps.last(st) >= it.stale {
			f(b.keys[i], st)
		}
	}
}

// enlarge moves the items of who to a big set.
func (it *items) enlarge(who *person) {
	set := newBigSet(it.stamps.words)
	it.eachLive(who, func(key uint64, st []uint64) { set.insert(it, key, st) })
	it.blocks[who.fours].put(who.items)
	who.fours = 0
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

// fetch asks for the items of who, who has no big set.
func (it *items) fetch(who *person) { fetch.Words(it.words(who)) }

// release forgets all items of who.
func (it *items) release(who *person) {
	switch {
	case who.marks&big != 0:
		it.bigs[who.items] = nil
		it.unused = append(it.unused, who.items)
	case who.items != 0:
		it.blocks[who.fours].put(who.items)
	}
	who.items, who.fours = 0, 0
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
		b.dropped, b.trimmed = rebased(b.dropped, by), 0
		b.each(func(_ uint64, st []uint64) { it.stamps.rebase(st, by) })
	case who.items != 0:
		b := it.block(who)
		if it.short {
			lessen(b.stamps, by)
			return
		}
		for i := range b.n() {
			m := it.moment(&b, i)
			it.stamps.rebase(m[:it.stamps.words], by)
			it.setMoment(&b, i, m[:it.stamps.words])
		}
	}
}

// bytes is the memory of the items.
func (it *items) bytes() int {
	n := 0
	for fours := range it.blocks {
		n += it.blocks[fours].bytes()
	}
	for _, b := range it.bigs {
		if b != nil {
			n += b.bytes()
		}
	}
	return n
}
