package shard

import (
	"cmp"
	"slices"
)

// sorter orders the legs of a queue by subscriber. The legs of a subscriber stay in the
// order of time; which subscriber comes first is all the same.
type sorter struct {
	legs, spare []sortable
}

// sortable is a leg to be sorted.
type sortable struct {
	code uint16 // of the subscriber
	leg  uint32
}

// sort returns the legs, those of each subscriber together. The result is good until the
// next call.
func (x *sorter) sort(legs []queued) []sortable {
	if cap(x.legs) < len(legs) {
		n := len(legs) + len(legs)/4
		x.legs, x.spare = make([]sortable, n), make([]sortable, n)
	}
	a, b := x.legs[:len(legs)], x.spare[:len(legs)]
	var low, high [256]uint32 // how many legs have a code with that byte, then where the next one goes
	for i := range legs {
		c := codeOf(legs[i].hash)
		a[i] = sortable{c, uint32(i)}
		low[c&255]++
		high[c>>8]++
	}
	begin(&low)
	begin(&high)
	for _, v := range a {
		at := &low[v.code&255]
		b[*at] = v
		*at++
	}
	for _, v := range b {
		at := &high[v.code>>8]
		a[*at] = v
		*at++
	}
	separate(a, legs)
	return a
}

// codeOf are the bits of a hash below those of the partition and the queue.
func codeOf(h uint64) uint16 { return uint16(h >> (64 - ownerBits - queueBits - 16)) }

// begin makes of how many there are of each where the first one stands.
func begin(counts *[256]uint32) {
	sum := uint32(0)
	for i, n := range counts {
		counts[i] = sum
		sum += n
	}
}

// separate puts the legs of different subscribers that have the same code one behind the
// other.
func separate(a []sortable, legs []queued) {
	for from := 0; from < len(a); {
		first, to, mixed := legs[a[from].leg].hash, from+1, false
		for ; to < len(a) && a[to].code == a[from].code; to++ {
			mixed = mixed || legs[a[to].leg].hash != first
		}
		if mixed {
			slices.SortStableFunc(a[from:to], func(x, y sortable) int { return cmp.Compare(legs[x.leg].hash, legs[y.leg].hash) })
		}
		from = to
	}
}
