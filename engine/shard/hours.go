package shard

import (
	"encoding/binary"
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// hours adds up the window of so many panes of a grid of exact length at the
// instant t. The result is good until the next call.
func (s *Shard) hours(e *exact, panes int, slot uint32, t cdr.Millis) []uint64 {
	last := e.grid.Pane(t - 1)
	x, ok := s.journalOf(slot)
	if !ok {
		return e.value(slot, panes, last)
	}
	r := s.journals.reckoning(e, panes)
	add := func(_ cdr.Millis, kind int32, q *window.Quantities) {
		window.Apply(r.sum, s.program.KindSteps(kind, e.index), q)
	}
	g, start := s.logOf(slot), e.grid.Start(last-int64(panes)+1)
	if r.slot != slot || r.start != start || !s.journals.since(g, x, r.upTo, start, add) {
		clear(r.sum)
		s.journals.each(g, x, start, add)
	}
	r.slot, r.start, r.upTo = slot, start, x.ref
	return r.sum
}

// reckoning is what a window of hours was when it was last added up. Whoever is looked at is
// looked at once more before long, mostly: by the rule whose gate has looked, and after the
// next leg. Then only the legs are added that have come since, as long as none leaves.
type reckoning struct {
	grid  *exact
	panes int
	slot  uint32
	start cdr.Millis
	upTo  legRef // the last block that is in sum
	sum   []uint64
}

// reckoning returns that of the window of so many panes of a grid.
func (j *journals) reckoning(e *exact, panes int) *reckoning {
	for i := range j.reckonings {
		if r := &j.reckonings[i]; r.grid == e && r.panes == panes {
			return r
		}
	}
	j.reckonings = append(j.reckonings, reckoning{grid: e, panes: panes, start: never, sum: make([]uint64, e.layout.Words)})
	return &j.reckonings[len(j.reckonings)-1]
}

// journalOf returns the journal of a subscriber; not ok: it has panes.
func (s *Shard) journalOf(slot uint32) (x journal, ok bool) {
	if s.journals == nil {
		return journal{}, false
	}
	who := s.people.at(slot)
	if who.row == 0 {
		return journal{}, true
	}
	x = s.days.journal(s.days.rows.at(who.row), s.hoursFrom)
	return x, x.ref != inPanes
}

// logOf is the log that holds the legs of a subscriber.
func (s *Shard) logOf(slot uint32) *legLog {
	return &s.journals.logs[queueOf(s.people.at(slot).key)]
}

// toPanes makes panes of a journal.
func (s *Shard) toPanes(slot uint32, x journal) {
	s.journals.inOrder(s.logOf(slot), x, x.last-s.journals.span, func(t cdr.Millis, kind int32, q *window.Quantities) {
		for _, e := range s.exact {
			e.add(slot, t, s.program.KindSteps(kind, e.index), q)
		}
	})
}

// settleHours makes a subscriber that was loaded with panes one that has them.
func (s *Shard) settleHours(slot uint32) {
	if s.journals == nil {
		return
	}
	who := s.people.at(slot)
	for _, e := range s.exact {
		switch st := e.states.look(slot); {
		case st == nil || st.row == 0:
		case who.row == 0: // nobody sees them
			e.release(slot)
		default:
			s.days.setJournal(s.days.rows.at(who.row), journal{ref: inPanes})
		}
	}
}

// forgetHours frees the panes of a subscriber that no window of hours can see any more, so that
// it is logged again. Its row is read of nobody else: a journal that is too old is none.
func (s *Shard) forgetHours(slot uint32, who *person) {
	if s.journals == nil || !slices.ContainsFunc(s.exact, func(e *exact) bool { return e.keeps(slot) }) {
		return
	}
	for _, e := range s.exact {
		e.release(slot)
	}
	s.days.setJournal(s.days.rows.at(who.row), journal{})
}

// appendHours appends the panes of a subscriber, as record.go describes them.
func (s *Shard) appendHours(b []byte, e *exact, slot uint32, who *person) []byte {
	x, ok := s.journalOf(slot)
	switch {
	case !ok:
		return e.appendPanes(b, slot)
	case x.ref == noJournal:
		return append(b, 0)
	}
	p := paneWriter{grid: e}
	sum := s.journals.sum[:e.layout.Words]
	clear(sum)
	// What is older nobody sees who goes on from here.
	from := e.grid.Start(e.grid.Pane(max(x.last, s.saver.at-1)) - int64(e.panes) + 1)
	s.journals.inOrder(s.logOf(slot), x, from, func(t cdr.Millis, kind int32, q *window.Quantities) {
		p.turn(e.grid.Pane(t), sum)
		window.Apply(sum, s.program.KindSteps(kind, e.index), q)
	})
	if !p.begun {
		return append(b, 0)
	}
	b = binary.AppendVarint(append(b, 1), p.pane)
	b = e.layout.Pack(b, sum)
	return append(binary.AppendUvarint(b, uint64(len(p.closed))), p.closed...)
}

// paneWriter makes panes of legs.
type paneWriter struct {
	grid   *exact
	begun  bool
	pane   int64
	closed []byte
}

// turn makes pane the open one; row is the one that was.
func (p *paneWriter) turn(pane int64, row []uint64) {
	if p.begun && pane != p.pane {
		p.closed = binary.AppendVarint(p.closed, p.pane)
		p.closed = p.grid.layout.Pack(p.closed, row)
		clear(row)
	}
	p.begun, p.pane = true, pane
}
