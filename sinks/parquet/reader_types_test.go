package parquet_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	pq "github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"github.com/cdrstream/cdrstream/sinks/parquet"
)

// foreign writes two rows, the second all null, of columns as other programs make
// them: decimals of each width, unsigned integers, categories, bytes.
func foreign(t *testing.T, legacy bool) string {
	t.Helper()
	dict := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: arrow.BinaryTypes.String}
	fields := []struct {
		name string
		typ  arrow.DataType
		json string
	}{
		{"decimal9", &arrow.Decimal128Type{Precision: 9, Scale: 2}, `"-0.05"`},
		{"decimal18", &arrow.Decimal128Type{Precision: 18, Scale: 1}, `"1234.5"`},
		{"decimal38", &arrow.Decimal128Type{Precision: 38, Scale: 10}, `"0.7"`},
		{"uint8", arrow.PrimitiveTypes.Uint8, "200"},
		{"uint32", arrow.PrimitiveTypes.Uint32, "4000000000"},
		{"uint64", arrow.PrimitiveTypes.Uint64, "18000000000000000000"},
		{"int16", arrow.PrimitiveTypes.Int16, "-7"},
		{"float32", arrow.PrimitiveTypes.Float32, "0.25"},
		{"category", dict, `"robocall"`},
		{"large", arrow.BinaryTypes.LargeString, `"text"`},
		{"bytes", arrow.BinaryTypes.Binary, `"dGV4dA=="`},
	}
	var schema []arrow.Field
	var row []string
	for _, f := range fields {
		schema = append(schema, arrow.Field{Name: f.name, Type: f.typ, Nullable: true})
		row = append(row, fmt.Sprintf("%q: %s", f.name, f.json))
	}
	s := arrow.NewSchema(schema, nil)
	record, _, err := array.RecordFromJSON(memory.DefaultAllocator, s, strings.NewReader("[{"+strings.Join(row, ",")+"}, {}]"))
	if err != nil {
		t.Fatal(err)
	}
	defer record.Release()
	path := filepath.Join(t.TempDir(), "foreign.parquet")
	disk, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	options := []pq.WriterProperty{pq.WithStoreDecimalAsInteger(true)}
	if legacy { // decimals are bytes
		options = []pq.WriterProperty{pq.WithVersion(pq.V1_0)}
	}
	w, err := pqarrow.NewFileWriter(s, disk, pq.NewWriterProperties(options...), pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err == nil {
		err = w.Write(record)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReaderForeignTypes(t *testing.T) {
	for _, legacy := range []bool{false, true} {
		r, err := parquet.OpenReader(foreign(t, legacy))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		all := make([]int, len(r.Columns()))
		for i := range all {
			all[i] = i
		}
		var got []string
		err = r.Rows(context.Background(), all, -1, func(row []any) error {
			got = append(got, fmt.Sprintf("%v", row))
			return nil
		})
		want := "[-0.05 1234.5 0.7 200 4000000000 1.8e+19 -7 0.25 robocall text text]"
		null := "[" + strings.TrimSuffix(strings.Repeat("<nil> ", len(all)), " ") + "]"
		if err != nil || len(got) != 2 || got[0] != want || got[1] != null {
			t.Errorf("legacy %v: %v\n got %q\nwant %q", legacy, err, got, want)
		}
	}
}
