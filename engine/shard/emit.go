package shard

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// frameRows is how many rows leave at once: few enough for the sink to find most
// of them in the cache, enough for its pages.
const frameRows = 1 << 13

// emitter turns state into rows. Subscribers are visited in the order of their
// text, a tile at a time.
type emitter struct {
	tile   *feature.Tile
	frame  feature.Frame
	who    []candidate
	row    []uint64   // scratch for a window of days
	moves  [][][]move // by grid and window
	census census
	oldest uint32 // the stamp at which the longest window begins
}

// candidate is a subscriber that gets a row.
type candidate struct {
	sort uint64 // orders digits as text; the same for all names, see compare
	slot uint32
}

func newEmitter(s *Shard) emitter {
	e := emitter{tile: s.Plan.NewTile()}
	if s.days != nil {
		e.row = make([]uint64, s.days.words)
	}
	for g := range s.Plan.Grids {
		grid := &s.Plan.Grids[g]
		of := make([][]move, len(grid.Windows))
		for w := range grid.Windows {
			of[w] = newMoves(&grid.Layout, &grid.Windows[w])
		}
		e.moves = append(e.moves, of)
	}
	e.census = newCensus(s.Plan)
	return e
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
	s.aim(t)
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

// candidates lists who gets a row at t, in the order of their text.
func (s *Shard) candidates(t cdr.Millis) {
	s.emitter.who = s.emitter.who[:0]
	s.people.each(func(slot uint32, who *person) {
		if who.last == never || t-who.last > s.Retain || !s.EmitAll && who.last < s.before {
			return
		}
		if s.Outsiders == Rules && who.marks&home == 0 {
			return
		}
		s.emitter.who = append(s.emitter.who, candidate{sortKey(who.key), slot})
	})
	slices.SortFunc(s.emitter.who, s.compare)
}

// sortKey orders numbers as their text: digits left-aligned, then by length.
// Names and IMSI keys come last for now; see compare.
func sortKey(n cdr.Number) uint64 {
	if n.IsName() || n.IsIMSI() {
		return ^uint64(0)
	}
	v := n.Value()
	for range 16 - n.Len() {
		v *= 10
	}
	return v<<5 | uint64(n.Len())
}

func (s *Shard) compare(a, b candidate) int {
	if a.sort != ^uint64(0) && b.sort != ^uint64(0) {
		return cmp.Compare(a.sort, b.sort)
	}
	ta, _ := s.text(nil, s.people.at(a.slot).key)
	tb, _ := s.text(nil, s.people.at(b.slot).key)
	return bytes.Compare(ta, tb)
}

// aim sets where the windows of the distinct counts begin.
func (s *Shard) aim(t cdr.Millis) {
	from := make([]uint32, len(s.Plan.Windows))
	s.emitter.oldest = ^uint32(0)
	for w, spec := range s.Plan.Windows {
		start := s.windowStart(spec, t)
		from[w] = max(1, s.items.stamps.of(start, s.Days.Day(start)))
		s.emitter.oldest = min(s.emitter.oldest, from[w])
	}
	s.emitter.census.aim(from)
}

// fill computes the rows of who into the frame.
func (s *Shard) fill(who []candidate, t cdr.Millis) error {
	f, tile := &s.emitter.frame, s.emitter.tile
	f.Reset(len(s.Plan.Schema.Fields))
	for len(who) > 0 {
		n := min(len(who), feature.TileRows)
		tile.Rows = n
		s.approach(who[:n])
		for r, c := range who[:n] {
			if err := s.fixed(c.slot, t); err != nil {
				return err
			}
			s.ages(r, c.slot)
			s.measures(r, c.slot, t)
			s.distinct(r, c.slot)
		}
		s.Plan.Compute(tile, f)
		f.Rows += n
		who = who[n:]
	}
	return nil
}

// approach reads a word of each line of the state of who, so that the waits for
// memory overlap.
func (s *Shard) approach(who []candidate) {
	var sum uint64
	for _, c := range who {
		sum += uint64(s.people.at(c.slot).last)
	}
	for _, c := range who {
		p := s.people.at(c.slot)
		if p.row != 0 {
			row := s.days.rows.at(p.row)
			for w := 0; w < len(row); w += 8 {
				sum += row[w]
			}
		}
		if p.items != 0 && p.marks&big == 0 {
			b := s.items.block(p)
			for w := 0; w < int(p.count)*b.stride; w += 8 {
				sum += b.items[w]
			}
		}
	}
	s.warmth += sum
}

// fixed appends the columns that every row has.
func (s *Shard) fixed(slot uint32, t cdr.Millis) (err error) {
	f, p := &s.emitter.frame, s.people.at(slot)
	if f.SubscriberText, err = s.text(f.SubscriberText, p.key); err != nil {
		return err
	}
	f.SubscriberOffsets = append(f.SubscriberOffsets, int32(len(f.SubscriberText)))
	f.Home = append(f.Home, p.marks&home != 0)
	f.ObservedDays = append(f.ObservedDays, int64(s.today-s.Days.Day(s.first)))
	f.Approx = append(f.Approx, p.marks&big != 0 && s.items.bigs[p.items].dropped >= s.emitter.oldest)
	return nil
}

func (s *Shard) ages(r int, slot uint32) {
	p, tile := s.people.at(slot), s.emitter.tile
	since := func(d window.Day) int64 {
		if d == noDay {
			return feature.NoAge
		}
		return int64(s.today - d)
	}
	tile.SetAge(feature.Tenure, r, since(p.first))
	tile.SetAge(feature.SinceActivity, r, since(s.Days.Day(p.last)))
	tile.SetAge(feature.SinceOutgoing, r, since(p.out))
	tile.SetAge(feature.SinceIMSI, r, since(p.imsiDay))
}

// measures fills the columns of all windows for row r.
func (s *Shard) measures(r int, slot uint32, t cdr.Millis) {
	e := 0
	for g := range s.Plan.Grids {
		grid := &s.Plan.Grids[g]
		if grid.Spec.Days {
			s.dayWindows(r, slot, g)
			continue
		}
		x := s.exact[e]
		e++
		for w := range grid.Windows {
			sum := x.value(slot, grid.Windows[w].Panes, x.grid.Pane(t-1))
			s.emitter.set(r, s.emitter.moves[g][w], sum)
		}
	}
}

func (s *Shard) dayWindows(r int, slot uint32, g int) {
	p, grid := s.people.at(slot), &s.Plan.Grids[g]
	for w := range grid.Windows {
		if p.row == 0 {
			clear(s.emitter.row)
		} else {
			s.days.value(s.emitter.row, s.days.rows.at(p.row), grid.Windows[w].Panes, s.today)
		}
		s.emitter.set(r, s.emitter.moves[g][w], s.emitter.row)
	}
}

// move copies one measure from a row of a window to a column of the tile.
type move struct {
	column, word int
	shift        uint8
	wide         bool // a sum of squares: 128 bits, two columns
	mask         uint64
}

// newMoves lists what a window's columns take from its rows.
func newMoves(l *window.Layout, w *feature.WindowPlan) (moves []move) {
	for i, col := range w.Columns {
		if col < 0 {
			continue
		}
		f := l.Fields[i]
		moves = append(moves, move{col, f.Word, f.Shift, l.Measures[i].Kind == window.Squares, f.Mask})
	}
	return moves
}

// set spreads the measures in row over the columns of a window.
func (e *emitter) set(r int, moves []move, row []uint64) {
	for i := range moves {
		m := &moves[i]
		if m.wide {
			hi, lo := window.SquaresAt(row, m.word)
			e.tile.Set(m.column, r, int64(lo))
			e.tile.Set(m.column+1, r, int64(hi))
			continue
		}
		e.tile.Set(m.column, r, int64(row[m.word]>>(m.shift&63)&m.mask))
	}
}

// distinct counts the items of slot in all windows.
func (s *Shard) distinct(r int, slot uint32) {
	c := &s.emitter.census
	c.reset()
	p := s.people.at(slot)
	switch {
	case p.marks&big != 0:
		s.items.bigs[p.items].each(func(key uint64, st []uint64) { c.see(key, s.items.stamps.get(st)) })
	case p.items != 0:
		b := s.items.block(p)
		if s.items.stamps.words == 1 {
			c.days.see(b.items[:2*int(p.count)])
			break
		}
		for i := range int(p.count) {
			c.see(b.key(i), s.items.stamps.get(b.stamps(i)))
		}
	}
	c.report(s.emitter.tile, r)
}
