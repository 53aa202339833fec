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
		e.block = it.apart(words, int(who.fours))
		e.n, e.room = countOf(words), it.room(who)
	}
}

// see notes that key is seen at a stamp in the ways of mask. Much of what a leg sees the
// one before it saw too, but to tell that costs more than to find it once more.
func (e *eye) see(key uint64, mask window.Stamp, stamp uint32) {
	at := e.block.find(key, e.n)
	if at < 0 {
		e.seeNew(key, mask, stamp)
		return
	}
	e.it.stamp(&e.block, at, mask, stamp)
}

// seeNew notes an item that is not in the block. The others may move for it.
func (e *eye) seeNew(key uint64, mask window.Stamp, stamp uint32) {
	switch {
	case e.who.marks&big != 0:
		e.it.touch(e.who, key, mask, stamp)
	case e.n == e.room:
		e.it.insert(e.who, key, mask, stamp)
		e.turn(e.it, e.who)
	default:
		e.it.stir(e.who, key, seenOf(e.block.words[0], window.Item(key>>setShift)) > 0)
		e.it.put(&e.block, key, mask, stamp)
		e.n++
	}
}
