package parquet

import (
	"bytes"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// naive writes the feature columns of frames with the Arrow library alone, one
// row group a frame: the slow twin of this package.
func naive(t testing.TB, s feature.Schema, frames []*feature.Frame) []byte {
	t.Helper()
	arrows, _, err := columnsOf(s)
	must(t, err)
	schema := arrow.NewSchema(arrows[fixedColumns:], nil)
	props := []parquet.WriterProperty{parquet.WithCompression(compress.Codecs.Zstd), parquet.WithDataPageVersion(parquet.DataPageV2)}
	for _, f := range s.Fields {
		if f.Wide {
			props = append(props, parquet.WithDictionaryFor(f.Name, false), parquet.WithEncodingFor(f.Name, parquet.Encodings.DeltaBinaryPacked))
		}
	}
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &out, parquet.NewWriterProperties(props...), pqarrow.DefaultWriterProps())
	must(t, err)
	for _, f := range frames {
		r := record(schema, s, f)
		must(t, w.Write(r))
		r.Release()
	}
	must(t, w.Close())
	return out.Bytes()
}

// record copies the feature columns of f into Arrow arrays.
func record(schema *arrow.Schema, s feature.Schema, f *feature.Frame) arrow.Record {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range s.Fields {
		for row := range f.Rows {
			v := &f.Columns[i]
			if cell(f, fixedColumns+i, row) == nil {
				b.Field(i).AppendNull()
				continue
			}
			switch b := b.Field(i).(type) {
			case *array.Int64Builder:
				b.Append(v.Ints[row])
			case *array.Float64Builder:
				b.Append(v.Floats[row])
			case *array.BooleanBuilder:
				b.Append(v.Bools[row])
			}
		}
	}
	return b.NewRecord()
}

// The feature columns of both writers read alike.
func TestNaiveTwin(t *testing.T) {
	ss := allShapes()
	frames := framesOf(newRand(4), ss, 3, 2000)
	slow, _ := parseTable(t, naive(t, schemaOf(ss), frames))
	fast, _ := parseTable(t, encode(t, schemaOf(ss), Options{RowGroupRows: defaultRows, Level: 1}, frames))
	for i, f := range schemaOf(ss).Fields {
		a, b := cellsOf(slow.Column(i).Data()), cellsOf(fast.Column(fixedColumns+i).Data())
		for row := range int(slow.NumRows()) {
			if a(row) != b(row) {
				t.Fatalf("%s, row %d: %v and %v", f.Name, row, a(row), b(row))
			}
		}
	}
}

// BenchmarkNaive is BenchmarkWrite by the Arrow library, one row group.
func BenchmarkNaive(b *testing.B) {
	ss := coreShapes()
	frames := framesOf(newRand(1), ss, 1, benchFrames*benchRows)
	arrows, _, err := columnsOf(schemaOf(ss))
	must(b, err)
	schema := arrow.NewSchema(arrows[fixedColumns:], nil)
	r := record(schema, schemaOf(ss), frames[0])
	defer r.Release()
	props := []parquet.WriterProperty{parquet.WithCompression(compress.Codecs.Zstd), parquet.WithDataPageVersion(parquet.DataPageV2)}
	for i, what := range ss {
		if what == volume || what == means || what == seconds {
			props = append(props, parquet.WithDictionaryFor(schema.Field(i).Name, false))
		}
		if what == volume {
			props = append(props, parquet.WithEncodingFor(schema.Field(i).Name, parquet.Encodings.DeltaBinaryPacked))
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	start, size := processorTime(b), countingWriter(0)
	for range b.N {
		w, err := pqarrow.NewFileWriter(schema, &size, parquet.NewWriterProperties(props...), pqarrow.DefaultWriterProps())
		must(b, err)
		must(b, w.Write(r))
		must(b, w.Close())
	}
	rows := float64(b.N) * benchFrames * benchRows
	b.ReportMetric(float64(processorTime(b)-start)/rows, "ns/row")
	b.ReportMetric(float64(size)/rows, "bytes/row")
}
