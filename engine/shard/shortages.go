package shard

import "math/bits"

// shortAges counts items whose stamps are 8 bits each within up to four windows, by how
// long ago they were seen: no stamp is later than the latest, so ages are had without a
// borrow, and as windows are at most 128 days long, half of the comparison goes: an item
// is out of a window if its age has the highest bit, or gets it when what is missing to
// 128 days is added. Those within are all others of the set.
type shortAges struct {
	latest uint64    // the latest stamp, in every lane
	add    [2]uint64 // by word: in each lane 127 less the age of what is just within its window
	fit    bool
}

const ageLimit = 127

func (a *shortAges) aim(from []uint32, latest uint32) {
	a.latest, a.add = ones*uint64(latest&lastShort), [2]uint64{}
	a.fit = latest <= lastShort && len(from) <= 4
	for w, v := range from {
		if !a.fit || v > latest || latest-v > ageLimit {
			a.fit = false
			return
		}
		a.add[w/2] |= uint64(spread8[15]) * uint64(ageLimit-(latest-v)) << (w % 2 * 32)
	}
}

// see counts a block of items, as shortCounts does. Two share a word of stamps.
func (a *shortAges) see(sums *[2 * countedSets]uint64, counts uint64, keys, stamps []uint64) {
	latest, add0, add1 := a.latest, a.add[0], a.add[1]
	for i := range len(keys) / 2 {
		st, pair := stamps[i], (*[2]uint64)(keys[2*i:])
		miss(sums, pair[0], latest-(st<<32|st&(1<<32-1)), add0, add1)
		miss(sums, pair[1], latest-(st&^(1<<32-1)|st>>32), add0, add1)
	}
	if n := len(keys); n%2 != 0 {
		miss(sums, keys[n-1], latest-doubled(stamps, n-1), add0, add1)
	}
	counts = bits.RotateLeft64(counts, 8) // as placeOf has them
	for at := 0; at < len(sums); at += 2 {
		all := counts & lastShort * ones
		sums[at], sums[at+1] = all-sums[at], all-sums[at+1]
		counts >>= 8
	}
}

// miss counts in which windows an item of some ages is not.
func miss(sums *[2 * countedSets]uint64, key, ages, add0, add1 uint64) {
	low, at := ages&^byteTops, 2*placeOf(key>>setShift)
	sums[at] += (ages | (low + add0)) & byteTops >> 7
	sums[at+1] += (ages | (low + add1)) & byteTops >> 7
}
