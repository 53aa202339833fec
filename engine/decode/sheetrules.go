package decode

import (
	"encoding/binary"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

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

// usage is what follows from service, outcome and direction alone, as Values tells it. It
// takes half a cache line.
type usage struct {
	services           uint64    // one of them, as sums counts it
	flags              cdr.Flags // service, outcome, folded legs and what all records have
	ring, talk, longer uint32    // masks of what lies between the start of the usage and its release
	answered           uint32    // mask of the talk that is of an answered voice record
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
	of.services, of.answered = 1<<(16*v.Service), allOnes(of.flags&usageBits^talk)
	return of
}

// derive finds direction, flags and release of all rows, and which of them are of
// no interest.
func (s *Sheet) derive(w *Writer, strips *[Columns]strip) {
	u := w.rules
	s.serve(u, strips[IMSI].rows)
	s.findUsages()
	s.sums, s.high = noSums, w.high
	d := s.deriveRows(u, strips[RingSeconds].rows)
	s.skip, s.noted = d.skip, d.noted
	s.absent(d.absent)
	s.mark(u, strips, d.large)
	if u.s.Latest != nil {
		s.checkLatest(u.s.Latest)
	}
}

// findUsages finds the places of all usages in the table, eight at once.
func (s *Sheet) findUsages() {
	for k := 0; k < SheetRows; k += 8 {
		service, outcome, direction := word(&s.service, k), word(&s.outcome, k), word(&s.direction, k)
		binary.LittleEndian.PutUint64(s.usage[k:], service|outcome<<2|direction<<5) // no value reaches the next byte
	}
}

func word(b *[SheetRows]uint8, k int) uint64 { return binary.LittleEndian.Uint64(b[k:]) }

// derived are the rows that are of no interest, those of which a party is absent, those
// with a cause above 127, and those of which there is a note.
type derived struct{ skip, absent, large, noted missed }

// deriveRowsWords is derive but for what few rows have. rings are the rows with a ring time. It
// counts all rows in the sheet's sums, and sets their high water.
func (s *Sheet) deriveRowsWords(u *Rules, rings missed) (d derived) {
	rows, sums, high := s.room.rows, s.sums, s.high
	for k := s.from; k < s.to; k++ {
		at := k & (SheetRows - 1)
		x, of := &rows[at], &u.usageTable[s.usage[at]]
		s.direction[at] = of.direction
		d.skip |= missed(of.skip) << at
		ring, talk := x.RingMS, x.TalkMS
		x.RingMS = ring | (uint32(rings>>at&1) - 1) // RingUnknown where it is not told
		release := x.Start + cdr.Millis(ring&of.ring) + cdr.Millis(talk&of.talk) + cdr.Millis(max(ring, talk)&of.longer)
		x.Release = release
		if x.Calling == 0 || x.Called == 0 {
			d.absent.add(at)
		}
		cause := s.cause[at]
		s.room.cause[at] = uint16(cause)
		d.large |= missed(-(cause >> 7)) >> 63 << at
		x.Flags = of.flags | cdr.Flags(0).With(0, 0, cdr.RAT(s.rat[at])) | u.dropFlags[min(cause, 128)]
		high = max(high, release)
		s.room.highWater[at] = high
		sums.services += of.services
		sums.first, sums.last = min(sums.first, release), max(sums.last, release)
		sums.charge += x.Charge
		answered := talk & of.answered
		sums.talkMS += int64(answered)
		if (answered|(of.answered+1))-1 >= longMS { // or it is 0
			d.noted.add(at)
		}
	}
	s.sums, s.high = sums, high
	return d
}

// absent takes away the legs of those rows of which a party is absent.
func (s *Sheet) absent(rows missed) {
	for rows != 0 {
		k := rows.next()
		x := &s.room.rows[k]
		p := parties{calling: x.Calling, called: x.Called}
		x.Flags = p.present(x.Flags)
		if x.Calling|x.Called == 0 {
			s.doubt(k)
		}
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
