package shard

// unitAges is shortAges for stamps of 16 bits and three windows, none of which is longer
// than half of what a stamp can be.
type unitAges struct {
	latest uint64             // the latest stamp, in every lane
	add    [ageWindows]uint64 // in each lane ageMost less the age of what is just within the window
	fit    bool
}

const (
	ageWindows = 3
	ageMost    = lastStamp / 2
)

func (a *unitAges) aim(from []uint32, latest uint32) {
	a.latest = fourLanes * uint64(latest&lastStamp)
	a.fit = latest <= lastStamp && len(from) == ageWindows
	for w, v := range from {
		if !a.fit || v > latest || latest-v > ageMost {
			a.fit = false
			return
		}
		a.add[w] = fourLanes * uint64(ageMost-(latest-v))
	}
}

// see counts a block of items, as shortCounts does.
func (a *unitAges) see(all *[fewWindows * countedSets]uint64, keys, stamps []uint64) {
	latest, add0, add1, add2 := a.latest, a.add[0], a.add[1], a.add[2]
	for i, key := range keys {
		ages := latest - stamps[i]
		low, at := ages&^laneTops, fewWindows*placeOf(key>>setShift)
		all[at] += ^(ages | (low + add0)) & laneTops >> 15
		all[at+1] += ^(ages | (low + add1)) & laneTops >> 15
		all[at+2] += ^(ages | (low + add2)) & laneTops >> 15
	}
}
