package parquet

import (
	"math"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
)

// alertColumn is a column of alert files and how a row of it is written.
type alertColumn struct {
	field arrow.Field
	put   func(b array.Builder, a *alert.Alert)
}

// alertColumns are the columns, named as in JSON (alert.AppendJSON).
var alertColumns = []alertColumn{
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
	optional(alertColumn{arrow.Field{Name: "at_risk", Type: arrow.PrimitiveTypes.Float64}, putAtRisk}, hasUnit),
	optional(textColumn("at_risk_unit", func(a *alert.Alert) string { return a.AtRiskUnit }), hasUnit),
	textsColumn("record_ids", func(a *alert.Alert) []string { return a.RecordIDs }),
	textColumn("ruleset", func(a *alert.Alert) string { return a.Ruleset }),
	textColumn("rule_version", func(a *alert.Alert) string { return a.Version }),
	{arrow.Field{Name: "labels", Type: arrow.MapOf(arrow.BinaryTypes.String, arrow.BinaryTypes.String)}, putLabels},
	textColumn("summary", func(a *alert.Alert) string { return a.Summary }),
	optional(alertColumn{arrow.Field{Name: "count", Type: arrow.PrimitiveTypes.Int64}, putCount}, (*alert.Alert).Storm),
	optional(textsColumn("examples", func(a *alert.Alert) []string { return a.Examples }), (*alert.Alert).Storm),
}

var alertSchema = func() *arrow.Schema {
	var fields []arrow.Field
	for _, c := range alertColumns {
		fields = append(fields, c.field)
	}
	return arrow.NewSchema(fields, nil)
}()

// appendAlert appends a row to b, whose schema is alertSchema.
func appendAlert(b *array.RecordBuilder, a *alert.Alert) {
	for i, c := range alertColumns {
		c.put(b.Field(i), a)
	}
}

func textColumn(name string, of func(a *alert.Alert) string) alertColumn {
	return alertColumn{arrow.Field{Name: name, Type: arrow.BinaryTypes.String}, func(b array.Builder, a *alert.Alert) {
		putText(b, of(a))
	}}
}

func timeColumn(name string, of func(a *alert.Alert) cdr.Millis) alertColumn {
	utc := &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"}
	return alertColumn{arrow.Field{Name: name, Type: utc}, func(b array.Builder, a *alert.Alert) {
		b.(*array.TimestampBuilder).Append(arrow.Timestamp(of(a)))
	}}
}

func textsColumn(name string, of func(a *alert.Alert) []string) alertColumn {
	return alertColumn{arrow.Field{Name: name, Type: arrow.ListOfNonNullable(arrow.BinaryTypes.String)}, func(b array.Builder, a *alert.Alert) {
		l := b.(*array.ListBuilder)
		l.Append(true)
		for _, s := range of(a) {
			putText(l.ValueBuilder(), s)
		}
	}}
}

// optional makes c null where there is no value.
func optional(c alertColumn, there func(a *alert.Alert) bool) alertColumn {
	c.field.Nullable = true
	put := c.put
	c.put = func(b array.Builder, a *alert.Alert) {
		if there(a) {
			put(b, a)
		} else {
			b.AppendNull()
		}
	}
	return c
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

// putText writes U+FFFD for what is not UTF-8, as JSON and feature files have it.
func putText(b array.Builder, s string) {
	b.(*array.StringBuilder).Append(strings.ToValidUTF8(s, "\uFFFD"))
}

// putFloat writes null for what is no number, as JSON has it.
func putFloat(b *array.Float64Builder, known bool, v float64) {
	if !known || math.IsNaN(v) || math.IsInf(v, 0) {
		b.AppendNull()
		return
	}
	b.Append(v)
}
