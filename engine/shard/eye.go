package shard

import "github.com/cdrstream/cdrstream/engine/window"

// eye stamps the items of one subscriber, leg after leg, the block at hand.
type eye struct {
	it    *items
	who   *person
	block block // unless who has no items or a big set
	stock window.Item
	ended bool  // the stock has become as large as most
	n     int   // items in the block, 0 without one
	room  int   // for so many in it, before more is to be done than to add one
	full  int   // for so many in it at all
	most  uint8 // the stock with which the calm ends
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
	e.it, e.who, e.n, e.full, e.most, e.ended = it, who, 0, 0, endlessStock, false
	if words != nil {
		it.apart(&e.block, words, int(who.fours))
		e.n, e.full = countOf(words), it.room(who)
	}
	e.room = e.full
}

// heed makes the calm end with a stock of most. Until it may be as large new items are added fast.
func (e *eye) heed(most uint8, of window.Item) {
	if e.most, e.stock, e.ended = most, of, false; most == endlessStock || e.who.calm == 0 || e.n == 0 {
		return
	}
	left := int(most) - int(seenOf(e.block.words[0], of))
	e.room = min(e.full, e.n+max(left-1, 0))
}

// seeAll stamps what list tells of, and tells how many that was: all of it or, if one changes
// or ends the calm of who, up to that. Much of what a leg sees the one before it saw too, but to
// tell that costs more than to find it once more.
func (e *eye) seeAll(list []sighting) int {
	calm := e.who.calm
	for n := 0; ; n++ {
		if n += e.seeSome(list[n:]); n >= len(list) {
			return n
		}
		if e.seeNew(&list[n]); e.who.calm != calm || e.ended {
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
	case e.n == e.full:
		most := e.most
		e.it.insert(e.who, x.key, x.mask, x.stamp)
		e.turn(e.it, e.who)
		e.notice(most)
	default:
		e.it.stir(e.who, x.key, seenOf(e.block.words[0], window.Item(x.key>>setShift)) > 0)
		e.it.put(&e.block, x.key, x.mask, x.stamp)
		e.n++
		e.notice(e.most)
	}
}

// notice ends the calm if a new item has made the stock as large as most, or a big set of the
// block: of that nobody knows how large the stock is, however large it may be.
func (e *eye) notice(most uint8) {
	switch {
	case e.who.marks&big != 0:
		e.who.calm = 0
	case most == endlessStock:
	case seenOf(e.block.words[0], e.stock) < int64(most):
		e.heed(most, e.stock)
	default:
		e.most, e.room, e.ended = endlessStock, e.full, true
	}
}
