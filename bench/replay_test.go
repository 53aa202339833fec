package bench

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/aggregators"
	"github.com/cdrstream/cdrstream/aggregators/rhythm"
	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/csv"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/file"
	"github.com/cdrstream/cdrstream/engine/window"
	"github.com/cdrstream/cdrstream/sinks/parquet"
)

// BenchmarkReplay reads a canonical CSV from the page cache and computes the
// core features over 1d, 7d and 30d: once into nothing, once into Parquet files.
func BenchmarkReplay(b *testing.B) {
	path := denseFile(b)
	b.Run("null", func(b *testing.B) { replay(b, path, nil) })
	b.Run("parquet", func(b *testing.B) {
		replay(b, path, func(s feature.Schema) engine.Sink {
			dir := filepath.Join(b.TempDir(), "out")
			sink, err := parquet.New(dir, s, parquet.Options{})
			if err != nil {
				b.Fatal(err)
			}
			return sink
		})
	})
}

func replay(b *testing.B, path string, sink func(feature.Schema) engine.Sink) {
	for b.Loop() {
		s := replayOnce(b, path, sink)
		b.ReportMetric(s.RecordsPerSecond, "records/s")
		b.ReportMetric(float64(s.StateBytes)/float64(s.Subscribers), "bytes/subscriber")
		b.ReportMetric(float64(s.FeatureRows), "rows")
	}
}

func replayOnce(b *testing.B, path string, sink func(feature.Schema) engine.Sink) *engine.Summary {
	plan, err := numbering.New(numbering.Options{})
	if err != nil {
		b.Fatal(err)
	}
	families := func() []feature.Family {
		return aggregators.All(aggregators.Options{
			Rhythm:  rhythm.Options{Zone: time.UTC, Weekdays: []time.Weekday{1, 2, 3, 4, 5}},
			Numbers: plan, HighValueMicros: 5_000_000,
		})
	}
	var windows []window.Spec
	for _, w := range []string{"1d", "7d", "30d"} {
		spec, err := window.ParseSpec(w)
		if err != nil {
			b.Fatal(err)
		}
		windows = append(windows, spec)
	}
	features, err := feature.Compile(families(), windows, []string{feature.Core})
	if err != nil {
		b.Fatal(err)
	}
	n, err := plan.Normalizer(numbering.Source{})
	if err != nil {
		b.Fatal(err)
	}
	info := &decode.Source{Zone: time.UTC, Numbers: n, Attempts: true, Originating: true, Terminating: true}
	var out engine.Sink = nothing{}
	if sink != nil {
		out = sink(features.Schema)
	}
	e, err := engine.New(engine.Config{
		Inputs: []engine.Input{{
			Name: path, Decoder: csv.Decoder{},
			Open: func(ctx context.Context) (source.Source, decode.Layout, error) {
				f, err := file.Open(path, file.Options{BlockSize: 256 << 10})
				if err != nil {
					return nil, nil, err
				}
				head, err := f.Head(ctx)
				if err != nil {
					return nil, nil, err
				}
				l, skip, err := csv.Decoder{}.Open(head, info)
				f.Skip(skip)
				return f, l, err
			},
		}},
		Families: families, Plan: features, Zone: time.UTC, Lateness: time.Minute,
		EmitEvery: "1d", Retain: 100 * 24 * time.Hour, MaxContacts: 65536, MaxBuffer: 4 << 20,
		Workers: 2, BlockSize: 256 << 10,
		Features: out, Rejects: nothing{}, Late: nothing{},
	})
	if err != nil {
		b.Fatal(err)
	}
	s, err := e.Run(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// denseFile is the file to read: CDRSTREAM_BENCH_FILE.
func denseFile(b *testing.B) string {
	path := os.Getenv("CDRSTREAM_BENCH_FILE")
	if path == "" {
		b.Skip("set CDRSTREAM_BENCH_FILE")
	}
	return path
}

// nothing takes everything and keeps none of it.
type nothing struct{}

func (nothing) Write(context.Context, *feature.Frame) error       { return nil }
func (nothing) Append(string, int64, int64, string, []byte) error { return nil }
func (nothing) Prepare(context.Context, uint64) error             { return nil }
func (nothing) Commit(context.Context, uint64) error              { return nil }
