package feature

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/cdrstream/cdrstream/engine/window"
)

// Named is what rules ask of a plan.
type Named struct {
	Columns []string // by their names, those that every row has included
	// Gated are columns of these that rules compare with constants before anything
	// is computed: the plan keeps what bounds them at hand, see [Plan.Basis].
	Gated []string
}

// selectNamed returns the columns with the given names, in this order.
func selectNamed(families []Family, windows []window.Spec, names []string) ([]Selected, error) {
	if len(names) == 0 {
		return nil, nil
	}
	all := map[string]Selected{}
	for _, fam := range families {
		for _, f := range fam.Features() {
			if f.Scope == Fixed {
				all[f.Name] = Selected{f, -1}
			}
		}
	}
	for _, s := range Columns(families, windows) {
		all[s.Name(windows)] = s
	}
	var out []Selected
	for _, n := range names {
		s, ok := all[n]
		if !ok {
			return nil, fmt.Errorf("rules name the feature %s, which is not in the catalogue over the configured windows", n)
		}
		out = append(out, s)
	}
	return out, nil
}

// fixed computes the columns that every row has, by name, for rules.
var fixed = map[string]compute{
	"home": func(t *Tile, out *Column) { out.Bools = append(out.Bools, t.home[:t.Rows]...) },
	"observed_days": func(t *Tile, out *Column) {
		for _, days := range t.observed[:t.Rows] {
			out.appendInt(days)
		}
	},
}

// BasisKind says what bounds a column.
type BasisKind uint8

// The kinds.
const (
	Unbounded    BasisKind = iota // nothing that is at hand
	Sum                           // it is the sum of Of, divided by By
	Quotient                      // it is the sum of Of, divided by By and the sum of Over; null where that is 0
	PerItem                       // it is the sum of Of, divided by By and how many items of the set Item it has, at most the sum of Over if there is one; null where that is 0
	Items                         // it counts items of the set Item, and is at most the sum of Of if there is one
	Trending                      // it is the trend of Of, null for the young
	AgeBasis                      // it is the age Age
	HomeBasis                     // it is whether the subscriber is a customer
	ObservedDays                  // it is how long the job has been observing
)

// Basis is what a column is made of, for those who want to compare it with a
// constant without computing it. The measures of a window that is not of days are
// also kept by day.
type Basis struct {
	Kind     BasisKind
	Window   int // in Plan.Windows, -1 for none
	Of, Over []Signed
	By       float64
	Item     window.Item
	Stamps   window.Stamp // of an item that is counted: all of these are within the window
	Age      AgeColumn
}

// Signed is a measure that is added or subtracted.
type Signed struct {
	Measure string
	Minus   bool
}

// Basis returns what bounds a gated column.
func (p *Plan) Basis(column string) Basis { return p.basis[column] }

// bounds finds what bounds the gated columns of ruled and makes sure that it is
// kept by day, in the shortest window of days.
func (c *compiler) bounds(ruled []Selected, gated []string) {
	day := -1
	for i, w := range c.plan.Windows {
		if w.Days && (day < 0 || w.Panes < c.plan.Windows[day].Panes) {
			day = i
		}
	}
	for _, col := range ruled {
		name := col.Name(c.plan.Windows)
		if !slices.Contains(gated, name) {
			continue
		}
		b := c.basisOf(col)
		if b.Window >= 0 && !c.plan.Windows[b.Window].Days {
			if b.Kind == PerItem && !slices.Equal(b.Over, b.Of) {
				b.Over = nil // it is not worth keeping by day
			}
			for _, s := range append(slices.Clone(b.Of), b.Over...) {
				if day < 0 {
					b = Basis{Kind: Unbounded, Window: b.Window}
					break
				}
				c.needs[day][s.Measure] = true
				if !slices.Contains(c.plan.Recent, s.Measure) {
					c.plan.Recent = append(c.plan.Recent, s.Measure)
				}
			}
		}
		c.plan.basis[name] = b
	}
}

func (c *compiler) basisOf(col Selected) Basis {
	b := Basis{Window: col.Window, By: 1}
	switch calc := col.Feature.Calc.(type) {
	case nil:
		b.Kind = map[string]BasisKind{"home": HomeBasis, "observed_days": ObservedDays}[col.Feature.Name]
	case Age:
		b.Kind, b.Age = AgeBasis, calc.Of
	case Trend:
		if b.Of = signed(calc.Of); c.additive(b.Of) {
			b.Kind = Trending
		}
	case Total:
		return c.sum(b, calc.Of, 1)
	case Scaled:
		return c.sum(b, calc.Of, scale(calc.By))
	case PerDay:
		return c.sum(b, calc.Of, float64(c.plan.Windows[col.Window].Panes))
	case Ratio:
		b.Kind, b.Of, b.Over, b.By = Quotient, signed(calc.Of), signed(calc.Over), scale(calc.By)
		switch item := c.itemOf(b.Over); {
		case !c.additive(b.Of):
			b.Kind = Unbounded
		case item != window.NoItem:
			over := c.measures[b.Over[0].Measure]
			b.Stamps = over.Seen | over.Both
			if b.Kind, b.Item, b.Over = PerItem, item, nil; over.Both == 0 {
				b.Over = c.countOver(over)
			}
		case !c.additive(b.Over):
			b.Kind = Unbounded
		}
	}
	return b
}

// sum is the basis of a sum, or of a count of items.
func (c *compiler) sum(b Basis, text string, by float64) Basis {
	b.Kind, b.Of, b.By = Sum, signed(text), by
	if c.additive(b.Of) {
		return b
	}
	item := c.itemOf(b.Of)
	if item == window.NoItem {
		return Basis{Kind: Unbounded, Window: b.Window}
	}
	m := c.measures[b.Of[0].Measure]
	b.Kind, b.Item, b.Of, b.Stamps = Items, item, nil, m.Seen|m.Both
	if m.Both == 0 {
		b.Of = c.countOver(m)
	}
	return b
}

// itemOf returns the set whose items of counts, NoItem if it is not a single count
// of items.
func (c *compiler) itemOf(of []Signed) window.Item {
	if len(of) != 1 || of[0].Minus {
		return window.NoItem
	}
	return c.measures[of[0].Measure].Item
}

// additive reports whether the measures of a window are the sums of those of its
// panes.
func (c *compiler) additive(of []Signed) bool {
	return !slices.ContainsFunc(of, func(s Signed) bool {
		k := c.measures[s.Measure].Kind
		return k != window.Count && k != window.Sum && k != window.Days
	})
}

// countOver returns a count of legs, among them all that m counts the items of:
// each adds one item at most.
func (c *compiler) countOver(m window.Measure) []Signed {
	best := -1
	for i, x := range c.order {
		covers := x.Kind == window.Count && x.When.All&^m.When.All == 0 && x.When.None&^m.When.None == 0
		if covers && (best < 0 || facts(x) > facts(c.order[best])) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	return []Signed{{Measure: c.order[best].Name}}
}

// facts counts what a measure's condition asks for.
func facts(m window.Measure) int {
	return bits.OnesCount64(uint64(m.When.All)) + bits.OnesCount64(uint64(m.When.None))
}

func signed(text string) (out []Signed) {
	names, minus := measuresOf(text)
	for i, n := range names {
		out = append(out, Signed{n, minus[i]})
	}
	return out
}
