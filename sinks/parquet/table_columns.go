package parquet

import (
	"math"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

func textColumn[T any](name string, of func(row *T) string) tableColumn[T] {
	return tableColumn[T]{arrow.Field{Name: name, Type: arrow.BinaryTypes.String}, func(b array.Builder, row *T) {
		putText(b, of(row))
	}}
}

func timeColumn[T any](name string, of func(row *T) cdr.Millis) tableColumn[T] {
	utc := &arrow.TimestampType{Unit: arrow.Millisecond, TimeZone: "UTC"}
	return tableColumn[T]{arrow.Field{Name: name, Type: utc}, func(b array.Builder, row *T) {
		b.(*array.TimestampBuilder).Append(arrow.Timestamp(of(row)))
	}}
}

func textsColumn[T any](name string, of func(row *T) []string) tableColumn[T] {
	return tableColumn[T]{arrow.Field{Name: name, Type: arrow.ListOfNonNullable(arrow.BinaryTypes.String)}, func(b array.Builder, row *T) {
		l := b.(*array.ListBuilder)
		l.Append(true)
		for _, s := range of(row) {
			putText(l.ValueBuilder(), s)
		}
	}}
}

// optional makes c null where there is no value.
func optional[T any](c tableColumn[T], there func(row *T) bool) tableColumn[T] {
	c.field.Nullable = true
	put := c.put
	c.put = func(b array.Builder, row *T) {
		if there(row) {
			put(b, row)
		} else {
			b.AppendNull()
		}
	}
	return c
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
