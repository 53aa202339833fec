package shard

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
)

// Busy reports whether subscriber n is one of those that are being folded, so that Look
// has to wait for a later breath.
func (s *Shard) Busy(n cdr.Number) bool { return s.within && int(queueOf(n)) == s.folding }

// Look fills f, which is new, with the features of subscriber n as of now: those that
// are written, in a single row. f.WindowEnd is the instant that they are of: all legs
// of the subscriber before it are in them, and none after. Before any leg of a day is
// folded it is a millisecond late, and legs at the very first instant of that day are
// not in them. It reports false if nothing is known of n. It is called between two calls
// of other methods, or from Breathe unless n is Busy.
func (s *Shard) Look(n cdr.Number, f *feature.Frame) (found bool, err error) {
	slot, found := s.table.find(n)
	if !found || s.people.at(slot).last() == never {
		return false, nil
	}
	t := s.settled(n)
	g := s.glass()
	g.aim(t)
	f.Shard, f.WindowEnd, f.Date = s.Number, t, s.Days.Day(t-1).Date()
	f.Reset(len(s.Plan.Schema.Fields))
	if err := s.fixed(f, s.oldestStamp(t), slot); err != nil {
		return false, err
	}
	g.tile.Rows = 1
	g.read(0, slot, t)
	s.Plan.Compute(g.tile, f.Columns)
	f.Rows = 1
	return true, nil
}

// glass is what Look reads through. It is made when it is first wanted.
func (s *Shard) glass() *gauge {
	if s.looker == nil {
		g := newGauge(s, &s.Plan.View, s.Plan.NewTile())
		s.looker = &g
	}
	return s.looker
}

// settled is the instant up to which all legs of subscriber n are folded, within the
// open day.
func (s *Shard) settled(n cdr.Number) cdr.Millis {
	t := s.foldedTo
	if q := int(queueOf(n)); q < s.folding {
		t = secondEnd(s.queues.last)
	}
	return max(t, s.dayStart+1)
}

// breatheEvery is how many subscribers may be looked at without a breath.
const breatheEvery = 1024

// breathe lets whoever waits for Look have its turn.
func (s *Shard) breathe() {
	if s.Breathe != nil {
		s.Breathe()
	}
}
