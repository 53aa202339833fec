package shard

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// peerKey is the key of a peer, told by cases.
func peerKey(n cdr.Number) uint64 {
	if n.IsName() {
		return itemKey(window.PeerItem, uint64(n)|1<<59)
	}
	return itemKey(window.PeerItem, uint64(n))
}

// keyOf is what leg i has seen of a set, told by cases.
func keyOf(l *window.Legs, set window.Item, i int) uint64 {
	switch set {
	case window.PeerItem:
		return peerKey(l.Peer[i])
	case window.AreaItem:
		return itemKey(set, uint64(l.PeerPlace[i].Area()))
	case window.CountryItem:
		return itemKey(set, uint64(l.PeerPlace[i].Country()))
	case window.VisitedItem:
		return itemKey(set, uint64(l.VisitedMCC[i]))
	case window.CellItem:
		return itemKey(set, l.Cell[i])
	case window.RegionItem:
		return itemKey(set, l.Region[i])
	case window.IMEIItem:
		return itemKey(set, l.IMEI[i])
	default:
		return itemKey(set, l.IMSI[i])
	}
}

// The keys of what legs have seen are those that the cases tell, names and all.
func TestKeys(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 30))
	l := new(window.Legs)
	k := newKeys(l)
	for i := range window.MaxLegs {
		l.Peer[i], l.PeerPlace[i], l.VisitedMCC[i] = cdr.Number(r.Uint64()), cdr.Place(r.Uint64()), uint16(r.Uint32())
		l.Cell[i], l.Region[i], l.IMEI[i], l.IMSI[i] = r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64()
	}
	for set := window.PeerItem; set < window.Items; set++ {
		for i := range window.MaxLegs {
			if got, want := k.of(l, set, i), keyOf(l, set, i); got != want {
				t.Fatalf("set %d, leg %d: key %x, want %x", set, i, got, want)
			}
		}
	}
}
