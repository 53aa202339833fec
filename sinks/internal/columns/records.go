package columns

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// Records makes record batches of frames. It serves one goroutine.
type Records struct {
	schema *arrow.Schema
	fields []feature.Field
}

// NewRecords returns what makes record batches of a schema that Schema made of s.
func NewRecords(schema *arrow.Schema, s feature.Schema) *Records {
	return &Records{schema: schema, fields: slices.Clone(s.Fields)}
}

// Record returns rows from..from+n of f as a record batch. It shares memory with f: it
// is of use only until f changes.
//
// Text of a subscriber that is not UTF-8 has U+FFFD for each run of bytes that are
// wrong.
func (r *Records) Record(f *feature.Frame, from, n int) (arrow.Record, error) {
	if len(f.Columns) != len(r.fields) {
		return nil, fmt.Errorf("a frame has %d feature columns, the schema %d", len(f.Columns), len(r.fields))
	}
	cols := make([]arrow.Array, Fixed, Fixed+len(f.Columns))
	cols[Subscriber] = subscribers(f, from, n)
	cols[WindowEnd] = r.array(WindowEnd, n, nil, wordsOf(slices.Repeat([]int64{int64(f.WindowEnd)}, n)))
	cols[Home] = r.array(Home, n, nil, packed(f.Home[from:from+n]))
	cols[ObservedDays] = r.array(ObservedDays, n, nil, wordsOf(f.ObservedDays[from:from+n]))
	cols[Approx] = r.array(Approx, n, nil, packed(f.Approx[from:from+n]))
	for i := range f.Columns {
		c := &f.Columns[i]
		cols = append(cols, r.array(Fixed+i, n, validity(c.Valid, from, n), valuesOf(c, r.fields[i].Type, from, n)))
	}
	return array.NewRecord(r.schema, cols, int64(n)), nil
}

// valuesOf returns the values as Arrow lays them out.
func valuesOf(c *feature.Column, t feature.Type, from, n int) []byte {
	switch t {
	case feature.Float64:
		return arrow.Float64Traits.CastToBytes(c.Floats[from : from+n])
	case feature.Bool:
		return packed(c.Bools[from : from+n])
	}
	return wordsOf(c.Ints[from : from+n])
}

func wordsOf(v []int64) []byte { return arrow.Int64Traits.CastToBytes(v) }

// array makes column i of n values. valid may be nil: all are.
func (r *Records) array(i, n int, valid, values []byte) arrow.Array {
	nulls, bitmap := 0, (*memory.Buffer)(nil)
	if valid != nil {
		nulls, bitmap = n-bitutil.CountSetBits(valid, 0, n), memory.NewBufferBytes(valid)
	}
	return array.MakeFromData(array.NewData(r.schema.Field(i).Type, n, []*memory.Buffer{bitmap, memory.NewBufferBytes(values)}, nil, nulls, 0))
}

func subscribers(f *feature.Frame, from, n int) arrow.Array {
	offsets := make([]int32, 1, n+1)
	var text []byte
	for i := from; i < from+n; i++ {
		s := f.Subscriber(i)
		if !utf8.Valid(s) {
			s = bytes.ToValidUTF8(s, []byte("\uFFFD"))
		}
		text = append(text, s...)
		offsets = append(offsets, int32(len(text)))
	}
	buffers := []*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offsets)), memory.NewBufferBytes(text)}
	return array.MakeFromData(array.NewData(arrow.BinaryTypes.String, n, buffers, nil, 0, 0))
}

// packed is a bit for each value, the least significant first.
func packed(values []bool) []byte {
	bits := make([]byte, (len(values)+7)/8)
	for i, v := range values {
		if v {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	return bits
}

// validity is bits from..from+n of valid, with zeros behind; nil if it is empty.
func validity(valid []byte, from, n int) []byte {
	if len(valid) == 0 {
		return nil
	}
	bits := make([]byte, (n+7)/8)
	bitutil.CopyBitmap(valid, from, n, bits, 0)
	return bits
}
