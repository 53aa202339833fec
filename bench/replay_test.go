package bench

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/csv"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/file"
	"github.com/cdrstream/cdrstream/sinks/parquet"
)

// BenchmarkReplay reads a file from the page cache and writes Parquet files: the dense
// file and the sparse one, 14 features of one window and the core features over 1d, 7d
// and 30d, with the built-in rules and without. null is the same without files: rows
// that nobody writes.
func BenchmarkReplay(b *testing.B) {
	for _, traffic := range []struct {
		name string
		file func(testing.TB) string
	}{{"dense", denseFile}, {"sparse", sparseFile}} {
		for _, features := range []struct {
			name    string
			columns []string
		}{{"14", fourteen}, {"core", core}} {
			b.Run(traffic.name+"/"+features.name+"/rules=none", func(b *testing.B) {
				replay(b, newWorld(b, features.columns), traffic.file(b), parquetFiles(b))
			})
			b.Run(traffic.name+"/"+features.name+"/rules=builtin", func(b *testing.B) {
				replay(b, newRuledWorld(b, features.columns), traffic.file(b), parquetFiles(b))
			})
		}
	}
	b.Run("dense/core/null", func(b *testing.B) { replay(b, newWorld(b, core), denseFile(b), nil) })
}

var (
	core     = []string{feature.Core}
	fourteen = []string{
		"calls_7d", "calls_out_7d", "calls_in_7d", "talk_seconds_7d", "answered_calls_7d", "no_answer_calls_7d",
		"different_area_ratio_7d", "weekday_ratio_7d", "daytime_ratio_7d", "area_codes_called_7d", "sms_out_7d",
		"data_bytes_7d", "charge_7d", "roaming_calls_7d",
	}
)

type newSink func(feature.Schema) engine.Sink

func parquetFiles(b *testing.B) newSink {
	return func(s feature.Schema) engine.Sink {
		sink, err := parquet.New(filepath.Join(b.TempDir(), "out"), s, parquet.Options{})
		if err != nil {
			b.Fatal(err)
		}
		return sink
	}
}

// replay runs whole jobs.
func replay(b *testing.B, w *world, path string, sink newSink) {
	t := span{b: b}
	records := 0
	for b.Loop() {
		b.StopTimer()
		c := jobOver(w, path)
		if sink != nil {
			c.Features = sink(w.plan.Schema)
		}
		var s *engine.Summary
		var err error
		t.run(func() { s, err = run(b, c) })
		if err != nil {
			b.Fatal(err)
		}
		records += int(s.Ledger.Read)
		b.ReportMetric(float64(s.StateBytes)/float64(s.Subscribers), "bytes/subscriber")
		b.ReportMetric(float64(s.FeatureRows), "rows")
	}
	t.report(records, "record")
	t.reportGC()
	b.ReportMetric(float64(records)/t.elapsed.Seconds(), "records/s")
}

// jobOver is a job over the file at path, with two workers, that keeps no rows.
func jobOver(w *world, path string) engine.Config {
	return engine.Config{
		Inputs: []engine.Input{{
			Name: path, Decoder: csv.Decoder{}, Marked: true,
			Open: func(ctx context.Context) (source.Source, decode.Layout, error) {
				return open(ctx, w, path, file.Options{BlockSize: 256 << 10})
			},
		}},
		Families: w.families, Plan: w.plan, Zone: time.UTC, Lateness: time.Minute,
		EmitEvery: "1d", Retain: 100 * 24 * time.Hour, MaxContacts: 65536, MaxBuffer: 4 << 20,
		Workers: 2, BlockSize: 256 << 10,
		Rules:    w.rules,
		Features: nothing{}, Rejects: nothing{}, Late: nothing{},
	}
}

func open(ctx context.Context, w *world, path string, o file.Options) (source.Source, decode.Layout, error) {
	f, err := file.Open(path, o)
	if err != nil {
		return nil, nil, err
	}
	head, err := f.Head(ctx)
	if err != nil {
		return nil, nil, err
	}
	l, skip, err := csv.Decoder{}.Open(head, w.source)
	f.Skip(skip)
	return f, l, err
}

func run(b *testing.B, c engine.Config) (*engine.Summary, error) {
	e, err := engine.New(c)
	if err != nil {
		b.Fatal(err)
	}
	return e.Run(b.Context())
}

// nothing takes everything and keeps none of it.
type nothing struct{}

func (nothing) Write(context.Context, *feature.Frame) error { return nil }
func (nothing) Append(cdr.Origin, string, []byte) error     { return nil }
func (nothing) Cut(uint64) error                            { return nil }
func (nothing) Commit(context.Context, uint64) error        { return nil }

func (nothing) Prepare(context.Context, uint64) ([]disk.Staged, error) { return nil, nil }
func (nothing) Recover(context.Context, uint64, []disk.Staged) error   { return nil }
