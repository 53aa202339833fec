package shard

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/internal/fetch"
)

// A tile of many rows is filled column after column: what is to be done with a word is
// looked up once for all rows, and the lines of the rows' state, which have been read
// before, are near. A single row is filled measure after measure, see gauge.read.

// readAll fills the tile with the measures of who at the instant t, which it is aimed
// at, but for the windows of days that over reports: their columns are those of others.
func (g *gauge) readAll(who []candidate, t cdr.Millis, over func(window int) bool) {
	for r, c := range who {
		g.ages(r, c.slot)
	}
	s, e := g.shard, 0
	for i := range s.Plan.Grids {
		if s.Plan.Grids[i].Spec.Days {
			g.dayColumns(who, i, over)
			continue
		}
		for r, c := range who {
			g.exactWindows(r, c.slot, i, s.exact[e], t)
		}
		e++
	}
	if g.census.packed && g.census.used > 0 {
		g.distinctColumns(who, t)
		return
	}
	s.approachItems(who)
	for r, c := range who {
		g.distinct(r, c.slot, t)
	}
}

// nearItems is how many rows before it a row's items are asked for.
const nearItems = 4

// distinctColumns is distinct for all in the tile, where stamps share a word.
func (g *gauge) distinctColumns(who []candidate, t cdr.Millis) {
	s, short := g.shard, &g.census.short
	n := len(short.sums)
	if g.counts == nil {
		g.counts = make([]uint64, n*feature.TileRows)
	}
	counts := g.counts[:n*len(who)]
	g.large = g.large[:0]
	for r := range min(len(who), nearItems) {
		g.findItems(who, r)
	}
	for r := range who {
		g.rows[r] = counts[n*r:][:n]
		g.seeShort(&g.blocks[r%nearItems], g.rows[r])
		if next := r + nearItems; next < len(who) {
			g.findItems(who, next)
		}
	}
	short.spread.fill(g.tile, g.rows[:len(who)], 0)
	for _, r := range g.large {
		set := s.items.bigs[s.people.at(who[r].slot).items]
		g.census.reportBig(g.tile, r, s.items.rings, set, s.lastPanes(t))
	}
}

// findItems finds the items of row r and asks for them. It notes who has a big set.
func (g *gauge) findItems(who []candidate, r int) {
	s, b := g.shard, &g.blocks[r%nearItems]
	switch p := s.people.at(who[r].slot); {
	case p.small():
		*b = s.items.block(p)
		fetch.Words(b.words)
	case p.marks&big != 0:
		g.large = append(g.large, r)
		*b = block{}
	default:
		*b = block{}
	}
}

// dayColumns fills the columns of the windows of days.
func (g *gauge) dayColumns(who []candidate, i int, over func(window int) bool) {
	s, d := g.shard, g.shard.days
	if len(g.view.Grids[i]) == 0 {
		return
	}
	for r, c := range who {
		g.rows[r] = g.nobody
		if p := s.people.at(c.slot); p.row != 0 {
			g.rows[r] = d.rows.at(p.row)
		}
	}
	rows := g.rows[:len(who)]
	for w := range g.moves[i] {
		if over(g.view.Grids[i][w].Window) {
			continue
		}
		moves, panes := &g.moves[i][w], s.Plan.Windows[g.view.Grids[i][w].Window].Panes
		moves.spread.fill(g.tile, rows, d.behind(panes))
		if len(moves.squares)+len(moves.peaks) == 0 {
			continue
		}
		for r, row := range rows {
			g.squares(r, moves.squares, d.open(row), d.closedSum(row, panes), d.layout.Lasting.From)
			g.highest(r, moves.peaks, row, panes)
		}
	}
}

// highest fills the columns of maxima over the window of so many days.
func (g *gauge) highest(r int, peaks []move, row []uint64, panes int) {
	d := g.shard.days
	for j := range peaks {
		m := &peaks[j]
		g.tile.Set(m.column, r, int64(max(d.open(row)[m.word], d.highest(row, m.word, panes, g.shard.today))))
	}
}

// behind is how many words behind those of the open day the same ones of the closed days of the
// window of n days stand, 0 if it has none.
func (d *days) behind(n int) int {
	if at := d.closedAt(n); at > 0 {
		return at - d.layout.Lasting.From
	}
	return 0
}

// closedAt is the word of a row at which the sum of the closed days of the window of n
// days begins, 0 if it has none.
func (d *days) closedAt(n int) int {
	for i, span := range d.spans {
		if span == n {
			return d.sums + d.lasting.Words*i
		}
	}
	return 0
}
