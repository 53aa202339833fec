package feature

import (
	"github.com/cdrstream/cdrstream/engine/window"
)

// Plan is what a job has to keep and compute: the result of [Compile]. It is
// immutable but for Tile and Frame, and shared by the shards.
type Plan struct {
	Schema   Schema
	Windows  []window.Spec
	Grids    []GridPlan
	Distinct []window.Measure // all distinct measures that any window counts
	Counts   []DistinctCount
	SubDay   bool // some distinct count is over a window that is not of days

	columns  int // of a tile
	computes []compute
}

// GridPlan is one way of cutting time and what is kept per pane.
type GridPlan struct {
	Spec    window.Spec // of one of its windows: how panes are cut
	Layout  window.Layout
	Windows []WindowPlan
}

// WindowPlan is one window of a grid.
type WindowPlan struct {
	Window  int   // in Plan.Windows
	Panes   int   //
	Columns []int // of the tile, for each measure of the layout; -1: not needed
}

// DistinctCount is one distinct count over one window.
type DistinctCount struct {
	Item   window.Item
	Stamps window.Stamp // all of these within the window
	Window int          // in Plan.Windows
	Column int          // of the tile
}

// NewTile returns a tile for the plan's rows.
func (p *Plan) NewTile() *Tile {
	return &Tile{values: make([]int64, p.columns*TileRows)}
}

// Compute appends the features of t's rows to the columns of f. The caller
// appends the fixed columns and counts the rows.
func (p *Plan) Compute(t *Tile, f *Frame) {
	for i, c := range p.computes {
		c(t, &f.Columns[i])
	}
}
