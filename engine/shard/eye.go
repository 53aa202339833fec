package shard

import "github.com/cdrstream/cdrstream/engine/window"

// eye stamps the items of one subscriber, leg after leg, the block at hand. Much of what
// a leg sees the one before it saw too: the device, the country, the cell.
type eye struct {
	it     *items
	who    *person
	block  block // unless who has no items or a big set
	lately [window.Items]lastSeen
}

// lastSeen is the item of a set that was seen last, while it is known where it stands.
type lastSeen struct {
	key   uint64 // 0: none
	stamp uint32
	at    uint8
	mask  window.Stamp // the ways in which it was seen at that stamp
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
	e.it, e.who = it, who
	e.lately = [len(e.lately)]lastSeen{}
	if words != nil {
		e.block = it.apart(words, int(who.fours))
	}
}

// see notes that key is seen at a stamp in the ways of mask.
func (e *eye) see(key uint64, mask window.Stamp, stamp uint32) {
	if e.who.marks&big != 0 {
		e.it.touch(e.who, key, mask, stamp)
		return
	}
	x := &e.lately[key>>setShift]
	switch {
	case x.key != key:
		at := e.find(key)
		if at < 0 {
			e.seeNew(key, mask, stamp)
			return
		}
		*x = lastSeen{key, stamp, uint8(at), mask}
	case x.stamp != stamp:
		x.stamp, x.mask = stamp, mask
	case x.mask&mask == mask:
		return
	default:
		x.mask |= mask
	}
	e.it.stamp(&e.block, int(x.at), mask, stamp)
}

func (e *eye) find(key uint64) int {
	if e.who.items == 0 {
		return -1
	}
	return e.block.find(key, e.block.n())
}

// seeNew notes an item that is not there. The others may move for it.
func (e *eye) seeNew(key uint64, mask window.Stamp, stamp uint32) {
	if e.who.items != 0 && e.block.n() < e.it.room(e.who) {
		e.it.stir(e.who, key)
		e.it.put(&e.block, key, mask, stamp)
		return
	}
	e.it.insert(e.who, key, mask, stamp)
	e.turn(e.it, e.who)
}
