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

	columns  int   // of a tile
	sums     []sum // columns that are filled first
	computes []compute
	reads    [][]int // columns of the tile, by field
	direct   []pair  // fields that are columns of the tile as they stand there
	twins    []twin
}

// pair is two columns, or a field and a column of the tile.
type pair struct{ of, is int }

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
	return newTile(v.columns)
}

// Only returns the view of some fields of v, which has the same tile.
func (v *View) Only(fields []int) View {
	out := View{columns: v.columns, Grids: make([][]WindowView, len(v.Grids))}
	read := make([]bool, v.columns)
	for _, f := range fields {
		out.Schema.Fields = append(out.Schema.Fields, v.Schema.Fields[f])
		out.computes, out.reads = append(out.computes, v.computes[f]), append(out.reads, v.reads[f])
		for _, c := range v.reads[f] {
			read[c] = true
		}
	}
	for g := range v.Grids {
		for _, w := range v.Grids[g] {
			if w.keep(read) {
				out.Grids[g] = append(out.Grids[g], w)
			}
		}
	}
	for _, s := range v.sums {
		if read[s.column] {
			out.sums = append(out.sums, s)
		}
	}
	for _, d := range v.Counts {
		if read[d.Column] {
			out.Counts = append(out.Counts, d)
		}
	}
	return out
}

// keep leaves of w the columns that are read, and reports whether there are any.
func (w *WindowView) keep(read []bool) (any bool) {
	columns := make([]int, len(w.Columns))
	for i, c := range w.Columns {
		if columns[i] = -1; c >= 0 && read[c] {
			columns[i], any = c, true
		}
	}
	w.Columns = columns
	return any
}

// Compute appends the features of t's rows to columns, one for each field of the
// schema.
func (v *View) Compute(t *Tile, columns []Column) {
	for i := range v.sums {
		v.sums[i].fill(t)
	}
	for i, c := range v.computes {
		c(t, &columns[i])
	}
}
