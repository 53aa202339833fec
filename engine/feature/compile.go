package feature

import (
	"fmt"
	"slices"

	"github.com/cdrstream/cdrstream/engine/window"
)

// compiler gathers what the asked columns need.
type compiler struct {
	families []Family
	measures map[string]window.Measure
	order    []window.Measure // as the families declare them
	plan     *Plan
	needs    needs // of all views
}

// needs is measures by window.
type needs []map[string]bool

func newNeeds(windows int) needs {
	n := make(needs, windows)
	for w := range n {
		n[w] = map[string]bool{}
	}
	return n
}

func (n needs) any(w int) bool { return len(n[w]) > 0 }

// Compile returns the plan for the columns selected by globs (see [Select]) out
// of the catalogue of families over windows.
func Compile(families []Family, windows []window.Spec, globs []string) (*Plan, error) {
	return CompileRules(families, windows, globs, Named{})
}

// CompileRules is Compile, for what rules name too.
func CompileRules(families []Family, windows []window.Spec, globs []string, named Named) (*Plan, error) {
	columns, err := Select(families, windows, globs)
	if err != nil {
		return nil, err
	}
	ruled, err := selectNamed(families, windows, named.Columns)
	if err != nil {
		return nil, err
	}
	c := compiler{
		families: families,
		measures: map[string]window.Measure{},
		plan:     &Plan{Windows: windows, basis: map[string]Basis{}},
		needs:    newNeeds(len(windows)),
	}
	if err := c.declare(); err != nil {
		return nil, err
	}
	output, err := c.needed(columns)
	if err != nil {
		return nil, err
	}
	rules, err := c.needed(ruled)
	if err != nil {
		return nil, err
	}
	c.bounds(ruled, named.Gated)
	c.layOut()
	if n := len(c.plan.Grids); n > window.MaxGrids {
		return nil, fmt.Errorf("windows: %d different slides; at most %d are possible, days counting as one", n, window.MaxGrids)
	}
	c.plan.View = c.view(columns, output)
	c.plan.Rules = c.view(ruled, rules)
	return c.plan, nil
}

// declare lists all measures.
func (c *compiler) declare() error {
	for _, f := range c.families {
		for _, m := range f.Measures() {
			if _, twice := c.measures[m.Name]; twice {
				return fmt.Errorf("measure %s is declared twice; rename the one of family %s", m.Name, f.Name())
			}
			c.measures[m.Name] = m
			c.order = append(c.order, m)
		}
	}
	return nil
}

// needed returns the measures that columns read, by window, and notes them.
func (c *compiler) needed(columns []Selected) (needs, error) {
	n := newNeeds(len(c.plan.Windows))
	for _, col := range columns {
		if col.Feature.Calc == nil {
			continue
		}
		for _, text := range col.Feature.Calc.terms() {
			names, _ := measuresOf(text)
			for _, m := range names {
				if _, ok := c.measures[m]; !ok {
					return nil, fmt.Errorf("feature %s reads the measure %s, which no family declares", col.Feature.Name, m)
				}
				for _, w := range c.windowsOf(col) {
					n[w][m], c.needs[w][m] = true, true
				}
			}
		}
	}
	return n, nil
}

// windowsOf lists the windows that a column reads.
func (c *compiler) windowsOf(col Selected) []int {
	if _, ok := col.Feature.Calc.(Trend); ok {
		return []int{windowNamed(c.plan.Windows, "7d"), windowNamed(c.plan.Windows, "30d")}
	}
	return []int{col.Window}
}

// layOut gives each needed measure its place in the rows of its grid, see window.NewDayLayout.
// Measures come in the order in which the families declare them.
func (c *compiler) layOut() {
	for w, spec := range c.plan.Windows {
		if g := c.gridOf(spec); g == nil && c.needs.any(w) {
			c.plan.Grids = append(c.plan.Grids, GridPlan{Spec: spec})
		}
	}
	for g := range c.plan.Grids {
		grid := &c.plan.Grids[g]
		grid.Layout = window.NewDayLayout(c.wanted(grid), c.brief(grid))
		for w, spec := range c.plan.Windows {
			if c.gridOf(spec) == grid && c.needs.any(w) {
				grid.Windows = append(grid.Windows, w)
			}
		}
	}
	for _, m := range c.order {
		if m.Kind == window.Distinct {
			c.distinct(m)
		}
	}
}

func (c *compiler) gridOf(s window.Spec) *GridPlan {
	for g := range c.plan.Grids {
		if p := &c.plan.Grids[g]; p.Spec.Days == s.Days && p.Spec.Length == s.Length {
			return p
		}
	}
	return nil
}

// wanted returns the measures that some window of grid needs per pane.
func (c *compiler) wanted(grid *GridPlan) []window.Measure {
	return slices.DeleteFunc(slices.Clone(c.order), func(m window.Measure) bool {
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

// brief tells of which measures of a grid no window sums up several days: the open day and what
// is kept of the one before are enough. Without such windows that goes without saying.
func (c *compiler) brief(grid *GridPlan) func(window.Measure) bool {
	var long []int
	for w, spec := range c.plan.Windows {
		if spec.Days && spec.Panes > 1 && c.needs.any(w) {
			long = append(long, w)
		}
	}
	return func(m window.Measure) bool {
		return grid.Spec.Days && len(long) > 0 && !slices.ContainsFunc(long, func(w int) bool { return c.needs[w][m.Name] })
	}
}

// distinct notes that m is counted, if it is.
func (c *compiler) distinct(m window.Measure) {
	used := false
	for w, spec := range c.plan.Windows {
		if c.needs[w][m.Name] {
			used = true
			c.plan.SubDay = c.plan.SubDay || !spec.Days
		}
	}
	if !used {
		return
	}
	c.plan.Distinct = append(c.plan.Distinct, m)
	for _, part := range c.partsOf(m) {
		if !slices.ContainsFunc(c.plan.Distinct, func(d window.Measure) bool { return d.Name == part.Name }) {
			c.plan.Distinct = append(c.plan.Distinct, part)
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
