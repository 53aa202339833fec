package shard

import "github.com/cdrstream/cdrstream/engine/window"

// eye stamps the items of one subscriber, leg after leg, the block at hand.
type eye struct {
	it    *items
	who   *person
	block block // unless who has no items or a big set
	n     int   // items in the block, 0 without one
	room  int   // for so many in it
}

// sightings is how many of them are told at a time.
const sightings = 64

// sighting is what a leg has seen, and when.
type sighting struct {
	key, hash uint64 // of the item, see tagOf
	stamp     uint32
	mask      window.Stamp
}

// turn turns to the items of who. Nobody else may change them until it turns again.
func (e *eye) turn(it *items, who *person) {
	var words []uint64
	if who.small() {
		words = it.words(who)
	}
	e.turnTo(it, who, words)
}

// turnTo is turn where the block of who is known, nil if there is none.
func (e *eye) turnTo(it *items, who *person, words []uint64) {
	e.it, e.who, e.n, e.room = it, who, 0, 0
	if words != nil {
		it.apart(&e.block, words, int(who.fours))
		e.n, e.room = countOf(words), it.room(who)
	}
}

// seeAll stamps what list tells of, and tells how many that was: all of it or, if one changes
// the calm of who, up to that. Much of what a leg sees the one before it saw too, but to tell
// that costs more than to find it once more.
func (e *eye) seeAll(list []sighting) int {
	calm := e.who.calm
	for n := 0; ; n++ {
		if n += e.seeSome(list[n:]); n >= len(list) {
			return n
		}
		if e.seeNew(&list[n]); e.who.calm != calm {
			return n + 1
		}
	}
}

// seeKnown is seeSome for any eye: up to the first item that is not in the block.
func (e *eye) seeKnown(list []sighting) int {
	for i := range list {
		x := &list[i]
		at := e.block.find(x.key, e.n)
		if at < 0 {
			return i
		}
		e.it.stamp(&e.block, at, x.mask, x.stamp)
	}
	return len(list)
}

// seeNew notes an item that is not in the block. The others may move for it.
func (e *eye) seeNew(x *sighting) {
	switch {
	case e.who.marks&big != 0:
		e.it.touch(e.who, x.key, x.mask, x.stamp)
	case e.n == e.room:
		e.it.insert(e.who, x.key, x.mask, x.stamp)
		e.turn(e.it, e.who)
	default:
		e.it.stir(e.who, x.key, seenOf(e.block.words[0], window.Item(x.key>>setShift)) > 0)
		e.it.put(&e.block, x.key, x.mask, x.stamp)
		e.n++
	}
}
