package feature

import (
	"github.com/cdrstream/cdrstream/engine/window"
)

// Plan is what a job has to keep and compute: the result of [Compile]. It is
// immutable but for Tile and Frame, and shared by the shards. The View that it
// holds itself is that of the output.
type Plan struct {
	View
	Rules    View // the columns that rules name, in the order asked for
	Windows  []window.Spec
	Grids    []GridPlan
	Distinct []window.Measure // all distinct measures that any window counts
	SubDay   bool             // some distinct count is over a window that is not of days

	Recent []string         // measures by which windows that are not of days are bounded, see Basis
	basis  map[string]Basis // of the columns of Rules
}

// GridPlan is one way of cutting time and what is kept per pane.
type GridPlan struct {
	Spec    window.Spec // of one of its windows: how panes are cut
	Layout  window.Layout
	Windows []int // in Plan.Windows: those that something is read from
}

// View is some columns and what of the state they are computed from.
type View struct {
	Schema Schema
	Grids  [][]WindowView  // by grid: the windows that a column reads
	Counts []DistinctCount // of items

	columns  int // of a tile
	computes []compute
}

// WindowView is what a view reads of one window.
type WindowView struct {
	Window  int   // in Plan.Windows
	Columns []int // of the tile, for each measure of the layout; -1: not needed
}

// DistinctCount is one distinct count over one window.
type DistinctCount struct {
	Item   window.Item
	Stamps window.Stamp // all of these within the window
	Window int          // in Plan.Windows
	Column int          // of the tile
}

// NewTile returns a tile for the view's columns.
func (v *View) NewTile() *Tile {
	return &Tile{values: make([]int64, v.columns*TileRows)}
}

// Compute appends the features of t's rows to columns, one for each field of the
// schema.
func (v *View) Compute(t *Tile, columns []Column) {
	for i, c := range v.computes {
		c(t, &columns[i])
	}
}
