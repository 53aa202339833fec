package parquet

import (
	"math/rand/v2"
	"syscall"
	"testing"
)

// countingWriter counts what is written and keeps nothing.
type countingWriter int64

func (c *countingWriter) Write(p []byte) (int, error) {
	*c += countingWriter(len(p))
	return len(p), nil
}

const (
	benchFrames = 16
	benchRows   = 4096
)

func benchmarkShapes(b *testing.B, ss []shape) {
	r := rand.New(rand.NewPCG(1, 2))
	frames := framesOf(r, ss, benchFrames, benchRows)
	l, err := newLayout(schemaOf(ss), nil)
	if err != nil {
		b.Fatal(err)
	}
	w, err := newWriter(l, Options{RowGroupRows: defaultRows, Level: 1})
	if err != nil {
		b.Fatal(err)
	}
	var size countingWriter
	file := func() {
		if err := w.begin(&size); err != nil {
			b.Fatal(err)
		}
		for _, f := range frames {
			if err := w.add(f); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.finish(); err != nil {
			b.Fatal(err)
		}
	}
	file()
	size = 0
	b.ReportAllocs()
	b.ResetTimer()
	start := processorTime(b)
	for range b.N {
		file()
	}
	rows := float64(b.N) * benchFrames * benchRows
	ns := float64(processorTime(b) - start)
	b.ReportMetric(ns/rows, "ns/row")
	b.ReportMetric(ns/rows/float64(len(ss)+fixedColumns), "ns/value")
	b.ReportMetric(float64(size)/rows, "bytes/row")
}

// processorTime is what this process has used so far: on a busy machine it says
// more than the clock.
func processorTime(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// BenchmarkWrite encodes files of 65,536 rows of the default output.
func BenchmarkWrite(b *testing.B) { benchmarkShapes(b, coreShapes()) }

// BenchmarkColumn encodes 40 columns of one kind.
func BenchmarkColumn(b *testing.B) {
	names := [shapes]string{"counts", "rare", "ratios", "means", "seconds", "volume", "days", "bools", "wild"}
	for s := range shapes {
		ss := make([]shape, 40)
		for i := range ss {
			ss[i] = s
		}
		b.Run(names[s], func(b *testing.B) { benchmarkShapes(b, ss) })
	}
}
