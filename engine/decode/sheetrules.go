package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// outcomes tells the outcomes of records without a disposition.
func (s *Sheet) outcomes() {
	for k := range SheetRows {
		outcome := cdr.NoAnswer
		if s.room.rows[k].TalkMS > 0 {
			outcome = cdr.Answered
		}
		s.outcome[k] = uint8(outcome)
	}
}

// usage is what follows from service, outcome and direction alone, as Values tells it.
type usage struct {
	flags              cdr.Flags // service, outcome, folded legs and what all records have
	ring, talk, longer uint32    // masks of what lies between the start of the usage and its release
	direction          uint8
	skip               uint8 // 1: no leg of it is folded
}

// usageOf is the place of a usage in the table.
func usageOf(service, outcome, direction uint8) uint8 { return service | outcome<<2 | direction<<5 }

// usages are what follows from each service, outcome and direction under u.
func (u *Rules) usages() (all [256]usage) {
	for service := range uint8(4) {
		for outcome := range uint8(8) {
			for d := range uint8(8) {
				all[usageOf(service, outcome, d)] = u.usage(Values{
					Service: cdr.Service(service), Outcome: cdr.Outcome(outcome), Direction: Direction(d), RingMS: 1, TalkMS: 2,
				})
			}
		}
	}
	return all
}

func (u *Rules) usage(v Values) (of usage) {
	d := v.direction()
	of.direction = uint8(d)
	const all = ^uint32(0)
	switch ms := v.release(); {
	case u.s.EventStart:
	case v.Service == cdr.Data:
		of.talk = all
	case ms == 3:
		of.ring, of.talk = all, all
	case ms == 2:
		of.longer = all
	}
	legs := v.legs(d) & (u.folded | cdr.ServedCalled)
	if legs&(cdr.Originating|cdr.Terminating) == 0 && !u.s.KeepUnused {
		of.skip = 1
	}
	of.flags = legs.With(v.Service, v.Outcome, cdr.RATUnknown) | u.marks
	return of
}

// derive finds direction, flags and release of all rows, and which of them are of
// no interest.
func (s *Sheet) derive(u *Rules, strips *[Columns]strip) {
	s.serve(u, strips[IMSI].rows)
	rows, skip, large := s.room.rows, missed(0), missed(0)
	rings, drops := strips[RingSeconds].rows, u.drops
	drops[0] &^= 1 // no cause is none
	for k := s.from; k < s.to; k++ {
		at := k & (SheetRows - 1)
		x, of := &rows[at], &u.usageTable[usageOf(s.service[at], s.outcome[at], s.direction[at])]
		s.direction[at] = of.direction
		calling, called, f := x.Calling, x.Called, of.flags|cdr.Flags(0).With(0, 0, cdr.RAT(s.rat[at]))
		if calling|called == 0 {
			s.odd.add(k)
		}
		ring, talk := x.RingMS, x.TalkMS
		x.RingMS = ring | (uint32(rings>>(k&63)&1) - 1) // RingUnknown where it is not told
		x.Release = x.Start + cdr.Millis(ring&of.ring) + cdr.Millis(talk&of.talk) + cdr.Millis(max(ring, talk)&of.longer)
		skip |= missed(of.skip) << (k & 63)
		if calling == 0 {
			f &^= cdr.Originating
		}
		if called == 0 {
			f &^= cdr.Terminating
		}
		cause := s.cause[at]
		s.room.cause[at] = uint16(cause)
		x.Flags = f | cdr.DropCause*cdr.Flags(drops[cause>>6&1]>>(cause&63)&1)
		large |= missed(-(cause >> 7)) >> 63 << (k & 63)
	}
	s.skip = skip
	s.mark(u, strips, large)
	if u.s.Latest != nil {
		s.checkLatest(u.s.Latest)
	}
}

// serve lets the IMSI stand for the served party where that has no number.
func (s *Sheet) serve(u *Rules, imsis missed) {
	for imsis != 0 {
		k := imsis.next()
		x, of := &s.room.rows[k], &u.usageTable[usageOf(s.service[k], s.outcome[k], s.direction[k])]
		p := parties{calling: x.Calling, called: x.Called}
		p.serve(of.flags, cdr.Number(x.IMSI))
		x.Calling, x.Called = p.calling, p.called
	}
}

// mark sets the flags that few records have; causes are the rows with one above 127.
func (s *Sheet) mark(u *Rules, strips *[Columns]strip, causes missed) {
	rows := s.room.rows
	for left := strips[Forwarded].rows; left != 0; {
		if k := left.next(); s.forwarded[k] != 0 {
			rows[k].Flags |= cdr.Forwarded
		}
	}
	for left := strips[PartialSequence].rows; left != 0; {
		if k := left.next(); s.partial[k] > 1 {
			rows[k].Flags |= cdr.Slice
		}
	}
	for causes != 0 {
		k := causes.next()
		rows[k].Flags &^= cdr.DropCause
		if u.dropped(uint16(s.cause[k])) {
			rows[k].Flags |= cdr.DropCause
		}
	}
}

// checkLatest makes odd what is too far in the future.
func (s *Sheet) checkLatest(l *Limit) {
	for k := s.from; k < s.to; k++ {
		if l.Before(s.room.rows[k&(SheetRows-1)].Release) {
			s.doubt(k)
		}
	}
}

// networks completes the flags of the rows with an IMSI or a visited network.
func (s *Sheet) networks(u *Rules, imsi, plmn *strip) {
	for left := imsi.rows | plmn.rows; left != 0; {
		k := left.next()
		var home, visited []byte
		if imsi.rows.has(k) {
			home = imsi.of(k)
		}
		if plmn.rows.has(k) {
			visited = plmn.of(k)
		}
		s.room.rows[k].Flags |= u.network(home, visited)
	}
}
