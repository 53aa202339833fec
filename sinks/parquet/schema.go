package parquet

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/metadata"
	"github.com/apache/arrow/go/v15/parquet/schema"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// kind is what a column holds. Subscribers, which are text, have none.
type kind uint8

const (
	ints kind = iota
	floats
	bools
)

// The fixed columns, before the features.
const (
	subscriberColumn = iota
	windowEndColumn
	homeColumn
	observedDaysColumn
	approxColumn
	fixedColumns
)

// layout is what all files of a sink have in common. It is immutable.
type layout struct {
	schema *schema.Schema
	props  *parquet.WriterProperties
	kv     metadata.KeyValueMetadata
	fields []feature.Field
}

func newLayout(s feature.Schema, extra map[string]string) (*layout, error) {
	arrows, nodes, err := columnsOf(s)
	if err != nil {
		return nil, err
	}
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Required, nodes, -1)
	if err != nil {
		return nil, fmt.Errorf("build the Parquet schema: %w", err)
	}
	l := &layout{
		schema: schema.NewSchema(root),
		props: parquet.NewWriterProperties(
			parquet.WithVersion(parquet.V2_LATEST),
			parquet.WithDataPageVersion(parquet.DataPageV2),
			parquet.WithCompression(compress.Codecs.Zstd),
			parquet.WithCreatedBy("cdrstream")),
		fields: slices.Clone(s.Fields),
	}
	l.kv, err = keyValues(arrow.NewSchema(arrows, nil), extra)
	return l, err
}

// keyValues is the metadata of a file: extra by key, then the Arrow schema.
func keyValues(s *arrow.Schema, extra map[string]string) (metadata.KeyValueMetadata, error) {
	kv := metadata.NewKeyValueMetadata()
	for _, k := range slices.Sorted(maps.Keys(extra)) {
		if err := kv.Append(k, extra[k]); err != nil {
			return nil, fmt.Errorf("file metadata %q: %w", k, err)
		}
	}
	var stream bytes.Buffer
	if err := ipc.NewWriter(&stream, ipc.WithSchema(s)).Close(); err != nil {
		return nil, fmt.Errorf("serialize the Arrow schema: %w", err)
	}
	err := kv.Append("ARROW:schema", base64.StdEncoding.EncodeToString(stream.Bytes()))
	return kv, err
}

// columnsOf returns the columns as Arrow and as Parquet names them.
func columnsOf(s feature.Schema) ([]arrow.Field, schema.FieldList, error) {
	utc := &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"}
	arrows := []arrow.Field{
		{Name: "subscriber", Type: arrow.BinaryTypes.String},
		{Name: "window_end", Type: utc},
		{Name: "home", Type: arrow.FixedWidthTypes.Boolean},
		{Name: "observed_days", Type: arrow.PrimitiveTypes.Int64, Metadata: fieldMetadata("days", "", "")},
		{Name: "approx", Type: arrow.FixedWidthTypes.Boolean},
	}
	types := []arrow.DataType{feature.Int64: arrow.PrimitiveTypes.Int64, feature.Float64: arrow.PrimitiveTypes.Float64, feature.Bool: arrow.FixedWidthTypes.Boolean}
	for _, f := range s.Fields {
		arrows = append(arrows, arrow.Field{Name: f.Name, Type: types[f.Type], Nullable: true, Metadata: fieldMetadata(f.Unit, f.Formula, f.Window)})
	}
	seen := make(map[string]bool)
	var nodes schema.FieldList
	for _, f := range arrows {
		if f.Name == "" || seen[f.Name] {
			return nil, nil, fmt.Errorf("feature column %q is there twice or has no name: every column needs its own", f.Name)
		}
		seen[f.Name] = true
		n, err := nodeOf(f)
		if err != nil {
			return nil, nil, fmt.Errorf("feature column %q: %w", f.Name, err)
		}
		nodes = append(nodes, n)
	}
	return arrows, nodes, nil
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

func nodeOf(f arrow.Field) (schema.Node, error) {
	rep := parquet.Repetitions.Required
	if f.Nullable {
		rep = parquet.Repetitions.Optional
	}
	logical, physical := schema.LogicalType(schema.NoLogicalType{}), parquet.Types.Int64
	switch f.Type.ID() {
	case arrow.STRING:
		logical, physical = schema.StringLogicalType{}, parquet.Types.ByteArray
	case arrow.TIMESTAMP:
		logical = schema.NewTimestampLogicalType(true, schema.TimeUnitMillis)
	case arrow.FLOAT64:
		physical = parquet.Types.Double
	case arrow.BOOL:
		physical = parquet.Types.Boolean
	}
	return schema.NewPrimitiveNodeLogical(f.Name, rep, logical, physical, -1, -1)
}

// newColumns returns the encoders of l's columns.
func (l *layout) newColumns() []column {
	c := make([]column, fixedColumns+len(l.fields))
	c[homeColumn].kind, c[approxColumn].kind = bools, bools
	kinds := []kind{feature.Int64: ints, feature.Float64: floats, feature.Bool: bools}
	for i, f := range l.fields {
		c[fixedColumns+i] = column{kind: kinds[f.Type], nulls: true, wide: f.Wide && !f.Sparse}
	}
	for i := range c {
		c[i].stats = metadata.NewStatistics(l.schema.Column(i), memory.DefaultAllocator)
		c[i].reset()
	}
	return c
}
