package shard

import (
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/window"
)

// keys tell what the legs of a batch have seen of each set, without a branch: which set
// comes next is not to be guessed.
type keys [itemSets]keyColumn

// A name's hash loses its upper bits as a key, but can not meet a number, which has the
// bit clear that a name has set here.
const (
	nameShift = 59
	nameKey   = 1 << nameShift
)

// keyColumn is where the keys of a set come from: a part of the words of a column.
type keyColumn struct {
	words *[window.MaxLegs]uint64
	mask  uint64 // of the part
	name  uint64 // nameKey where there are names
	set   uint64
	shift uint8
}

func newKeys(l *window.Legs) (k keys) {
	areas := (*[window.MaxLegs]uint64)(unsafe.Pointer(&l.PeerPlace)) // numbers and places are words
	k[window.PeerItem] = keyColumn{words: (*[window.MaxLegs]uint64)(unsafe.Pointer(&l.Peer)), mask: keyMask, name: nameKey}
	k[window.AreaItem] = keyColumn{words: areas, mask: 1<<32 - 1}
	k[window.CountryItem] = keyColumn{words: areas, mask: 1<<16 - 1, shift: 32}
	k[window.CellItem] = keyColumn{words: &l.Cell, mask: keyMask}
	k[window.RegionItem] = keyColumn{words: &l.Region, mask: keyMask}
	k[window.IMEIItem] = keyColumn{words: &l.IMEI, mask: keyMask}
	k[window.IMSIItem] = keyColumn{words: &l.IMSI, mask: keyMask}
	for set := range k {
		k[set].set = uint64(set) << setShift
	}
	return k
}

// of returns the key of what leg i has seen of a set.
func (k *keys) of(l *window.Legs, set window.Item, i int) uint64 {
	if set == window.VisitedItem {
		return itemKey(set, uint64(l.VisitedMCC[i]))
	}
	c := &k[set%itemSets]
	w := c.words[i]
	return c.set | w>>(c.shift&63)&c.mask | w>>(63-nameShift)&c.name
}
