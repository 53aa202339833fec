package parquet

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/apache/arrow/go/v15/parquet/schema"
)

// meaning32 is what the 32-bit integers of a column stand for.
func meaning32(d *schema.Column) func(int32) any {
	if t, ok := d.LogicalType().(*schema.IntLogicalType); ok && !t.IsSigned() {
		return func(v int32) any { return int64(uint32(v)) }
	}
	wide := meaning(d)
	return func(v int32) any { return wide(int64(v)) }
}

// meaning is what the integers of a column stand for: times, decimals or
// themselves.
func meaning(d *schema.Column) func(int64) any {
	switch t := d.LogicalType().(type) {
	case *schema.TimestampLogicalType:
		return instant(t.TimeUnit())
	case *schema.DecimalLogicalType:
		return decimal(t.Scale())
	case *schema.IntLogicalType:
		if !t.IsSigned() {
			return unsigned
		}
	}
	return func(v int64) any { return v }
}

func instant(unit schema.TimeUnitType) func(int64) any {
	switch unit {
	case schema.TimeUnitMillis:
		return func(v int64) any { return time.UnixMilli(v).UTC() }
	case schema.TimeUnitMicros:
		return func(v int64) any { return time.UnixMicro(v).UTC() }
	}
	return func(v int64) any { return time.Unix(0, v).UTC() }
}

// decimal divides by a power of ten: exact as a float64 can be, to 15 digits.
func decimal(scale int32) func(int64) any {
	by := math.Pow10(int(scale))
	return func(v int64) any { return float64(v) / by }
}

func unsigned(v int64) any {
	if v < 0 {
		return float64(uint64(v))
	}
	return v
}

// arrayCells reads a column of text, or of decimals that are bytes.
type arrayCells struct{ from *pqarrow.ColumnReader }

func (c arrayCells) release() { c.from.Release() }

func (c arrayCells) next(dst []any, n int64) ([]any, error) {
	data, err := c.from.NextBatch(n)
	if err != nil {
		return dst, err
	}
	for _, part := range data.Chunks() {
		value := valueOf(part)
		for i := range part.Len() {
			if part.IsNull(i) {
				dst = append(dst, nil)
				continue
			}
			dst = append(dst, value(i))
		}
	}
	return dst, nil
}

// valueOf returns what reads the values of an array, none of which is null.
func valueOf(a arrow.Array) func(i int) any {
	switch a := a.(type) {
	case *array.String:
		return func(i int) any { return a.Value(i) }
	case *array.Binary: // text, of writers that do not say so
		return func(i int) any {
			if b := a.Value(i); utf8.Valid(b) {
				return string(b)
			}
			return a.ValueStr(i)
		}
	case *array.Decimal128:
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		return func(i int) any { return nearest(a.Value(i).ToString(scale)) }
	case *array.Decimal256:
		scale := a.DataType().(*arrow.Decimal256Type).Scale
		return func(i int) any { return nearest(a.Value(i).ToString(scale)) }
	}
	return func(i int) any { return a.ValueStr(i) }
}

// nearest is the float64 nearest to a decimal, which always is a number.
func nearest(text string) any {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return v
}
