package feature

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/window"
)

// viewer lays out the tile of one view.
type viewer struct {
	*compiler
	needs   needs
	view    View
	columns []map[string]int // of the tile, by window and measure
	sums    []map[string]sum // by window and term
}

// view makes the view of columns, which read needs.
func (c *compiler) view(columns []Selected, n needs) View {
	v := viewer{compiler: c, needs: n, columns: make([]map[string]int, len(c.plan.Windows)), sums: make([]map[string]sum, len(c.plan.Windows))}
	for w := range v.columns {
		v.columns[w], v.sums[w] = map[string]int{}, map[string]sum{}
	}
	for g := range c.plan.Grids {
		grid := &c.plan.Grids[g]
		var views []WindowView
		for _, w := range grid.Windows {
			if n.any(w) {
				views = append(views, v.window(w, &grid.Layout))
			}
		}
		v.view.Grids = append(v.view.Grids, views)
	}
	for _, m := range c.order {
		if m.Kind == window.Distinct {
			v.distinct(m)
		}
	}
	for i, col := range columns {
		v.view.Schema.Fields = append(v.view.Schema.Fields, col.field(c.plan.Windows))
		compute, reads := v.bind(col)
		v.view.computes, v.view.reads = append(v.view.computes, compute), append(v.view.reads, reads)
		if _, ok := col.Feature.Calc.(Total); ok && !v.isDirect(reads[0]) {
			v.view.direct = append(v.view.direct, pair{i, reads[0]})
		}
	}
	v.pairUp(columns)
	return v.view
}

// isDirect reports whether a column of the tile already is a field.
func (v *viewer) isDirect(column int) bool {
	return slices.ContainsFunc(v.view.direct, func(x pair) bool { return x.is == column })
}

func (v *viewer) window(w int, l *window.Layout) WindowView {
	p := WindowView{Window: w}
	for _, m := range l.Measures {
		col := -1
		if v.needs[w][m.Name] {
			col = v.newColumn(w, m.Name)
			if m.Kind == window.Squares {
				v.view.columns++
			}
		}
		p.Columns = append(p.Columns, col)
	}
	return p
}

func (v *viewer) newColumn(w int, measure string) int {
	col := v.view.columns
	v.columns[w][measure] = col
	v.view.columns++
	return col
}

func (v *viewer) distinct(m window.Measure) {
	for w := range v.plan.Windows {
		if v.needs[w][m.Name] {
			v.view.Counts = append(v.view.Counts, DistinctCount{
				Item: m.Item, Stamps: m.Seen | m.Both, Window: w, Column: v.newColumn(w, m.Name),
			})
		}
	}
}

// bind returns the closure that computes a column, and the columns of the tile that it
// reads.
func (v *viewer) bind(col Selected) (c compute, reads []int) {
	if col.Feature.Scope == Fixed {
		return fixed[col.Feature.Name], nil
	}
	b := &binder{
		window: col.Window,
		week:   windowNamed(v.plan.Windows, "7d"),
		month:  windowNamed(v.plan.Windows, "30d"),
		column: func(w int, m string) int {
			reads = append(reads, v.columns[w][m])
			return v.columns[w][m]
		},
		sum: func(w int, text string) int {
			s := v.sum(w, text)
			reads = append(append(reads, s.column), s.of...)
			return s.column
		},
	}
	if col.Window >= 0 && v.plan.Windows[col.Window].Days {
		b.days = v.plan.Windows[col.Window].Panes
	}
	c = col.Feature.Calc.bind(b)
	return c, reads
}
