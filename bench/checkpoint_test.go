package bench

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/checkpoint"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

// BenchmarkCheckpoint measures what crash safety costs. cost: the dense file to
// Parquet with a checkpoint every ten seconds, and every second, their time over
// that of a run without any, taken in turn. crowd: a million subscribers; the longest time for which a
// checkpoint keeps a shard from folding, the bytes of one, and the time from the
// start of a process to the moment in which it could read on.
func BenchmarkCheckpoint(b *testing.B) {
	b.Run("cost", func(b *testing.B) {
		path := denseFile(b)
		var without, with, often time.Duration
		for b.Loop() {
			without += timed(b, path, 0)
			with += timed(b, path, 10*time.Second)
			often += timed(b, path, time.Second)
		}
		b.ReportMetric(float64(with)/float64(without), "x-10s")
		b.ReportMetric(float64(often)/float64(without), "x-1s")
	})
	b.Run("crowd", func(b *testing.B) {
		path := crowdFile(b)
		for b.Loop() {
			measureCrowd(b, path)
		}
	})
}

// timed replays into Parquet, with checkpoints if every is not 0.
func timed(b *testing.B, path string, every time.Duration) time.Duration {
	w := newWorld(b, core)
	c := jobOver(w, path)
	c.Features = parquetFiles(b)(w.plan.Schema)
	if every > 0 {
		c.Inputs[0].Open = func(ctx context.Context) (source.Source, decode.Layout, error) {
			return open(ctx, w, path, file.Options{BlockSize: 256 << 10, Content: true})
		}
		store := openStore(b, filepath.Join(b.TempDir(), "state"))
		defer store.Close()
		c.Checkpoints = keep(b, store, ticks(every))
	}
	start := time.Now()
	if _, err := run(b, c); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

func measureCrowd(b *testing.B, path string) {
	dir := filepath.Join(b.TempDir(), "state")
	store := openStore(b, dir)
	c := jobOver(newWorld(b, core), path)
	c.Checkpoints, c.KeepOpen = keep(b, store, ticks(3*time.Second)), true
	s, err := run(b, c)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(s.Subscribers), "subscribers")
	b.ReportMetric(1000*s.LongestPauseSeconds, "ms-pause")
	b.ReportMetric(float64(store.Manifest().Bytes())/float64(s.Subscribers), "B/subscriber")
	store.Close()

	start := time.Now()
	store = openStore(b, dir)
	defer store.Close()
	c = jobOver(newWorld(b, core), path)
	c.Inputs[0].Done = true
	c.Checkpoints, c.KeepOpen = keep(b, store, func() bool { return false }), true
	again, err := run(b, c) // nothing is left to read: it loads, and writes a checkpoint in which nothing changed
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(start).Seconds(), "s-resume")
	if again.Subscribers != s.Subscribers {
		b.Fatalf("%d subscribers were loaded of %d", again.Subscribers, s.Subscribers)
	}
}

func openStore(b *testing.B, dir string) *checkpoint.Store {
	store, err := checkpoint.Open(disk.New(0o600, 0o700), dir)
	if err != nil {
		b.Fatal(err)
	}
	return store
}

func keep(b *testing.B, store *checkpoint.Store, due func() bool) *engine.Checkpoints {
	return &engine.Checkpoints{Store: store, Engine: "bench", Out: b.TempDir(), Due: due}
}

// ticks reports true each time that so long has passed.
func ticks(every time.Duration) func() bool {
	next := time.Now().Add(every)
	return func() bool {
		if time.Now().Before(next) {
			return false
		}
		next = time.Now().Add(every)
		return true
	}
}
