package shard

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// advance does everything that is due when all legs before t have been folded:
// boundaries are emitted and days closed, in the order of time. A boundary at
// the edge of a day is emitted first: its rows end with that day.
func (s *Shard) advance(t cdr.Millis) error {
	for min(s.boundary, s.dayEnd) <= t {
		if s.boundary <= s.dayEnd {
			if err := s.emit(s.boundary); err != nil {
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
	return s.emit(end)
}

// closeDay ends the open day: it is packed and added to the windows, the days
// that leave them are subtracted, and what nobody can see any more is dropped.
func (s *Shard) closeDay() {
	if s.days != nil {
		s.closeRows()
	}
	today := s.today
	s.open(today + 1)
	s.setCut(s.dayStart)
	if s.days != nil {
		for i, n := range s.days.spans {
			s.days.leave(s, i, today+1-window.Day(n))
		}
	}
	s.sweep()
	s.compact()
}

// compact gives back the memory that items left behind when they moved to
// larger blocks, and rows of the silent.
func (s *Shard) compact() {
	for e, blocks := range s.items.blocks {
		if blocks == nil || !blocks.sparse() {
			continue
		}
		blocks.compact(func(move func(ref) ref) {
			s.people.each(func(_ uint32, who *person) {
				if int(who.capacity) == e && who.items != 0 && who.marks&big == 0 {
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

// closeRows closes the day for all who were active in it.
func (s *Shard) closeRows() {
	d := s.days
	block := d.scratch[:0]
	previous := uint32(0)
	s.people.each(func(slot uint32, who *person) {
		if who.row == 0 || who.last < s.dayStart {
			return
		}
		block = d.closeDay(block, slot-previous, d.rows.at(who.row), s.today)
		previous = slot
	})
	if len(block) > 0 {
		d.closed[s.today] = bytes.Clone(block)
	}
	d.scratch = block
}

// sweep frees what the silent no longer need, and the slots of those who have
// been silent for too long.
func (s *Shard) sweep() {
	oldestDay, oldest := s.dayStart, s.dayStart
	for _, w := range s.Plan.Windows {
		start := s.windowStart(w, s.dayStart+1)
		oldest = min(oldest, start)
		if w.Days {
			oldestDay = min(oldestDay, start)
		}
	}
	s.people.each(func(slot uint32, who *person) {
		if who.row != 0 && who.last < oldestDay {
			s.days.rows.put(who.row)
			who.row = 0
		}
		if who.last >= oldest {
			return
		}
		s.items.release(who)
		for _, e := range s.exact {
			e.release(slot)
		}
		if s.dayStart-who.last > s.Retain {
			s.table.remove(who.key)
			delete(s.names, who.key)
			s.people.remove(slot)
		}
	})
}
