package parquet

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/feature"
)

const day = cdr.Millis(86_400_000)

var ctx = context.Background()

func newSink(t testing.TB, dir string, s feature.Schema) *Sink {
	t.Helper()
	sink, err := New(dir, s, Options{RowGroupRows: 1000, Metadata: map[string]string{"schema_version": "1", "config_hash": "abc"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	return sink
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func prepare(t testing.TB, s *Sink, epoch uint64) []disk.Staged {
	t.Helper()
	files, err := s.Prepare(ctx, epoch)
	must(t, err)
	return files
}

// files lists the regular files below dir, relative to it.
func files(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	must(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			out = append(out, rel)
		}
		return err
	}))
	return out
}

// small makes one complete frame of a boundary.
func small(seed uint64, end cdr.Millis, shard, rows int) *feature.Frame {
	f := frameOf(rand.New(rand.NewPCG(seed, 9)), allShapes(), 0, rows)
	return next(f, end, shard, true)
}

// of says which epoch f is of.
func of(epoch uint64, f *feature.Frame) *feature.Frame {
	f.Epoch = epoch
	return f
}

const (
	boundary = cdr.Millis(1772406000000) // 2026-03-01T23:00:00Z
	final0   = "features/date=2026-03-01/20260301T230000Z-00.parquet"
	staged0  = ".staging/features/1_2026-03-01_20260301T230000Z-00.parquet"
	final1   = "features/date=2026-03-01/20260301T230000Z-01.parquet"
)

func TestSink(t *testing.T) {
	dir := t.TempDir()
	s := schemaOf(allShapes())
	sink := newSink(t, dir, s)
	r := rand.New(rand.NewPCG(5, 6))
	frames := framesOf(r, allShapes(), 4, 700)
	for _, f := range frames {
		must(t, sink.Write(ctx, f))
	}
	must(t, sink.Write(ctx, next(&feature.Frame{Epoch: 1, Date: "2026-03-02"}, boundary+day, 0, true))) // no rows, no file
	if got := files(t, dir); !slices.Equal(got, []string{staged0}) {
		t.Errorf("after Write: %v", got)
	}
	prepare(t, sink, 1)
	if got := files(t, dir); !slices.Equal(got, []string{staged0}) {
		t.Errorf("after Prepare: %v", got)
	}
	must(t, sink.Commit(ctx, 1))
	must(t, sink.Commit(ctx, 1))
	must(t, sink.Close())
	if got := files(t, dir); !slices.Equal(got, []string{final0}) {
		t.Errorf("after Commit: %v", got)
	}
	if _, err := os.Stat(filepath.Join(dir, ".staging")); !os.IsNotExist(err) {
		t.Errorf("the staging directory is left: %v", err)
	}
	table, pf := readTable(t, filepath.Join(dir, final0))
	checkTable(t, table, s, frames)
	if n := pf.NumRowGroups(); n != 4 { // two frames of 700 rows do not fit into 1,000
		t.Errorf("%d row groups", n)
	}
}

func TestMetadata(t *testing.T) {
	dir := t.TempDir()
	sink := newSink(t, dir, schemaOf(allShapes()))
	must(t, sink.Write(ctx, small(1, boundary, 0, 100)))
	prepare(t, sink, 1)
	must(t, sink.Commit(ctx, 1))
	table, pf := readTable(t, filepath.Join(dir, final0))
	for k, want := range map[string]string{"schema_version": "1", "config_hash": "abc"} {
		if got := pf.MetaData().KeyValueMetadata().FindValue(k); got == nil || *got != want {
			t.Errorf("file metadata %s: %v", k, got)
		}
	}
	types := []string{"utf8", "timestamp[ms, tz=UTC]", "bool", "int64", "bool", "int64", "int64", "float64", "float64", "float64", "int64", "int64", "bool", "int64"}
	for i, f := range table.Schema().Fields() {
		if f.Type.String() != types[i] || f.Nullable != (i >= fixedColumns) {
			t.Errorf("%s is %v, nullable %v", f.Name, f.Type, f.Nullable)
		}
		if i < fixedColumns {
			continue
		}
		for k, want := range map[string]string{"unit": "calls", "formula": "a / b", "window": "7d"} {
			if got, _ := f.Metadata.GetValue(k); got != want {
				t.Errorf("%s: %s is %q", f.Name, k, got)
			}
		}
	}
	sorting := pf.MetaData().RowGroups[0].SortingColumns
	if len(sorting) != 1 || sorting[0].ColumnIdx != 0 || sorting[0].Descending {
		t.Errorf("sorting columns: %v", sorting)
	}
}

func TestStatistics(t *testing.T) {
	f := frameOf(rand.New(rand.NewPCG(2, 2)), []shape{counts, ratios, yesNo, volume}, 0, 50)
	f.Columns[0].Ints[7], f.Columns[0].Ints[9] = -5, 99
	_, pf := parseTable(t, encode(t, schemaOf([]shape{counts, ratios, yesNo, volume}), Options{RowGroupRows: 1000}, []*feature.Frame{f}))
	for c, want := range map[int][2]string{
		subscriberColumn: {string(f.Subscriber(0)), string(f.Subscriber(49))},
		fixedColumns:     {"\xfb\xff\xff\xff\xff\xff\xff\xff", "\x63\x00\x00\x00\x00\x00\x00\x00"},
		fixedColumns + 2: {"\x00", "\x01"},
	} {
		col, err := pf.MetaData().RowGroup(0).ColumnChunk(c)
		must(t, err)
		st, err := col.Statistics()
		must(t, err)
		if st == nil || string(st.EncodeMin()) != want[0] || string(st.EncodeMax()) != want[1] {
			t.Errorf("column %d: %v", c, st)
		}
	}
	col, _ := pf.MetaData().RowGroup(0).ColumnChunk(fixedColumns + 1)
	if st, _ := col.Statistics(); st.NullCount() != int64(f.Columns[1].Nulls) {
		t.Errorf("%d nulls, not %d", st.NullCount(), f.Columns[1].Nulls)
	}
}

// Shards write at the same time; run with -race.
func TestShards(t *testing.T) {
	dir := t.TempDir()
	s := schemaOf(allShapes())
	sink := newSink(t, dir, s)
	var wg sync.WaitGroup
	for shard := range 3 {
		wg.Go(func() {
			for d := range cdr.Millis(80) { // more files than may wait open
				f := small(uint64(shard)+1, boundary+d*day, shard, 20)
				if err := sink.Write(ctx, f); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	prepare(t, sink, 3)
	must(t, sink.Commit(ctx, 3))
	if n := len(files(t, dir)); n != 240 {
		t.Fatalf("%d files", n)
	}
	for i, name := range []string{final0, final1} {
		table, _ := readTable(t, filepath.Join(dir, name))
		checkTable(t, table, s, []*feature.Frame{small(uint64(i)+1, boundary, i, 20)})
	}
}

func TestBadFrames(t *testing.T) {
	for name, write := range map[string]func(s *Sink) error{
		"date": func(s *Sink) error {
			f := small(1, boundary, 0, 5)
			f.Date = "../../etc"
			return s.Write(ctx, f)
		},
		"columns": func(s *Sink) error {
			f := small(1, boundary, 0, 5)
			f.Columns = f.Columns[1:]
			return s.Write(ctx, f)
		},
		"boundary": func(s *Sink) error {
			f := small(1, boundary, 0, 5)
			f.Last = false
			must(t, s.Write(ctx, f))
			return s.Write(ctx, small(1, boundary+day, 0, 5))
		},
		"epoch": func(s *Sink) error {
			f := small(1, boundary, 0, 5)
			f.Last = false
			must(t, s.Write(ctx, f))
			return s.Write(ctx, of(2, f))
		},
		"no epoch": func(s *Sink) error { return s.Write(ctx, of(0, small(1, boundary, 0, 5))) },
		"an epoch that was prepared": func(s *Sink) error {
			prepare(t, s, 1)
			return s.Write(ctx, small(1, boundary, 0, 5))
		},
	} {
		dir := t.TempDir()
		sink := newSink(t, dir, schemaOf(allShapes()))
		err := write(sink)
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Fatalf("%s: %v", name, err)
		}
		if again := sink.Write(ctx, small(1, boundary, 1, 5)); again != err {
			t.Errorf("%s: a later call returns %v", name, again)
		}
		if _, again := sink.Prepare(ctx, 1); again != err {
			t.Errorf("%s: Prepare returns %v", name, again)
		}
		sink.Close()
		if got := files(t, dir); len(got) > 0 {
			t.Errorf("%s: left %v", name, got)
		}
	}
}

func TestSchemaNames(t *testing.T) {
	for _, names := range [][]string{{"a", "a"}, {"subscriber"}, {""}} {
		var s feature.Schema
		for _, n := range names {
			s.Fields = append(s.Fields, feature.Field{Name: n})
		}
		if _, err := New(t.TempDir(), s, Options{}); err == nil {
			t.Errorf("columns %q were taken", names)
		}
	}
}

// Chunks follow one another without a gap, and the footer points at the pages it
// names.
func TestOffsets(t *testing.T) {
	ss := allShapes()
	b := encode(t, schemaOf(ss), Options{RowGroupRows: 800}, framesOf(newRand(3), ss, 3, 500))
	_, pf := parseTable(t, b)
	at := int64(len(magic))
	for _, g := range pf.MetaData().RowGroups {
		for i, c := range g.Columns {
			m, data := c.MetaData, at
			if m.IsSetDictionaryPageOffset() {
				if *m.DictionaryPageOffset != at || !bytes.HasPrefix(b[at:], appendI32(nil, 1, pageDictionary)) {
					t.Errorf("column %d: no dictionary page at %d", i, *m.DictionaryPageOffset)
				}
				data = m.DataPageOffset
			}
			if m.DataPageOffset != data || !bytes.HasPrefix(b[data:], appendI32(nil, 1, pageDataV2)) {
				t.Errorf("column %d: no data page at %d", i, m.DataPageOffset)
			}
			if c.FileOffset != 0 {
				t.Errorf("column %d: file offset %d", i, c.FileOffset)
			}
			at += m.TotalCompressedSize
		}
	}
	footer := binary.LittleEndian.Uint32(b[len(b)-8:])
	if at+int64(footer)+8 != int64(len(b)) {
		t.Errorf("chunks end at %d, the footer has %d bytes, the file %d", at, footer, len(b))
	}
}
