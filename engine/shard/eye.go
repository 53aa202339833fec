package shard

import "github.com/cdrstream/cdrstream/engine/window"

// eye stamps the items of one subscriber, leg after leg, the block at hand. Much of what
// a leg sees the one before it saw too: the device, the country, the cell.
type eye struct {
	it     *items
	who    *person
	block  block // unless who has no items or a big set
	lately [1 << (64 - setShift)]lastSeen
}

// lastSeen is the item of a set that was seen last, while it is known where it stands.
type lastSeen struct {
	key   uint64 // 0: none
	at    int32
	stamp uint32
	mask  window.Stamp // the ways in which it was seen at that stamp
}

// turn turns to the items of who. Nobody else may change them until it turns again.
func (e *eye) turn(it *items, who *person) {
	e.it, e.who = it, who
	e.lately = [len(e.lately)]lastSeen{}
	e.focus()
}

func (e *eye) focus() {
	if e.who.items != 0 && e.who.marks&big == 0 {
		e.block = e.it.block(e.who)
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
		*x = lastSeen{key, int32(at), stamp, mask}
	case x.stamp != stamp:
		x.stamp, x.mask = stamp, mask
	case x.mask&mask == mask:
		return
	default:
		x.mask |= mask
	}
	e.it.stamps.set(e.block.stamps(int(x.at)), mask, stamp)
}

func (e *eye) find(key uint64) int {
	if e.who.items == 0 {
		return -1
	}
	return e.block.find(key, int(e.who.count))
}

// seeNew notes an item that is not there. The others may move for it.
func (e *eye) seeNew(key uint64, mask window.Stamp, stamp uint32) {
	before, capacity := e.who.items, e.who.capacity
	e.it.insert(e.who, key, mask, stamp)
	if e.who.items != before || e.who.capacity != capacity {
		e.lately = [len(e.lately)]lastSeen{}
		e.focus()
	}
}
