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
	row    []uint64   // scratch for a window of days
	moves  [][][]move // by grid and window of the view
	census census
	from   []uint32   // by window of the census: the stamp at which it begins
	at     cdr.Millis // what it is aimed at ...
	base   int64      // ... and the base of the stamps then
}

// newGauge returns a gauge that fills t, a tile of v.
func newGauge(s *Shard, v *feature.View, t *feature.Tile) gauge {
	g := gauge{shard: s, view: v, tile: t, census: newCensus(v.Counts, s.items.stamps.words == 1), at: never}
	g.from = make([]uint32, len(g.census.windows))
	if s.days != nil {
		g.row = make([]uint64, s.days.words)
	}
	for i := range s.Plan.Grids {
		of := make([][]move, len(v.Grids[i]))
		for w := range v.Grids[i] {
			of[w] = newMoves(&s.Plan.Grids[i].Layout, &v.Grids[i][w])
		}
		g.moves = append(g.moves, of)
	}
	return g
}

// aim sets where the windows of the distinct counts begin, at the instant t.
func (g *gauge) aim(t cdr.Millis) {
	if base := g.shard.items.stamps.base; g.at != t || g.base != base {
		g.at, g.base = t, base
	} else {
		return
	}
	for i, w := range g.census.windows {
		g.from[i] = g.shard.firstStamp(g.shard.Plan.Windows[w], t)
	}
	g.census.aim(g.from)
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
	g.tile.SetAge(feature.Tenure, r, since(p.first))
	g.tile.SetAge(feature.SinceActivity, r, since(s.Days.Day(p.last)))
	g.tile.SetAge(feature.SinceOutgoing, r, since(p.out))
	g.tile.SetAge(feature.SinceIMSI, r, since(p.imsiDay))
}

// measures fills the columns of all windows for row r.
func (g *gauge) measures(r int, slot uint32, t cdr.Millis) {
	s, e := g.shard, 0
	for i := range s.Plan.Grids {
		windows := g.view.Grids[i]
		if s.Plan.Grids[i].Spec.Days {
			g.dayWindows(r, slot, i)
			continue
		}
		x := s.exact[e]
		e++
		for w := range windows {
			panes := s.Plan.Windows[windows[w].Window].Panes
			g.set(r, g.moves[i][w], s.hours(x, panes, slot, t))
		}
	}
}

func (g *gauge) dayWindows(r int, slot uint32, i int) {
	s := g.shard
	p := s.people.at(slot)
	for w := range g.view.Grids[i] {
		panes := s.Plan.Windows[g.view.Grids[i][w].Window].Panes
		if p.row == 0 {
			clear(g.row)
		} else {
			s.days.value(g.row, s.days.rows.at(p.row), panes, s.today)
		}
		g.set(r, g.moves[i][w], g.row)
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
func newMoves(l *window.Layout, w *feature.WindowView) (moves []move) {
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
func (g *gauge) set(r int, moves []move, row []uint64) {
	for i := range moves {
		m := &moves[i]
		if m.wide {
			hi, lo := window.SquaresAt(row, m.word)
			g.tile.Set(m.column, r, int64(lo))
			g.tile.Set(m.column+1, r, int64(hi))
			continue
		}
		g.tile.Set(m.column, r, int64(row[m.word]>>(m.shift&63)&m.mask))
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
	if g.census.packed {
		g.census.short.see(b.items[:2*int(p.count)])
		return
	}
	for i := range int(p.count) {
		g.census.see(b.key(i), it.stamps.get(b.stamps(i)))
	}
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
