package shard

import "github.com/cdrstream/cdrstream/engine/internal/processor"

// countBytesAVX2 sets sums to what seeHalves counts of so many fours of items, countWordsAVX2
// to what seeWords does.
//
//go:noescape
func countBytesAVX2(sums *[fewHalves * countedSets]uint64, from *[fewHalves]uint64, keys, stamps *uint64, fours int)

//go:noescape
func countWordsAVX2(sums *[fewWindows * countedSets]uint64, from *[fewWindows]uint64, keys, stamps *uint64, fours int)

// The assembly knows where the set of a key stands, and how many there are.
var (
	_ = [1]struct{}{}[setShift-60]
	_ = [1]struct{}{}[countedSets-8]
	_ = [1]struct{}{}[fewWindows-4]
)

// seeFast is see where there are few windows and no pairs. It looks at four items at a time,
// the last ones with what stands behind them, see block.
func (d *shortCounts) seeFast(sums, keys, stamps []uint64) (ok bool) {
	fours := (len(keys) + 3) / 4
	if !processor.AVX2 || fours == 0 || 4*fours > cap(keys) {
		return false
	}
	switch {
	case d.halves && len(d.edges) == fewHalves:
		_ = stamps[2*fours-1]
		countBytesAVX2((*[fewHalves * countedSets]uint64)(sums), (*[fewHalves]uint64)(d.edges), &keys[0], &stamps[0], fours)
	case !d.halves && len(d.edges) == fewWindows:
		_ = stamps[4*fours-1]
		countWordsAVX2((*[fewWindows * countedSets]uint64)(sums), (*[fewWindows]uint64)(d.edges), &keys[0], &stamps[0], fours)
	default:
		return false
	}
	return true
}
