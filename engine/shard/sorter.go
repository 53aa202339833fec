package shard

import (
	"cmp"
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// sorter orders the legs of a queue by subscriber. The legs of a subscriber stay in the
// order of time; which subscriber comes first is all the same.
type sorter struct {
	legs, spare []sortable
	warmth      uint64 // keeps what is read ahead from being optimized away
}

// sortable is a leg to be sorted.
type sortable struct {
	code uint16 // of the subscriber, see order.Leg
	leg  uint32
}

// sort returns the legs, those of each subscriber together. The result is good until the
// next call.
func (x *sorter) sort(q *queues, legs []queued) []sortable {
	if cap(x.legs) < len(legs) {
		n := len(legs) + len(legs)/4
		x.legs, x.spare = make([]sortable, n), make([]sortable, n)
	}
	a, b := x.legs[:len(legs)], x.spare[:len(legs)]
	var low, high [256]uint32 // how many legs have a code with that byte, then where the next one goes
	for i := range legs {
		c := legs[i].code
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
	x.warmth += warm(a, q, legs)
	separate(a, q, legs)
	return a
}

// begin makes of how many there are of each where the first one stands.
func begin(counts *[256]uint32) {
	sum := uint32(0)
	for i, n := range counts {
		counts[i] = sum
		sum += n
	}
}

// warm reads the records of sorted legs, each from another place of memory, a word of
// each line that the leg wants: nothing depends on what is read, so that the waits overlap.
func warm(a []sortable, q *queues, legs []queued) (sum uint64) {
	for _, v := range a {
		x := legs[v.leg]
		r := q.row(x)
		sum += uint64(r.Release)
		if x.what&served != 0 {
			sum += r.Identity
		}
	}
	return sum
}

// separate puts the legs of different subscribers that have the same code one behind the
// other.
func separate(a []sortable, q *queues, legs []queued) {
	of := func(x sortable) cdr.Number { return q.subject(legs[x.leg]) }
	for from := 0; from < len(a); {
		first, to, mixed := of(a[from]), from+1, false
		for ; to < len(a) && a[to].code == a[from].code; to++ {
			mixed = mixed || of(a[to]) != first
		}
		if mixed {
			slices.SortStableFunc(a[from:to], func(x, y sortable) int { return cmp.Compare(of(x), of(y)) })
		}
		from = to
	}
}
