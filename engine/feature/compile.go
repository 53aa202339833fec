package feature

import (
	"fmt"
	"slices"

	"github.com/cdrstream/cdrstream/engine/window"
)

// compiler gathers what the asked columns need.
type compiler struct {
	measures map[string]window.Measure
	plan     *Plan
	needs    []map[string]bool // measures by window
	columns  []map[string]int  // tile columns by window and measure
}

// Compile returns the plan for the columns selected by globs (see [Select]) out
// of the catalogue of families over windows.
func Compile(families []Family, windows []window.Spec, globs []string) (*Plan, error) {
	columns, err := Select(families, windows, globs)
	if err != nil {
		return nil, err
	}
	c := compiler{
		measures: map[string]window.Measure{},
		plan:     &Plan{Windows: windows},
		needs:    make([]map[string]bool, len(windows)),
		columns:  make([]map[string]int, len(windows)),
	}
	for w := range windows {
		c.needs[w], c.columns[w] = map[string]bool{}, map[string]int{}
	}
	for _, f := range families {
		for _, m := range f.Measures() {
			if _, twice := c.measures[m.Name]; twice {
				return nil, fmt.Errorf("measure %s is declared twice; rename the one of family %s", m.Name, f.Name())
			}
			c.measures[m.Name] = m
		}
	}
	for _, col := range columns {
		if err := c.need(col); err != nil {
			return nil, err
		}
	}
	c.layOut(families)
	if n := len(c.plan.Grids); n > window.MaxGrids {
		return nil, fmt.Errorf("windows: %d different slides; at most %d are possible, days counting as one", n, window.MaxGrids)
	}
	for _, col := range columns {
		c.plan.Schema.Fields = append(c.plan.Schema.Fields, col.field(windows))
		c.plan.computes = append(c.plan.computes, col.Feature.Calc.bind(c.binder(col)))
	}
	return c.plan, nil
}

// need notes the measures that col reads, for each window it reads them from.
func (c *compiler) need(col Selected) error {
	over := []int{col.Window}
	if _, ok := col.Feature.Calc.(Trend); ok {
		over = []int{windowNamed(c.plan.Windows, "7d"), windowNamed(c.plan.Windows, "30d")}
	}
	for _, text := range col.Feature.Calc.terms() {
		names, _ := measuresOf(text)
		for _, n := range names {
			if _, ok := c.measures[n]; !ok {
				return fmt.Errorf("feature %s reads the measure %s, which no family declares", col.Feature.Name, n)
			}
			for _, w := range over {
				c.needs[w][n] = true
			}
		}
	}
	return nil
}

// layOut gives each needed measure its place in the rows of its grid and in the
// tile. Measures keep the order in which the families declare them.
func (c *compiler) layOut(families []Family) {
	var order []window.Measure
	for _, f := range families {
		order = append(order, f.Measures()...)
	}
	for w, spec := range c.plan.Windows {
		if g := c.gridOf(spec); g == nil && c.anyNeed(w) {
			c.plan.Grids = append(c.plan.Grids, GridPlan{Spec: spec})
		}
	}
	for g := range c.plan.Grids {
		grid := &c.plan.Grids[g]
		grid.Layout = window.NewLayout(c.wanted(order, grid))
		for w, spec := range c.plan.Windows {
			if c.gridOf(spec) == grid && c.anyNeed(w) {
				grid.Windows = append(grid.Windows, c.windowPlan(w, &grid.Layout))
			}
		}
	}
	for _, m := range order {
		if m.Kind == window.Distinct {
			c.distinct(m)
		}
	}
}

func (c *compiler) anyNeed(w int) bool { return len(c.needs[w]) > 0 }

func (c *compiler) gridOf(s window.Spec) *GridPlan {
	for g := range c.plan.Grids {
		if p := &c.plan.Grids[g]; p.Spec.Days == s.Days && p.Spec.Length == s.Length {
			return p
		}
	}
	return nil
}

// wanted returns the measures of order that some window of grid needs per pane.
func (c *compiler) wanted(order []window.Measure, grid *GridPlan) []window.Measure {
	return slices.DeleteFunc(slices.Clone(order), func(m window.Measure) bool {
		if m.Kind == window.Distinct {
			return true
		}
		for w, spec := range c.plan.Windows {
			if c.needs[w][m.Name] && c.gridOf(spec) == grid {
				return false
			}
		}
		return true
	})
}

func (c *compiler) windowPlan(w int, l *window.Layout) WindowPlan {
	p := WindowPlan{Window: w, Panes: c.plan.Windows[w].Panes}
	for _, m := range l.Measures {
		col := -1
		if c.needs[w][m.Name] {
			col = c.newColumn(w, m.Name)
			if m.Kind == window.Squares {
				c.plan.columns++
			}
		}
		p.Columns = append(p.Columns, col)
	}
	return p
}

func (c *compiler) newColumn(w int, measure string) int {
	col := c.plan.columns
	c.columns[w][measure] = col
	c.plan.columns++
	return col
}

func (c *compiler) distinct(m window.Measure) {
	used := false
	for w, spec := range c.plan.Windows {
		if !c.needs[w][m.Name] {
			continue
		}
		used = true
		c.plan.SubDay = c.plan.SubDay || !spec.Days
		c.plan.Counts = append(c.plan.Counts, DistinctCount{
			Item: m.Item, Stamps: m.Seen | m.Both, Window: w, Column: c.newColumn(w, m.Name),
		})
	}
	if used {
		c.plan.Distinct = append(c.plan.Distinct, m)
		for _, part := range c.partsOf(m) {
			if !slices.ContainsFunc(c.plan.Distinct, func(d window.Measure) bool { return d.Name == part.Name }) {
				c.plan.Distinct = append(c.plan.Distinct, part)
			}
		}
	}
}

// partsOf returns the measures that set the stamps a combined one (Both) reads.
func (c *compiler) partsOf(m window.Measure) []window.Measure {
	var parts []window.Measure
	for _, p := range c.measures {
		if p.Kind == window.Distinct && p.Item == m.Item && p.Seen&m.Both != 0 {
			parts = append(parts, p)
		}
	}
	slices.SortFunc(parts, func(a, b window.Measure) int { return int(a.Seen) - int(b.Seen) })
	return parts
}

func (c *compiler) binder(col Selected) *binder {
	b := &binder{
		window: col.Window,
		week:   windowNamed(c.plan.Windows, "7d"),
		month:  windowNamed(c.plan.Windows, "30d"),
		column: func(w int, m string) int { return c.columns[w][m] },
	}
	if col.Window >= 0 && c.plan.Windows[col.Window].Days {
		b.days = c.plan.Windows[col.Window].Panes
	}
	return b
}
