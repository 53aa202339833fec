package feature

import "github.com/cdrstream/cdrstream/engine/window"

// twin is a window of days and the next shorter one. As long as the job is no older than
// the shorter one is long, there is nothing that only the longer one sees, and what both
// have is the same.
type twin struct {
	window, of int    // in Plan.Windows
	columns    []pair // of the tile: all that the longer one has, and sums
	fields     []pair
}

// pairUp finds the twins of the view, the shortest windows first.
func (v *viewer) pairUp(columns []Selected) {
	windows := v.plan.Windows
	for of := v.longer(0); of >= 0; {
		next := v.longer(windows[of].Panes)
		if next < 0 {
			return
		}
		t := twin{window: next, of: of}
		if v.pairColumns(&t) {
			t.pairFields(columns)
			v.view.twins = append(v.view.twins, t)
		}
		of = next
	}
}

// longer is the shortest window of days that the view reads and that is longer than so
// many days, -1 if there is none.
func (v *viewer) longer(days int) int {
	best := -1
	for w, spec := range v.plan.Windows {
		if spec.Days && spec.Panes > days && v.needs.any(w) && (best < 0 || spec.Panes < v.plan.Windows[best].Panes) {
			best = w
		}
	}
	return best
}

// pairColumns pairs the columns of both windows, and reports whether the shorter one has
// all that the longer one has.
func (v *viewer) pairColumns(t *twin) bool {
	for m, c := range v.columns[t.window] {
		of, ok := v.columns[t.of][m]
		if !ok {
			return false
		}
		t.columns = append(t.columns, pair{of, c})
		if v.measures[m].Kind == window.Squares {
			t.columns = append(t.columns, pair{of + 1, c + 1})
		}
	}
	for text, s := range v.sums[t.window] {
		if of, ok := v.sums[t.of][text]; ok {
			t.columns = append(t.columns, pair{of.column, s.column})
		}
	}
	return true
}

// pairFields pairs the features over both windows. What a day has on the average depends
// on how long the window is.
func (t *twin) pairFields(columns []Selected) {
	for i, col := range columns {
		if _, ok := col.Feature.Calc.(PerDay); ok || col.Window != t.window {
			continue
		}
		for of, x := range columns {
			if x.Feature.Name == col.Feature.Name && x.Window == t.of {
				t.fields = append(t.fields, pair{of, i})
			}
		}
	}
}
