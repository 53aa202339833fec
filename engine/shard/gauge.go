package shard

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// gauge reads what a view needs off the state of subscribers, a tile at a time.
type gauge struct {
	shard  *Shard
	view   *feature.View
	tile   *feature.Tile
	moves  [][]moves // by grid and window of the view
	census census
	from   []uint32   // by window of the census: the stamp at which it begins
	at     cdr.Millis // what it is aimed at ...
	base   int64      // ... and the base of the stamps then, and the open day
	today  window.Day

	rows   [feature.TileRows][]uint64 // of those in the tile: of their days, then of counts
	nobody []uint64                   // the row of those who have none
	counts []uint64                   // what shortCounts counts for those in the tile
	blocks [nearItems]block           // the items of the next of them ...
	large  []int                      // ... and the rows of those who have a big set
}

// newGauge returns a gauge that fills t, a tile of v.
func newGauge(s *Shard, v *feature.View, t *feature.Tile) gauge {
	g := gauge{shard: s, view: v, tile: t, census: newCensus(v.Counts, s.items.stamps.words == 1, s.items.short), at: never}
	g.from = make([]uint32, len(g.census.windows))
	for i := range s.Plan.Grids {
		of := make([]moves, len(v.Grids[i]))
		for w := range v.Grids[i] {
			of[w] = newMoves(&s.Plan.Grids[i].Layout, &v.Grids[i][w])
		}
		g.moves = append(g.moves, of)
	}
	if s.days != nil {
		g.nobody = make([]uint64, s.days.rows.words)
	}
	return g
}

// aim sets where the windows of the distinct counts begin, at the instant t.
func (g *gauge) aim(t cdr.Millis) {
	s := g.shard
	if base := s.items.stamps.base; g.at != t || g.base != base || g.today != s.today {
		g.at, g.base, g.today = t, base, s.today
	} else {
		return
	}
	for i, w := range g.census.windows {
		g.from[i] = s.firstStamp(s.Plan.Windows[w], t)
	}
	g.census.aim(g.from, s.items.stamps.of(s.dayEnd-1, s.today))
}

// firstStamp is the stamp at which a window begins at the instant t.
func (s *Shard) firstStamp(w window.Spec, t cdr.Millis) uint32 {
	start := s.windowStart(w, t)
	return max(1, s.items.stamps.of(start, s.Days.Day(start)))
}

// read fills row r of the tile with slot's measures at the instant t, which it is
// aimed at.
func (g *gauge) read(r int, slot uint32, t cdr.Millis) {
	g.ages(r, slot)
	g.measures(r, slot, t)
	g.distinct(r, slot, t)
}

func (g *gauge) ages(r int, slot uint32) {
	s := g.shard
	p := s.people.at(slot)
	since := func(d window.Day) int64 {
		if d == noDay {
			return feature.NoAge
		}
		return int64(s.today - d)
	}
	g.tile.SetAge(feature.Tenure, r, since(p.first()))
	g.tile.SetAge(feature.SinceActivity, r, since(s.Days.Day(p.last())))
	g.tile.SetAge(feature.SinceOutgoing, r, since(p.out()))
	g.tile.SetAge(feature.SinceIMSI, r, since(p.imsiDay()))
}

// measures fills the columns of all windows for row r.
func (g *gauge) measures(r int, slot uint32, t cdr.Millis) {
	s, e := g.shard, 0
	for i := range s.Plan.Grids {
		if s.Plan.Grids[i].Spec.Days {
			g.dayWindows(r, slot, i)
			continue
		}
		g.exactWindows(r, slot, i, s.exact[e], t)
		e++
	}
}

// exactWindows fills the columns of the windows of grid i, which is not of days.
func (g *gauge) exactWindows(r int, slot uint32, i int, x *exact, t cdr.Millis) {
	s, windows := g.shard, g.view.Grids[i]
	for w := range windows {
		panes := s.Plan.Windows[windows[w].Window].Panes
		row := s.hours(x, panes, slot, t)
		moves := &g.moves[i][w]
		g.spread(r, moves.sums, row)
		g.spread(r, moves.peaks, row)
		g.squares(r, moves.squares, row, nil, 0)
	}
}

// dayWindows fills the columns of the windows of days, each the open day and the sum
// of the closed ones.
func (g *gauge) dayWindows(r int, slot uint32, i int) {
	s := g.shard
	p := s.people.at(slot)
	if p.row == 0 {
		for w := range g.moves[i] {
			g.zero(r, &g.moves[i][w])
		}
		return
	}
	row := s.days.rows.at(p.row)
	open := s.days.open(row)
	for w := range g.moves[i] {
		moves, panes := &g.moves[i][w], s.Plan.Windows[g.view.Grids[i][w].Window].Panes
		closed := s.days.closedSum(row, panes)
		from := s.days.layout.Lasting.From
		g.squares(r, moves.squares, open, closed, from)
		g.highest(r, moves.peaks, row, panes)
		if closed == nil {
			g.spread(r, moves.sums, open)
			continue
		}
		g.spreadBoth(r, moves.sums, open, closed, from)
	}
}

// closedSum is the sum of the closed days of the window of n days, nil if it has none.
func (d *days) closedSum(row []uint64, n int) []uint64 {
	for i, span := range d.spans {
		if span == n {
			return d.sum(row, i)
		}
	}
	return nil
}

// highest is the greatest value of the maximum at a word on the n-1 days before today.
func (d *days) highest(row []uint64, word, n int, today window.Day) (most uint64) {
	for m, w := range d.layout.Maxima {
		if w != word {
			continue
		}
		for back := 1; back < n; back++ {
			most = max(most, *d.peak(row, m, today-window.Day(back)))
		}
	}
	return most
}

// moves is what a window's columns take from its rows, by how they add up.
type moves struct {
	sums, peaks, squares []move
	spread               spread // of sums, for many rows
}

// move copies one measure from a row of a window to a column of the tile; a sum of
// squares, 128 bits, to two.
type move struct {
	column, word int
	shift        uint8
	mask         uint64
}

func newMoves(l *window.Layout, w *feature.WindowView) (all moves) {
	for i, col := range w.Columns {
		if col < 0 {
			continue
		}
		f := l.Fields[i]
		m := move{col, f.Word, f.Shift, f.Mask}
		switch l.Measures[i].Kind {
		case window.Squares:
			all.squares = append(all.squares, m)
		case window.Max:
			all.peaks = append(all.peaks, m)
		default:
			all.sums = append(all.sums, m)
		}
	}
	all.spread = newSpread(all.sums)
	return all
}

// spread spreads the measures in row over the columns of a window.
func (g *gauge) spread(r int, moves []move, row []uint64) {
	t := g.tile
	for i := range moves {
		m := &moves[i]
		t.Set(m.column, r, int64(row[m.word]>>(m.shift&63)&m.mask))
	}
}

// spreadBoth is spread for the sum of two rows, of which the other begins with a later word.
func (g *gauge) spreadBoth(r int, moves []move, row, other []uint64, from int) {
	t := g.tile
	for i := range moves {
		m := &moves[i]
		t.Set(m.column, r, int64((row[m.word]+other[m.word-from])>>(m.shift&63)&m.mask))
	}
}

// squares spreads sums of squares, those of two rows likewise; other may be nil.
func (g *gauge) squares(r int, moves []move, row, other []uint64, from int) {
	for _, m := range moves {
		words := [3]uint64(row[m.word:])
		if other != nil {
			for i, v := range other[m.word-from:][:3] {
				words[i] += v
			}
		}
		hi, lo := window.SquaresAt(words[:], 0)
		g.tile.Set(m.column, r, int64(lo))
		g.tile.Set(m.column+1, r, int64(hi))
	}
}

// zero sets the columns of a window of somebody who has no row.
func (g *gauge) zero(r int, moves *moves) {
	for _, m := range moves.sums {
		g.tile.Set(m.column, r, 0)
	}
	for _, m := range moves.peaks {
		g.tile.Set(m.column, r, 0)
	}
	for _, m := range moves.squares {
		g.tile.Set(m.column, r, 0)
		g.tile.Set(m.column+1, r, 0)
	}
}

// distinct counts the items of slot in all windows.
func (g *gauge) distinct(r int, slot uint32, t cdr.Millis) {
	c, s := &g.census, g.shard
	if c.used == 0 {
		return
	}
	p := s.people.at(slot)
	if p.marks&big != 0 {
		c.reportBig(g.tile, r, s.items.rings, s.items.bigs[p.items], s.lastPanes(t))
		return
	}
	if c.packed {
		sums := c.short.sums
		var b block
		if p.items != 0 {
			b = s.items.block(p)
		}
		g.seeShort(&b, sums)
		c.short.tell(g.tile, r, sums)
		return
	}
	c.reset()
	if p.items != 0 {
		g.see(p)
	}
	c.report(g.tile, r)
}

// see counts the items of a small block.
func (g *gauge) see(p *person) {
	it := g.shard.items
	b := it.block(p)
	for i := range b.n() {
		m := it.moment(&b, i)
		g.census.see(b.keys[i], it.stamps.get(m[:]))
	}
}

// seeShort is see where stamps share a word; nobody's block is empty.
func (g *gauge) seeShort(b *block, sums []uint64) {
	if len(b.words) == 0 {
		clear(sums)
		return
	}
	g.census.short.see(sums, b.words[0], b.keys[:b.n()], b.stamps)
}

// lastPanes returns, by grid of the rings, the pane that ends windows at t.
func (s *Shard) lastPanes(t cdr.Millis) []int64 {
	r := s.items.rings
	if s.panesAt != t {
		s.panesAt, s.panes = t, s.panes[:0]
		for i := range r.grids {
			pane := int64(s.today)
			if length := int64(r.grids[i].pane); length > 0 {
				pane = (int64(t) - 1) / length
			}
			s.panes = append(s.panes, pane)
		}
	}
	return s.panes
}
