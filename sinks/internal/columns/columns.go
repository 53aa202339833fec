// Package columns is feature rows as Arrow knows them: the schema that all sinks of
// columns have in common, and record batches of rows.
package columns

import (
	"fmt"
	"maps"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// The fixed columns, before the features.
const (
	Subscriber = iota
	WindowEnd
	Home
	ObservedDays
	Approx
	Fixed // how many there are
)

// Schema returns the columns of the rows of a job: the fixed ones, which have a value
// in every row, and the features, which may be null. Unit, formula and window of a
// feature are metadata of its column. metadata is of the whole.
func Schema(s feature.Schema, metadata map[string]string) (*arrow.Schema, error) {
	fields := []arrow.Field{
		Subscriber:   {Name: "subscriber", Type: arrow.BinaryTypes.String},
		WindowEnd:    {Name: "window_end", Type: &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"}},
		Home:         {Name: "home", Type: arrow.FixedWidthTypes.Boolean},
		ObservedDays: {Name: "observed_days", Type: arrow.PrimitiveTypes.Int64, Metadata: fieldMetadata("days", "", "")},
		Approx:       {Name: "approx", Type: arrow.FixedWidthTypes.Boolean},
	}
	types := []arrow.DataType{feature.Int64: arrow.PrimitiveTypes.Int64, feature.Float64: arrow.PrimitiveTypes.Float64, feature.Bool: arrow.FixedWidthTypes.Boolean}
	for _, f := range s.Fields {
		fields = append(fields, arrow.Field{Name: f.Name, Type: types[f.Type], Nullable: true, Metadata: fieldMetadata(f.Unit, f.Formula, f.Window)})
	}
	seen := map[string]bool{}
	for _, f := range fields {
		if f.Name == "" || seen[f.Name] {
			return nil, fmt.Errorf("feature column %q is there twice or has no name: every column needs its own", f.Name)
		}
		seen[f.Name] = true
	}
	return arrow.NewSchema(fields, wholeMetadata(metadata)), nil
}

func fieldMetadata(unit, formula, window string) arrow.Metadata {
	var keys, values []string
	for _, kv := range [][2]string{{"unit", unit}, {"formula", formula}, {"window", window}} {
		if kv[1] != "" {
			keys, values = append(keys, kv[0]), append(values, kv[1])
		}
	}
	return arrow.NewMetadata(keys, values)
}

// wholeMetadata is m by key.
func wholeMetadata(m map[string]string) *arrow.Metadata {
	if len(m) == 0 {
		return nil
	}
	var keys, values []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		keys, values = append(keys, k), append(values, m[k])
	}
	all := arrow.NewMetadata(keys, values)
	return &all
}
