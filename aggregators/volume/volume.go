// Package volume is the family of messages and data.
package volume

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Family implements feature.Family.
type Family struct{}

// Name is the family's name.
func (Family) Name() string { return "volume" }

// Measures lists the family's measures.
func (Family) Measures() []window.Measure {
	const data = window.Data
	bytes := func(name string, of window.Quantity, f window.Fact) window.Measure {
		return window.Measure{Name: name, Kind: window.Sum, Of: of, When: window.If(f)}
	}
	return []window.Measure{
		{Name: "messages_out", When: window.If(window.Message | window.Out).Not(window.Failed)},
		{Name: "messages_in", When: window.If(window.Message | window.In).Not(window.Failed)},
		{Name: "data_sessions", When: window.If(data | window.Whole)},
		bytes("data_bytes", window.Bytes, data),
		bytes("data_bytes_up", window.Up, data),
		bytes("data_bytes_4g", window.Bytes, data|window.RAT4G),
		bytes("data_bytes_5g", window.Bytes, data|window.RAT5G),
	}
}

// Tells names the facts of Mark.
func (Family) Tells() window.Fact { return window.RAT4G | window.RAT5G }

// Mark tells of each data leg its radio technology.
func (Family) Mark(l *window.Legs) {
	for i := range l.N {
		rat := l.Flags[i].RAT()
		f := window.RAT4G.When(rat == cdr.RAT4G) | window.RAT5G.When(rat == cdr.RAT5G)
		l.Facts[i] |= f.Given(l.Facts[i], window.Data)
	}
}

// Features lists the family's part of the catalogue.
func (Family) Features() []feature.Feature {
	bytes := func(name, formula, of string, core bool) feature.Feature {
		return feature.Feature{Name: name, Unit: "bytes", Core: core, Formula: formula, Calc: feature.Total{Of: of}}
	}
	return []feature.Feature{
		{Name: "sms_out", Unit: "messages", Core: true, Formula: "originating sms and mms legs that did not fail", Calc: feature.Total{Of: "messages_out"}},
		{Name: "sms_in", Unit: "messages", Core: true, Formula: "terminating sms and mms legs that did not fail", Calc: feature.Total{Of: "messages_in"}},
		{Name: "data_sessions", Unit: "sessions", Formula: "data legs that are not continuation slices", Calc: feature.Total{Of: "data_sessions"}},
		bytes("data_bytes", "bytes of all data legs", "data_bytes", true),
		bytes("data_bytes_up", "uplink bytes", "data_bytes_up", false),
		bytes("data_bytes_down", "downlink bytes", "data_bytes - data_bytes_up", false),
		bytes("data_bytes_4g", "bytes over 4g", "data_bytes_4g", true),
		bytes("data_bytes_5g", "bytes over 5g", "data_bytes_5g", true),
		{Name: "data_bytes_trend", Unit: "ratio", Type: feature.Float64, Scope: feature.NoWindow,
			Formula: "(data_bytes_7d / 7) / ((data_bytes_30d - data_bytes_7d) / 23)", Calc: feature.Trend{Of: "data_bytes"}},
	}
}
