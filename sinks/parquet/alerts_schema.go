package parquet

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
)

// alertColumns are the columns, named as in JSON (alert.AppendJSON).
var alertColumns = columnsOfTable[alert.Alert]{
	textColumn("alert_id", func(a *alert.Alert) string { return a.ID.String() }),
	textColumn("case", func(a *alert.Alert) string { return a.Case }),
	textColumn("rule", func(a *alert.Alert) string { return a.Rule }),
	textColumn("type", func(a *alert.Alert) string { return a.Type }),
	textColumn("severity", func(a *alert.Alert) string { return a.Severity.String() }),
	textColumn("state", func(a *alert.Alert) string { return a.State.String() }),
	optional(textColumn("subscriber", func(a *alert.Alert) string { return a.Subscriber }), func(a *alert.Alert) bool { return a.Subscriber != "" }),
	{arrow.Field{Name: "home", Type: arrow.FixedWidthTypes.Boolean}, func(b array.Builder, a *alert.Alert) { b.(*array.BooleanBuilder).Append(a.Home) }},
	timeColumn("event_time", func(a *alert.Alert) cdr.Millis { return a.EventTime }),
	timeColumn("detected_at", func(a *alert.Alert) cdr.Millis { return a.DetectedAt }),
	timeColumn("window_end", func(a *alert.Alert) cdr.Millis { return a.WindowEnd }),
	{arrow.Field{Name: "evidence", Type: arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Float64)}, putEvidence},
	optional(tableColumn[alert.Alert]{arrow.Field{Name: "at_risk", Type: arrow.PrimitiveTypes.Float64}, putAtRisk}, hasUnit),
	optional(textColumn("at_risk_unit", func(a *alert.Alert) string { return a.AtRiskUnit }), hasUnit),
	textsColumn("record_ids", func(a *alert.Alert) []string { return a.RecordIDs }),
	textColumn("ruleset", func(a *alert.Alert) string { return a.Ruleset }),
	textColumn("rule_version", func(a *alert.Alert) string { return a.Version }),
	{arrow.Field{Name: "labels", Type: arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String)}, putLabels},
	textColumn("summary", func(a *alert.Alert) string { return a.Summary }),
	optional(tableColumn[alert.Alert]{arrow.Field{Name: "count", Type: arrow.PrimitiveTypes.Int64}, putCount}, (*alert.Alert).Storm),
	optional(textsColumn("examples", func(a *alert.Alert) []string { return a.Examples }), (*alert.Alert).Storm),
}

func hasUnit(a *alert.Alert) bool { return a.AtRiskUnit != "" }

func putAtRisk(b array.Builder, a *alert.Alert) { putFloat(b.(*array.Float64Builder), true, a.AtRisk) }

func putCount(b array.Builder, a *alert.Alert) { b.(*array.Int64Builder).Append(a.Count) }

// putEvidence writes bools as 0 and 1.
func putEvidence(b array.Builder, a *alert.Alert) {
	m := b.(*array.MapBuilder)
	m.Append(true)
	for _, e := range a.Evidence {
		putText(m.KeyBuilder(), e.Name)
		putFloat(m.ItemBuilder().(*array.Float64Builder), e.Kind != alert.Null, e.Value)
	}
}

func putLabels(b array.Builder, a *alert.Alert) {
	m := b.(*array.MapBuilder)
	m.Append(true)
	for _, l := range a.Labels {
		putText(m.KeyBuilder(), l.Name)
		putText(m.ItemBuilder(), l.Value)
	}
}
