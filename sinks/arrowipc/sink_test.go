package arrowipc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/sinks/parquet"
)

var ctx = context.Background()

var metadata = map[string]string{"engine": "test", "a": "b"}

var rowSchema = feature.Schema{Fields: []feature.Field{
	{Name: "calls_7d", Unit: "calls", Formula: "calls", Window: "7d"},
	{Name: "ratio_7d", Type: feature.Float64, Unit: "ratio", Window: "7d"},
	{Name: "same_device", Type: feature.Bool},
	{Name: "bytes_7d", Wide: true},
}}

const (
	boundary = cdr.Millis(1_772_406_000_000)
	final0   = "features-arrow/date=2026-03-01/20260301T230000Z-00.arrow"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// frameOf makes a frame of rows subscribers, from number first.
func frameOf(seed uint64, shard int, epoch uint64, first, rows int, last bool) *feature.Frame {
	r := rand.New(rand.NewPCG(seed, uint64(first)))
	f := &feature.Frame{
		Shard: shard, Epoch: epoch, WindowEnd: boundary + cdr.Millis(epoch-1)*86_400_000, Date: fmt.Sprintf("2026-03-%02d", epoch), Rows: rows,
		SubscriberOffsets: []int32{0}, Columns: make([]feature.Column, 4), Last: last,
	}
	for c := range 3 {
		f.Columns[c].Valid = make([]byte, (rows+7)/8)
		for i := range f.Columns[c].Valid {
			f.Columns[c].Valid[i] = 0xff // bits beyond the last row are anything
		}
	}
	for i := range rows {
		f.SubscriberText = fmt.Appendf(f.SubscriberText, "4917%08d", first+i)
		f.SubscriberOffsets = append(f.SubscriberOffsets, int32(len(f.SubscriberText)))
		f.Home = append(f.Home, r.IntN(2) == 0)
		f.ObservedDays = append(f.ObservedDays, int64(r.IntN(31)))
		f.Approx = append(f.Approx, r.IntN(9) == 0)
		for c := range 3 {
			if r.IntN(3) == 0 {
				f.Columns[c].Valid[i/8] &^= 1 << (i % 8)
				f.Columns[c].Nulls++
			}
		}
		f.Columns[0].Ints = append(f.Columns[0].Ints, int64(r.Uint64()>>r.IntN(64)))
		f.Columns[1].Floats = append(f.Columns[1].Floats, []float64{0, 0.1, -3, math.MaxFloat64, r.NormFloat64()}[r.IntN(5)])
		f.Columns[2].Bools = append(f.Columns[2].Bools, r.IntN(2) == 0)
		f.Columns[3].Ints = append(f.Columns[3].Ints, math.MaxInt64-int64(i))
	}
	return f
}

func fixed(values ...any) string { return strings.TrimSpace(fmt.Sprintln(values...)) }

// rowsOf are the rows of frames as text, exactly.
func rowsOf(frames ...*feature.Frame) (rows []string) {
	for _, f := range frames {
		for i := range f.Rows {
			text := fixed(string(f.Subscriber(i)), int64(f.WindowEnd), f.Home[i], f.ObservedDays[i], f.Approx[i])
			for c := range f.Columns {
				col := &f.Columns[c]
				switch {
				case len(col.Valid) > 0 && col.Valid[i/8]>>(i%8)&1 == 0:
					text += " null"
				case col.Ints != nil:
					text += fmt.Sprint(" ", col.Ints[i])
				case col.Floats != nil:
					text += fmt.Sprint(" ", math.Float64bits(col.Floats[i]))
				default:
					text += fmt.Sprint(" ", col.Bools[i])
				}
			}
			rows = append(rows, text)
		}
	}
	return rows
}

// read returns the rows of a file, and its schema.
func read(t testing.TB, b []byte) (rows []string, schema *arrow.Schema) {
	t.Helper()
	r, err := ipc.NewFileReader(bytes.NewReader(b))
	must(t, err)
	defer r.Close()
	for n := range r.NumRecords() {
		rec, err := r.Record(n)
		must(t, err)
		for i := range int(rec.NumRows()) {
			text := fixed(rec.Column(0).(*array.String).Value(i), int64(rec.Column(1).(*array.Timestamp).Value(i)), rec.Column(2).(*array.Boolean).Value(i), rec.Column(3).(*array.Int64).Value(i), rec.Column(4).(*array.Boolean).Value(i))
			for c := 5; c < int(rec.NumCols()); c++ {
				text += " " + cell(rec.Column(c), i)
			}
			rows = append(rows, text)
		}
	}
	return rows, r.Schema()
}

func cell(a arrow.Array, i int) string {
	if a.IsNull(i) {
		return "null"
	}
	switch a := a.(type) {
	case *array.Int64:
		return fmt.Sprint(a.Value(i))
	case *array.Float64:
		return fmt.Sprint(math.Float64bits(a.Value(i)))
	}
	return fmt.Sprint(a.(*array.Boolean).Value(i))
}

func newSink(t testing.TB, d disk.FS, c Compression) *Sink {
	t.Helper()
	s, err := New("out", rowSchema, Options{Metadata: metadata, Compression: c, Disk: d})
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// What is written is what Arrow's reader reads, whichever shards write at the same time.
func TestRoundTrip(t *testing.T) {
	for _, c := range []Compression{"", Zstd, LZ4} {
		t.Run(string(c), func(t *testing.T) {
			d := disktest.New()
			s := newSink(t, d, c)
			const shards = 3
			var wg sync.WaitGroup
			for shard := range shards {
				wg.Add(1)
				go func() {
					defer wg.Done()
					for _, f := range []*feature.Frame{frameOf(1, shard, 1, 0, 1001, false), frameOf(1, shard, 1, 2000, 77, false), frameOf(1, shard, 1, 0, 0, true)} {
						if err := s.Write(ctx, f); err != nil {
							t.Error(err)
						}
					}
				}()
			}
			wg.Wait()
			_, err := s.Prepare(ctx, 1)
			must(t, err)
			must(t, s.Commit(ctx, 1))
			must(t, s.Close())
			names := d.Files("out")
			if len(names) != shards || names[0] != final0 {
				t.Fatal(names)
			}
			for shard, name := range names {
				b, err := d.ReadFile("out/" + name)
				must(t, err)
				rows, schema := read(t, b)
				if want := rowsOf(frameOf(1, shard, 1, 0, 1001, false), frameOf(1, shard, 1, 2000, 77, false)); !slices.Equal(rows, want) {
					t.Fatalf("shard %d: %d rows, want %d", shard, len(rows), len(want))
				}
				if v, _ := schema.Metadata().GetValue("engine"); v != "test" || schema.Metadata().Len() != 2 {
					t.Fatal(schema.Metadata())
				}
			}
		})
	}
}

// Columns, types and metadata are those of the Parquet files.
func TestSameAsParquet(t *testing.T) {
	d := disktest.New()
	p, err := parquet.New("out", rowSchema, parquet.Options{Metadata: metadata, Disk: d})
	must(t, err)
	s := newSink(t, d, "")
	f := frameOf(1, 0, 1, 0, 5, true)
	must(t, errors.Join(s.Write(ctx, f), p.Write(ctx, f)))
	for _, sink := range []interface {
		Prepare(context.Context, uint64) ([]disk.Staged, error)
		Commit(context.Context, uint64) error
		Close() error
	}{s, p} {
		_, err := sink.Prepare(ctx, 1)
		must(t, errors.Join(err, sink.Commit(ctx, 1), sink.Close()))
	}
	names := d.Files("out")
	if len(names) != 2 {
		t.Fatal(names)
	}
	b, _ := d.ReadFile("out/" + names[slices.IndexFunc(names, func(n string) bool { return strings.HasSuffix(n, ".parquet") })])
	r, err := file.NewParquetReader(bytes.NewReader(b))
	must(t, err)
	pr, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	must(t, err)
	want, err := pr.Schema()
	must(t, err)
	b, _ = d.ReadFile("out/" + final0)
	_, got := read(t, b)
	for i, f := range got.Fields() {
		w := want.Field(i)
		for _, key := range f.Metadata.Keys() {
			x, _ := f.Metadata.GetValue(key)
			if y, ok := w.Metadata.GetValue(key); !ok || x != y {
				t.Errorf("%s: metadata %s is %q, in Parquet %q", f.Name, key, x, y)
			}
		}
		if f.Name != w.Name || !arrow.TypeEqual(f.Type, w.Type) || f.Nullable != w.Nullable {
			t.Errorf("column %d is %v, in Parquet %v", i, f, w)
		}
	}
	if len(got.Fields()) != len(want.Fields()) {
		t.Errorf("%d columns, in Parquet %d", len(got.Fields()), len(want.Fields()))
	}
}

func TestRefused(t *testing.T) {
	change := func(change func(f *feature.Frame)) func(s *Sink) error {
		return func(s *Sink) error {
			f := frameOf(1, 0, 1, 100, 3, false)
			change(f)
			return s.Write(ctx, f)
		}
	}
	for name, c := range map[string]struct {
		do   func(s *Sink) error
		want string
	}{
		"order":    {change(func(f *feature.Frame) { *f = *frameOf(1, 0, 1, 4, 3, false) }), "must ascend"},
		"boundary": {change(func(f *feature.Frame) { f.WindowEnd++ }), "another boundary or epoch"},
		"epoch":    {change(func(f *feature.Frame) { f.Epoch++ }), "another boundary or epoch"},
		"columns":  {change(func(f *feature.Frame) { f.Columns = f.Columns[1:] }), "3 feature columns, the schema 4"},
		"date":     {func(s *Sink) error { f := frameOf(1, 1, 1, 0, 3, false); f.Date = "1 March"; return s.Write(ctx, f) }, "not YYYY-MM-DD"},
		"prepare":  {func(s *Sink) error { _, err := s.Prepare(ctx, 1); return err }, "not complete"},
	} {
		t.Run(name, func(t *testing.T) {
			d := disktest.New()
			s := newSink(t, d, "")
			must(t, s.Write(ctx, frameOf(1, 0, 1, 0, 5, false)))
			err := c.do(s)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "4917") {
				t.Fatal(err)
			}
			if again := s.Write(ctx, frameOf(1, 0, 1, 100, 5, false)); again == nil {
				t.Fatal("the sink goes on")
			}
			_ = s.Close()
			if left := d.Files("out"); len(left) > 0 {
				t.Fatal(left)
			}
		})
	}
	if _, err := New("out", rowSchema, Options{Compression: "gzip"}); err == nil {
		t.Error("gzip")
	}
	if _, err := New("out", feature.Schema{Fields: []feature.Field{{Name: "home"}}}, Options{}); err == nil {
		t.Error("a column twice")
	}
}

// life is one process of a job over some epochs.
type life struct {
	disk  *disktest.Memory
	epoch uint64 // of the newest checkpoint
	files []disk.Staged
	ended bool
}

const epochs = 3

func (l *life) run(t testing.TB) error {
	s := newSink(t, l.disk, LZ4)
	defer s.Close()
	if err := s.Recover(ctx, l.epoch, l.files); err != nil {
		return err
	}
	for e := l.epoch + 1; e <= epochs; e++ {
		for shard := range 2 {
			if err := errors.Join(s.Write(ctx, frameOf(e, shard, e, 0, 9, false)), s.Write(ctx, frameOf(e, shard, e, 9, 4, true))); err != nil {
				return err
			}
		}
		files, err := s.Prepare(ctx, e)
		if err != nil {
			return err
		}
		l.epoch, l.files = e, files
		if err := s.Commit(ctx, e); err != nil {
			return err
		}
	}
	l.ended = true
	return s.Close()
}

// check makes sure that the files under their final names are whole, and those of all
// epochs if all.
func (l *life) check(t testing.TB, all bool) error {
	names := l.disk.Files("out/features-arrow")
	for _, name := range names {
		var epoch, shard int
		if _, err := fmt.Sscanf(name[len("date=2026-03-"):], "%02d/", &epoch); err != nil {
			return err
		}
		_, _ = fmt.Sscanf(name[strings.LastIndexByte(name, '-'):], "-%02d.arrow", &shard)
		b, err := l.disk.ReadFile("out/features-arrow/" + name)
		must(t, err)
		e := uint64(epoch)
		rows, _ := read(t, b)
		if e > l.epoch || !slices.Equal(rows, rowsOf(frameOf(e, shard, e, 0, 9, false), frameOf(e, shard, e, 9, 4, true))) {
			return fmt.Errorf("%s has %d rows, at epoch %d", name, len(rows), l.epoch)
		}
	}
	if all && (len(names) != 2*epochs || len(l.disk.Files("out")) != 2*epochs) {
		return fmt.Errorf("there is %v", l.disk.Files("out"))
	}
	return nil
}

// A crash at every operation, or a failure; then a new process finishes the job.
func TestCrash(t *testing.T) {
	whole := &life{disk: disktest.New()}
	must(t, errors.Join(whole.run(t), whole.check(t, true)))
	n := 0
	finish := func(first *life, keep int, seed uint64, why ...any) {
		next := &life{disk: first.disk.Crash(keep, seed), epoch: first.epoch, files: first.files}
		err := next.check(t, false)
		if err == nil {
			err = next.run(t)
		}
		if err == nil {
			err = next.check(t, true)
		}
		if err != nil {
			t.Fatal(append(why, ": ", err)...)
		}
		n++
	}
	for p := range disktest.Points(0, whole.disk.Ops(), 1) {
		first := &life{disk: disktest.New()}
		first.disk.CrashAt(p.At, p.Takes)
		if err := first.run(t); !errors.Is(err, disktest.ErrCrashed) && !first.ended {
			t.Fatal(p, err)
		}
		finish(first, p.Keep, p.Seed, p, ", ", first.disk.Op(p.At))
	}
	for at := range whole.disk.Ops() {
		first := &life{disk: disktest.New()}
		first.disk.Fail(disktest.Fault{At: at, Err: syscall.ENOSPC, Lasts: true})
		if err := first.run(t); !first.ended && (!errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "make room")) {
			t.Fatal(at, first.disk.Op(at), err)
		}
		finish(first, 50, uint64(at), first.disk.Op(at))
	}
	t.Logf("%d operations, %d crashes", whole.disk.Ops(), n)
}

func BenchmarkWrite(b *testing.B) {
	var s feature.Schema
	const rows = 8192
	f := frameOf(1, 0, 1, 0, rows, false)
	f.Columns = f.Columns[:0]
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 126 {
		s.Fields = append(s.Fields, feature.Field{Name: fmt.Sprint("f", i), Type: feature.Type(i % 2)})
		c := feature.Column{}
		for range rows {
			n := int64(r.ExpFloat64() * float64(i%9))
			c.Ints, c.Floats = append(c.Ints, n), append(c.Floats, float64(n)/float64(1+r.IntN(7)))
		}
		f.Columns = append(f.Columns, c)
	}
	for _, c := range []Compression{Zstd, LZ4} {
		b.Run(string(c), func(b *testing.B) {
			var size int64
			for range b.N {
				d := disktest.New()
				sink, err := New("out", s, Options{Compression: c, Disk: d})
				must(b, err)
				f.Last = true
				must(b, sink.Write(ctx, f))
				files, err := sink.Prepare(ctx, 1)
				must(b, err)
				size = files[0].Size
			}
			b.ReportMetric(float64(size)/rows, "B/row")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}

var _ engine.Sink = (*Sink)(nil)
