package shard

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/internal/fetch"
	"github.com/cdrstream/cdrstream/engine/window"
)

// frameRows is how many rows leave at once: a page of the sink, which makes a Huffman table
// for each. Fewer would still not be in the cache, some hundred columns wide.
const frameRows = 1 << 14

// emitter turns state into rows. Subscribers are visited in the order of their
// text, a tile at a time.
type emitter struct {
	gauge  gauge
	filler *feature.Filler
	frame  feature.Frame
	who    []candidate
	oldest uint32     // the stamp at which the longest window begins
	near   []wordSpan // of a row: what is read
}

// emit writes the rows of the boundary at t. All legs before t are folded, none
// at or after it.
func (s *Shard) emit(t cdr.Millis) error {
	if !s.touched && !s.EmitAll {
		return nil
	}
	s.touched = false
	s.candidates(t)
	if len(s.emitter.who) == 0 {
		return nil
	}
	s.emitter.gauge.aim(t)
	s.emitter.filler.Aim(func(w int) bool { return s.whole(s.Plan.Windows[w], t) })
	s.emitter.oldest = s.oldestStamp(t)
	s.findNear()
	f := &s.emitter.frame
	f.Epoch = uint64(s.epoch)
	f.Shard, f.WindowEnd, f.Date = s.Number, t, s.Days.Day(t-1).Date()
	who := s.emitter.who
	for len(who) > 0 {
		n := min(len(who), frameRows)
		if err := s.fill(who[:n], t); err != nil {
			return err
		}
		who = who[n:]
		s.rows += int64(n)
		f.Last = len(who) == 0
		if err := s.Emit(f); err != nil {
			return err
		}
	}
	return nil
}

// oldestStamp is the stamp at which the longest window begins at the instant t.
func (s *Shard) oldestStamp(t cdr.Millis) uint32 {
	oldest := ^uint32(0)
	for _, w := range s.Plan.Windows {
		oldest = min(oldest, s.firstStamp(w, t))
	}
	return oldest
}

// whole reports whether a window of days, at the instant t, holds all that the job has
// seen.
func (s *Shard) whole(w window.Spec, t cdr.Millis) bool { return s.windowStart(w, t) <= s.first }

// candidates lists who gets a row at t, in the order of their text.
func (s *Shard) candidates(t cdr.Millis) {
	s.emitter.who = s.emitter.who[:0]
	s.people.each(func(slot uint32, who *person) {
		if who.last() == never || t-who.last() > s.Retain || !s.EmitAll && who.last() < s.before {
			return
		}
		if s.Outsiders == Rules && who.marks&home == 0 {
			return
		}
		s.emitter.who = append(s.emitter.who, candidate{sortKey(who.key), slot})
	})
	s.sort(s.emitter.who)
}

// fill computes the rows of who into the frame.
func (s *Shard) fill(who []candidate, t cdr.Millis) error {
	f, g, filler := &s.emitter.frame, &s.emitter.gauge, s.emitter.filler
	filler.Begin(f, len(who))
	for i := -nearPeople; i < 0; i++ {
		s.approach(who, i)
	}
	for len(who) > 0 {
		n := min(len(who), feature.TileRows)
		for i, c := range who[:n] {
			s.approach(who, i)
			if err := s.fixed(f, s.emitter.oldest, c.slot); err != nil {
				return err
			}
		}
		filler.Start(f, n)
		g.readAll(who[:n], t, filler.Over)
		filler.Add(f)
		who = who[n:]
		s.breathe()
	}
	filler.End(f)
	return nil
}

// findNear finds the lines of a row of days that are read: all but those of what is kept of
// the day before, and those of sums that are as those of shorter windows.
func (s *Shard) findNear() {
	e := &s.emitter
	e.near = e.near[:0]
	if s.days == nil {
		return
	}
	for w := 0; w < s.days.kept; w += 8 {
		switch n := len(e.near); {
		case s.isOver(w):
		case n > 0 && e.near[n-1].to == w:
			e.near[n-1].to += 8
		default:
			e.near = append(e.near, wordSpan{w, w + 8})
		}
	}
	if n := len(e.near); n > 0 {
		e.near[n-1].to = min(e.near[n-1].to, s.days.kept)
	}
}

// wordSpan is the words of a row from one to before another.
type wordSpan struct{ from, to int }

// isOver reports whether the line from a word of a row on is all of a sum that is not read.
func (s *Shard) isOver(word int) bool {
	for w, spec := range s.Plan.Windows {
		if !spec.Days || !s.emitter.filler.Over(w) {
			continue
		}
		if at := s.days.closedAt(spec.Panes); at > 0 && at <= word && word+8 <= at+s.days.lasting.Words {
			return true
		}
	}
	return false
}

// A row's days are asked for nearDays rows before it, its subscriber nearPeople rows.
const (
	nearDays   = 8
	nearPeople = 24
)

// approach asks for what rows after row i will need, i being next: each row asks for a
// little, so that there is something to do until it comes. Before the first row it is
// called for those from -nearPeople on.
func (s *Shard) approach(who []candidate, i int) {
	if far := i + nearPeople; far < len(who) {
		p := s.people.at(who[far].slot)
		fetch.Line(&p.key)   // its first line ...
		fetch.Line(&p.marks) // ... and its last
	}
	if i += nearDays; i < 0 || i >= len(who) {
		return
	}
	if p := s.people.at(who[i].slot); p.row != 0 {
		row := s.days.rows.at(p.row)
		for _, n := range s.emitter.near {
			fetch.Words(row[n.from:n.to])
		}
	}
}

// approachItems asks for the items of who.
func (s *Shard) approachItems(who []candidate) {
	for _, c := range who {
		if p := s.people.at(c.slot); p.small() {
			s.items.fetch(p)
		}
	}
}

// fixed appends the columns that every row has. oldest is the stamp at which the
// longest window of the row begins.
func (s *Shard) fixed(f *feature.Frame, oldest uint32, slot uint32) (err error) {
	p := s.people.at(slot)
	if f.SubscriberText, err = s.text(f.SubscriberText, p.key); err != nil {
		return err
	}
	f.SubscriberOffsets = append(f.SubscriberOffsets, int32(len(f.SubscriberText)))
	f.Home = append(f.Home, p.marks&home != 0)
	f.ObservedDays = append(f.ObservedDays, int64(s.today-s.Days.Day(s.first)))
	f.Approx = append(f.Approx, p.marks&big != 0 && s.items.bigs[p.items].dropped >= oldest)
	return nil
}
