// Package places is the family of where the subscriber was: cells, regions and
// networks abroad.
package places

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Family implements feature.Family.
type Family struct{}

// Name is the family's name.
func (Family) Name() string { return "places" }

// Measures lists the family's measures.
func (Family) Measures() []window.Measure {
	item := func(name string, set window.Item, f window.Fact) window.Measure {
		return window.Measure{Name: name, Kind: window.Distinct, Item: set, Seen: window.Stamp0, When: window.If(f)}
	}
	return []window.Measure{
		{Name: "roaming_calls", When: window.If(window.Call | window.Roams)},
		{Name: "roaming_talk", Kind: window.Sum, Of: window.Talk, When: window.If(window.Voice | window.Roams)},
		{Name: "roaming_bytes", Kind: window.Sum, Of: window.Bytes, When: window.If(window.Roams)},
		item("visited_countries", window.VisitedItem, window.Roams|window.Whole),
		item("cells", window.CellItem, window.HasCell),
		item("regions", window.RegionItem, window.HasRegion|window.Whole),
	}
}

// Tells names the facts of Mark.
func (Family) Tells() window.Fact { return window.Roams | window.HasCell | window.HasRegion }

// Mark tells of each served leg whether it roams and has a cell.
func (Family) Mark(l *window.Legs) {
	for i := range l.N {
		f := window.Roams.When(l.Flags[i].Has(cdr.Roams)) | window.HasCell.When(l.Cell[i] != 0) | window.HasRegion.When(l.Region[i] != 0)
		l.Facts[i] |= f.Given(l.Facts[i], window.Served)
	}
}

// Features lists the family's part of the catalogue.
func (Family) Features() []feature.Feature {
	return []feature.Feature{
		{Name: "roaming_calls", Unit: "calls", Formula: "V that roam", Calc: feature.Total{Of: "roaming_calls"}},
		{Name: "roaming_ratio", Unit: "ratio", Type: feature.Float64, Core: true, Formula: "roaming_calls / calls",
			Calc: feature.Ratio{Of: "roaming_calls", Over: "calls_out + calls_in"}},
		{Name: "roaming_seconds", Unit: "seconds", Type: feature.Float64, Formula: "talk seconds of roaming legs",
			Calc: feature.Scaled{Of: "roaming_talk", By: 1000}},
		{Name: "roaming_bytes", Unit: "bytes", Formula: "bytes of roaming legs", Calc: feature.Total{Of: "roaming_bytes"}},
		{Name: "visited_countries", Unit: "countries", Formula: "distinct visited MCC over legs that roam", Calc: feature.Total{Of: "visited_countries"}},
		{Name: "cells", Unit: "cells", Core: true, Formula: "distinct cells over served legs", Calc: feature.Total{Of: "cells"}},
		{Name: "regions", Unit: "regions", Formula: "distinct regions over served legs", Calc: feature.Total{Of: "regions"}},
	}
}
