package shard

import "github.com/cdrstream/cdrstream/engine/internal/fetch"

// cabinet holds dossiers by slot. Whoever has one is looked up at every visit, in memory that
// no cache has: unlike that of a map, it can be asked for before it is wanted.
type cabinet struct {
	places bySlot[uint32] // where in all a dossier stands; 0: there is none
	all    []*dossier     // from 1
	unused []uint32       // places in all
}

func newCabinet() cabinet { return cabinet{all: make([]*dossier, 1)} }

// find returns the dossier of a subscriber, nil if there is none.
func (c *cabinet) find(slot uint32) *dossier {
	if p := c.places.look(slot); p != nil {
		return c.all[*p]
	}
	return nil
}

// keep makes d the dossier of a subscriber.
func (c *cabinet) keep(slot uint32, d *dossier) {
	p := c.places.need(slot)
	if *p == 0 {
		*p = c.place()
	}
	c.all[*p] = d
}

// place is a place in all that nobody has.
func (c *cabinet) place() (p uint32) {
	if n := len(c.unused); n > 0 {
		p, c.unused = c.unused[n-1], c.unused[:n-1]
		return p
	}
	c.all = append(c.all, nil)
	return uint32(len(c.all) - 1)
}

// drop forgets the dossier of a subscriber, if there is one.
func (c *cabinet) drop(slot uint32) {
	p := c.places.look(slot)
	if p == nil || *p == 0 {
		return
	}
	c.all[*p] = nil
	c.unused = append(c.unused, *p)
	*p = 0
}

// near asks for the place of the dossier of a subscriber who has one; fetch, which reads that
// place, for the dossier.
func (c *cabinet) near(slot uint32) { fetch.Line(c.places.at(slot)) }

func (c *cabinet) fetch(slot uint32) {
	d := c.find(slot)
	fetch.Line(&d.rests)
	fetch.Line(&d.tracks)
}

// bytes is the memory of the places: dossiers are few.
func (c *cabinet) bytes() int { return 4 * c.places.made() }
