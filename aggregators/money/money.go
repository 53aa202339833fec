// Package money is the family of charges.
package money

import (
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Family implements feature.Family.
type Family struct{ high uint64 }

// New returns the family. A call that costs highValue micro-units or more is of
// high value.
func New(highValue int64) Family { return Family{uint64(highValue)} }

// Name is the family's name.
func (Family) Name() string { return "money" }

// Measures lists the family's measures.
func (Family) Measures() []window.Measure {
	return []window.Measure{
		{Name: "charge", Kind: window.Sum, Of: window.Charge, When: window.If(window.Served)},
		{Name: "high_value", When: window.If(window.Call | window.Out | window.HighValue)},
	}
}

// Tells names the facts of Mark.
func (Family) Tells() window.Fact { return window.HighValue }

// Mark tells of each leg whether it was expensive.
func (f Family) Mark(l *window.Legs) {
	for i := range l.N {
		high := window.HighValue.When(l.Quantities[i][window.Charge] >= f.high)
		l.Facts[i] |= high.Given(l.Facts[i], window.Served)
	}
}

// Features lists the family's part of the catalogue.
func (Family) Features() []feature.Feature {
	return []feature.Feature{
		{Name: "charge", Unit: "currency", Type: feature.Float64, Core: true, Formula: "sum of charge over served legs",
			Calc: feature.Scaled{Of: "charge", By: 1e6}},
		{Name: "high_value_calls", Unit: "calls", Core: true, Formula: "originating V with charge >= high_value_charge",
			Calc: feature.Total{Of: "high_value"}},
		{Name: "charge_trend", Unit: "ratio", Type: feature.Float64, Scope: feature.NoWindow,
			Formula: "(charge_7d / 7) / ((charge_30d - charge_7d) / 23)", Calc: feature.Trend{Of: "charge"}},
	}
}
