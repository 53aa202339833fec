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
	"github.com/cdrstream/cdrstream/sinks/internal/columns"
)

// kind is what a column holds.
type kind uint8

const (
	ints kind = iota
	floats
	bools
	texts // subscribers
)

// The fixed columns, before the features.
const (
	subscriberColumn   = columns.Subscriber
	windowEndColumn    = columns.WindowEnd
	homeColumn         = columns.Home
	observedDaysColumn = columns.ObservedDays
	approxColumn       = columns.Approx
	fixedColumns       = columns.Fixed
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
	l.kv, err = keyValues(arrows, extra)
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
func columnsOf(s feature.Schema) (*arrow.Schema, schema.FieldList, error) {
	arrows, err := columns.Schema(s, nil)
	if err != nil {
		return nil, nil, err
	}
	var nodes schema.FieldList
	for _, f := range arrows.Fields() {
		n, err := nodeOf(f)
		if err != nil {
			return nil, nil, fmt.Errorf("feature column %q: %w", f.Name, err)
		}
		nodes = append(nodes, n)
	}
	return arrows, nodes, nil
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
	c[subscriberColumn].kind, c[homeColumn].kind, c[approxColumn].kind = texts, bools, bools
	kinds := []kind{feature.Int64: ints, feature.Float64: floats, feature.Bool: bools}
	for i, f := range l.fields {
		c[fixedColumns+i] = column{kind: kinds[f.Type], nulls: true, wide: f.Wide && !f.Sparse}
	}
	for i := range c {
		c[i].stats = metadata.NewStatistics(l.schema.Column(i), memory.DefaultAllocator)
		if c[i].kind == floats {
			c[i].dict.early, c[i].dict.hashed = dictEarly, true
		}
		c[i].reset()
	}
	return c
}
