package shard

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/internal/fetch"
	"github.com/cdrstream/cdrstream/engine/window"
)

// advance does everything that is due when all legs before t have been folded:
// boundaries are emitted and days closed, in the order of time. A boundary at
// the edge of a day is emitted first: its rows end with that day.
func (s *Shard) advance(t cdr.Millis) error {
	for min(s.boundary, s.dayEnd) <= t {
		if s.boundary <= s.dayEnd {
			if err := s.endPeriod(s.boundary); err != nil {
				return err
			}
			s.before, s.boundary = s.boundary, s.Boundaries.After(s.boundary)
			continue
		}
		s.closeDay()
	}
	return nil
}

// finish emits the boundary that closes the period of the last record.
func (s *Shard) finish(last cdr.Millis) error {
	if err := s.advance(last); err != nil {
		return err
	}
	end := s.boundary
	for s.dayEnd < end {
		s.closeDay()
	}
	return s.endPeriod(end)
}

// closeDay ends the open day: it is packed and added to the windows, the days
// that leave them are subtracted, and what nobody can see any more is dropped.
// All this comes after the end of a save that is going on, see save.go. Whoever is
// added to or subtracted from has changed; whoever only loses what nobody sees has
// not: Loaded drops it again.
func (s *Shard) closeDay() {
	s.finishSave()
	if s.days != nil {
		s.closeRows()
	}
	s.open(s.today + 1)
	s.setCut(s.dayStart)
	s.sweep()
	s.compact()
}

// compact gives back the memory that items left behind when they moved to
// larger blocks, and rows of the silent.
func (s *Shard) compact() {
	s.people.arena.age()
	for fours := range s.items.blocks {
		blocks := &s.items.blocks[fours]
		if !blocks.sparse() {
			continue
		}
		blocks.compact(func(move func(ref) ref) {
			s.people.each(func(_ uint32, who *person) {
				if int(who.fours) == fours && who.small() {
					who.items = move(who.items)
				}
			})
		})
	}
	if s.days == nil || !s.days.rows.sparse() {
		return
	}
	s.days.rows.compact(func(move func(ref) ref) {
		s.people.each(func(_ uint32, who *person) {
			if who.row != 0 {
				who.row = move(who.row)
			}
		})
	})
}

// closeRows closes the day for all who were active in it, and subtracts the days that leave
// the windows with it.
func (s *Shard) closeRows() {
	d := s.days
	blocks, active := new(closedDay), false
	for partition := range blocks {
		blocks[partition] = s.closeBlock(uint32(partition))
		active = active || blocks[partition] != nil
	}
	delete(d.closed, s.today+1-window.Day(d.longest))
	if active {
		d.closed[s.today] = blocks
		d.noteClosed(s.today)
	}
}

// closeBlock closes the day for those of one partition and returns its block.
func (s *Shard) closeBlock(partition uint32) []byte {
	d := s.days
	d.block, d.previous = d.block[:0], 0
	d.findLeavers(partition, s.today+1)
	s.people.eachOf(partition, func(slot uint32, who *person) {
		if who.row == 0 || who.last() < s.dayStart {
			return
		}
		if d.crowd = append(d.crowd, slot); len(d.crowd) == cap(d.crowd) {
			s.closeCrowd()
			d.leave(s, partition, d.previous)
		}
	})
	s.closeCrowd()
	d.leave(s, partition, maxLocal)
	if len(d.block) == 0 {
		return nil
	}
	return bytes.Clone(d.block)
}

// soon is how many rows before it is closed a row is asked for. It is some 10 lines long, and
// a processor waits for some dozens at a time: who asks for more has to wait to ask.
const soon = 3

// closeCrowd closes the day for some of a partition. Their rows lie far apart:
// each is asked for while those before it are closed.
func (s *Shard) closeCrowd() {
	d := s.days
	ask := func(crowd []uint32) {
		for _, slot := range crowd {
			fetch.Words(d.rows.at(s.people.at(slot).row))
		}
	}
	beats := s.beats()
	ask(d.crowd[:min(soon, len(d.crowd))])
	for i, slot := range d.crowd {
		if i+soon < len(d.crowd) {
			ask(d.crowd[i+soon:][:1])
		}
		who := s.people.at(slot)
		who.epoch = s.epoch
		d.block = d.closeDay(d.block, localOf(slot)-d.previous, d.rows.at(who.row), s.today, beats)
		d.previous = localOf(slot)
	}
	d.crowd = d.crowd[:0]
}

// sweep frees what the silent no longer need, and the slots of those who have
// been silent for too long.
func (s *Shard) sweep() {
	oldestDay, hours := s.dayStart, s.dayStart
	for _, w := range s.Plan.Windows {
		if w.Days {
			oldestDay = min(oldestDay, s.Days.Start(s.today-window.Day(w.Panes-1)))
		} else {
			hours = min(hours, s.windowStart(w, s.dayStart+1))
		}
	}
	oldest := min(oldestDay, hours)
	if s.journals != nil {
		oldestDay = min(oldestDay, hours) // a row holds the journal
	}
	s.people.each(func(slot uint32, who *person) {
		if who.row != 0 && who.last() < hours && who.last() >= s.hoursFrom {
			s.forgetHours(slot, who)
		}
		if who.row != 0 && who.last() < oldestDay {
			s.days.rows.put(who.row)
			who.row = 0
		}
		if who.last() >= oldest {
			return
		}
		s.items.release(who)
		for _, e := range s.exact {
			e.release(slot)
		}
		if s.dayStart-who.last() > s.Retain {
			s.table.remove(who.key)
			delete(s.names, who.key)
			s.discard(slot, who)
			s.people.remove(slot)
		}
	})
	s.hoursFrom = hours
}
