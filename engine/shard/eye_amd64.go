package shard

import (
	"github.com/cdrstream/cdrstream/engine/internal/processor"
	"github.com/cdrstream/cdrstream/engine/window"
)

// seeShortAVX2 is seeSome where stamps take half a word, seeWordAVX2 where they take one. The
// block has some items. New ones are added as long as there is room, if they are plain. It
// reads 64 tags at a time: behind those that there are stands the rest of the block, which
// never has fewer words.
//
//go:noescape
func seeShortAVX2(e *eye, list *sighting, n int) (seen int)

//go:noescape
func seeWordAVX2(e *eye, list *sighting, n int) (seen int)

// The assembly counts an item where countShift does, and has tags of up to 256 items.
var (
	_ = [1]struct{}{}[window.Items-9]
	_ = [256]struct{}{}[4*maxFours]
)

// seeSome stamps the first ones of list, and tells how many: up to one that seeNew is for, if
// there is one.
func (e *eye) seeSome(list []sighting) int {
	if !processor.AVX2 || len(list) == 0 || e.n == 0 || e.it.stamps.words != 1 {
		return e.seeKnown(list)
	}
	if e.it.short {
		return seeShortAVX2(e, &list[0], len(list))
	}
	return seeWordAVX2(e, &list[0], len(list))
}
