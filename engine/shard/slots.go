package shard

import (
	"math/bits"
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// A slot is where the state of a subscriber stands. It belongs to the partition
// of its subscriber and means the same whatever the number of shards:
//
//	slot = local<<6 | partition
//
// where locals are dealt from 0 in each partition. What is kept by slot stands in
// pages of 256 locals of one partition, made when the first of them is needed; so
// a shard has no memory for the partitions of others.
const (
	partitions = 1 << ownerBits
	pageBits   = 8
	pageSlots  = 1 << pageBits
	maxLocal   = 1 << 22 // subscribers of a partition: some 270 million in all
)

// partitionOf returns the partition that a subscriber belongs to.
func partitionOf(n cdr.Number) uint32 { return uint32(n.Hash() >> (64 - ownerBits)) }

func slotOf(partition, local uint32) uint32 { return local<<ownerBits | partition }

func localOf(slot uint32) uint32 { return slot >> ownerBits }

// place orders slots by partition, then by local.
func place(slot uint32) uint32 { return bits.RotateLeft32(slot, -ownerBits) }

// pageOf is the number of the page of a slot: the pages of all partitions in
// turn.
func pageOf(slot uint32) int {
	return int(slot>>(ownerBits+pageBits)<<ownerBits | slot&(partitions-1))
}

func inPage(slot uint32) uint32 { return slot >> ownerBits & (pageSlots - 1) }

// bySlot keeps one T for each slot.
type bySlot[T any] struct {
	pages []*[pageSlots]T // nil where nothing was ever kept
}

// at returns what is kept for a slot whose page must be there. It only computes an
// address: an index into the page would first read its beginning, one cache line
// more, to see whether it is there.
func (b *bySlot[T]) at(slot uint32) *T {
	var one T
	return (*T)(unsafe.Add(unsafe.Pointer(b.pages[pageOf(slot)]), uintptr(inPage(slot))*unsafe.Sizeof(one)))
}

// page returns the page of a slot, nil if there is none.
func (b *bySlot[T]) page(slot uint32) *[pageSlots]T {
	if n := pageOf(slot); n < len(b.pages) {
		return b.pages[n]
	}
	return nil
}

// look returns what is kept for a slot, nil if its page is not there.
func (b *bySlot[T]) look(slot uint32) *T {
	if b.page(slot) == nil {
		return nil
	}
	return b.at(slot)
}

// need returns what is kept for a slot and makes its page if need be.
func (b *bySlot[T]) need(slot uint32) *T {
	if b.page(slot) == nil {
		b.add(slot, new([pageSlots]T))
	}
	return b.at(slot)
}

// add makes p the page of a slot.
func (b *bySlot[T]) add(slot uint32, p *[pageSlots]T) {
	n := pageOf(slot)
	if n >= len(b.pages) {
		b.pages = append(b.pages, make([]*[pageSlots]T, n+1-len(b.pages))...)
	}
	b.pages[n] = p
}

// each calls f for every page there is.
func (b *bySlot[T]) each(f func(p *[pageSlots]T)) {
	for _, p := range b.pages {
		if p != nil {
			f(p)
		}
	}
}

// made is how many slots have a page.
func (b *bySlot[T]) made() int {
	n := 0
	b.each(func(*[pageSlots]T) { n += pageSlots })
	return n
}
