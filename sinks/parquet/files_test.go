package parquet

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	pqfile "github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/hygiene"
)

// fullFile is a row in which every column has a value, bareFile one with as few as can be.
func fullFile() hygiene.File {
	f := hygiene.File{
		Status: hygiene.Read, Settled: true, Size: 12, Hash: "00ff", DuplicateOf: "b",
		Warnings: []hygiene.Warning{{Source: "a", Code: hygiene.Silence, Text: "x"}, {Source: "a", Code: hygiene.TalkTotal, Text: "y \xff"}},
		Account: hygiene.Account{
			Name: "a7\xff", Format: "csv", Ledger: hygiene.Ledger{Read: 21, Accepted: 6, Duplicate: 5, Late: 4, Rejected: 3, Filtered: 2, Buffered: 1},
			Types:  map[string]int64{"mtCall": 2, "moCall": 1},
			Totals: decode.Totals{Records: [4]int64{1, 2, 3, 4}, TalkMS: 5, Charge: -6, First: 1_772_406_000_123, Last: 1_772_406_001_000},
			Claims: decode.Claims{Has: 31, Records: 1, Sequence: 2, Lost: 3, TalkMS: 4, Charge: 5},
		},
	}
	f.Notes[decode.LongCall] = 3
	return f
}

func bareFile() hygiene.File {
	return hygiene.File{Account: hygiene.Account{Name: "b"}, Status: hygiene.Empty, Size: -1}
}

func filesRows(t *testing.T, path string) string {
	t.Helper()
	f, err := pqfile.OpenParquetFile(path, false)
	must(t, err)
	defer f.Close()
	r, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	must(t, err)
	table, err := r.ReadTable(ctx)
	must(t, err)
	var text strings.Builder
	for reader := array.NewTableReader(table, -1); reader.Next(); {
		b, err := reader.Record().MarshalJSON()
		must(t, err)
		text.Write(b)
	}
	return text.String()
}

func TestFilesRows(t *testing.T) {
	dir := t.TempDir()
	s, err := NewFiles(dir, Options{Metadata: map[string]string{"k": "v"}})
	must(t, err)
	must(t, s.WriteFiles(ctx, 1, []hygiene.File{fullFile()}, false))
	must(t, s.WriteFiles(ctx, 2, []hygiene.File{fullFile(), bareFile()}, true))
	_, err = s.Prepare(ctx, 2)
	must(t, err)
	must(t, s.Commit(ctx, 2))
	must(t, s.Close())
	if got := files(t, dir); !slices.Equal(got, []string{"files/00000001.parquet", "files.parquet"}) {
		t.Errorf("%v", got)
	}
	want := `[{"name":"a7\ufffd","status":"read","duplicate_of":"b","format":"csv","switch":"a\ufffd","size":12,"hash":"00ff",` +
		`"sequence":2,"claimed_records":1,"claimed_lost":3,"read":21,"accepted":6,"duplicate":5,"late":4,"rejected":3,"filtered":2,` +
		`"first_event":"2026-03-01 23:00:00.123","last_event":"2026-03-01 23:00:01","voice":1,"sms":2,"mms":3,"data":4,` +
		`"types":[{"key":"moCall","value":1},{"key":"mtCall","value":2}],"notes":[{"key":"calls_over_24h","value":3}],` +
		`"talk_ms":5,"claimed_talk_ms":4,"charge_micros":-6,"claimed_charge_micros":5,"warnings":["silence: x","talk_total: y \ufffd"]},` +
		`{"name":"b","status":"empty","duplicate_of":null,"format":null,"switch":"b","size":null,"hash":null,` +
		`"sequence":null,"claimed_records":null,"claimed_lost":null,"read":0,"accepted":null,"duplicate":null,"late":0,"rejected":0,"filtered":0,` +
		`"first_event":null,"last_event":null,"voice":0,"sms":0,"mms":0,"data":0,"types":[],"notes":[],` +
		`"talk_ms":0,"claimed_talk_ms":null,"charge_micros":0,"claimed_charge_micros":null,"warnings":[]}]`
	got := filesRows(t, filepath.Join(dir, "files.parquet"))
	var is, should any
	must(t, json.Unmarshal([]byte(got), &is))
	must(t, json.Unmarshal([]byte(want), &should))
	if !reflect.DeepEqual(is, should) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What was prepared is published by whoever recovers, and is the same when it is written
// again.
func TestFilesRecovered(t *testing.T) {
	dir := t.TempDir()
	s, err := NewFiles(dir, Options{})
	must(t, err)
	must(t, s.WriteFiles(ctx, 7, []hygiene.File{fullFile()}, true))
	staged, err := s.Prepare(ctx, 7)
	must(t, err)
	if got := files(t, dir); !slices.Equal(got, []string{".staging/files/00000007-all.parquet"}) || len(staged) != 1 {
		t.Errorf("%v, %v", got, staged)
	}
	must(t, s.Close())
	for range 2 {
		s, err = NewFiles(dir, Options{})
		must(t, err)
		must(t, s.Recover(ctx, 7, staged))
		must(t, s.Close())
		if got := files(t, dir); !slices.Equal(got, []string{"files.parquet"}) {
			t.Errorf("%v", got)
		}
	}
	first, err := os.ReadFile(filepath.Join(dir, "files.parquet"))
	must(t, err)
	s, err = NewFiles(t.TempDir(), Options{})
	must(t, err)
	must(t, s.WriteFiles(ctx, 7, []hygiene.File{fullFile()}, true))
	again, err := s.Prepare(ctx, 7)
	must(t, err)
	if again[0].Sum != staged[0].Sum || again[0].Size != int64(len(first)) {
		t.Errorf("%+v, then %+v", staged[0], again[0])
	}
	must(t, s.Close())
	for _, name := range []string{".staging/files/x.parquet", ".staging/files/7-all.parquet", ".staging/alerts/00000007.parquet", "00000007.parquet"} {
		if _, _, err := placeFiles(name); err == nil {
			t.Errorf("%s has a place", name)
		}
	}
}
