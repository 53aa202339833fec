package shard

import "github.com/cdrstream/cdrstream/engine/internal/processor"

// tallyWordsAVX2 counts, of so many fours of items, those of a set of which neither stamp is
// before from: those that stand so many bits up in the word of stamps.
//
//go:noescape
func tallyWordsAVX2(keys, stamps *uint64, fours int, set, stamp, also, from uint64) (n int64)

// tallyFast counts the first ones of some items, and tells how many these are.
func (a *tally) tallyFast(keys, stamps []uint64) (n int64, seen int) {
	fours := len(keys) / 4
	if !processor.AVX2 || fours == 0 {
		return 0, 0
	}
	_ = stamps[4*fours-1]
	return tallyWordsAVX2(&keys[0], &stamps[0], fours, uint64(a.Item), 16*uint64(a.stamp&3), 16*uint64(a.also&3), uint64(a.from)), 4 * fours
}
