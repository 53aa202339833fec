// Package devices is the family of what the subscriber used: handsets (IMEI) and
// SIM cards (IMSI).
package devices

import (
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Family implements feature.Family.
type Family struct{}

// Name is the family's name.
func (Family) Name() string { return "devices" }

// Measures lists the family's measures.
func (Family) Measures() []window.Measure {
	return []window.Measure{
		{Name: "imeis", Kind: window.Distinct, Item: window.IMEIItem, Seen: window.Stamp0, When: window.If(window.HasIMEI)},
		{Name: "imsis", Kind: window.Distinct, Item: window.IMSIItem, Seen: window.Stamp0, When: window.If(window.HasIMSI | window.Whole)},
	}
}

// Tells names the facts of Mark.
func (Family) Tells() window.Fact { return window.HasIMEI | window.HasIMSI }

// Mark tells of each served leg whether its device and card are known.
func (Family) Mark(l *window.Legs) {
	for i := range l.N {
		l.Facts[i] |= window.HasIMEI.When(l.IMEI[i] != 0) | window.HasIMSI.When(l.IMSI[i] != 0)
	}
}

// Features lists the family's part of the catalogue.
func (Family) Features() []feature.Feature {
	return []feature.Feature{
		{Name: "imeis", Unit: "devices", Core: true, Formula: "distinct IMEI (first 14 digits) over served legs", Calc: feature.Total{Of: "imeis"}},
		{Name: "imsis", Unit: "cards", Formula: "distinct IMSI over served legs", Calc: feature.Total{Of: "imsis"}},
		{Name: "days_since_imsi_change", Unit: "days", Scope: feature.NoWindow,
			Formula: "local days since the last change of a known IMSI; null without one", Calc: feature.Age{Of: feature.SinceIMSI}},
	}
}
