package parquet

import (
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"

	"github.com/apache/arrow/go/v15/parquet/compress"

	"github.com/cdrstream/cdrstream/engine/feature"
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
	w := newWriter(l, Options{RowGroupRows: defaultRows})
	var size countingWriter
	must(b, writeFile(w, &size, frames))
	size = 0
	b.ReportAllocs()
	b.ResetTimer()
	start := processorTime(b)
	for range b.N {
		must(b, writeFile(w, &size, frames))
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

// BenchmarkArrow writes the files of BenchmarkWrite by turns with this package and
// with the Arrow library's column writers, and compares the least processor time
// of each.
func BenchmarkArrow(b *testing.B) {
	b.Run("zstd", func(b *testing.B) { benchmarkTwin(b, compress.Codecs.Zstd) })
	b.Run("uncompressed", func(b *testing.B) { benchmarkTwin(b, compress.Codecs.Uncompressed) })
}

func benchmarkTwin(b *testing.B, codec compress.Compression) {
	ss := coreShapes()
	frames := framesOf(newRand(1), ss, benchFrames, benchRows)
	twin := newTwin(b, schemaOf(ss), codec)
	w := newWriter(twin.layout, Options{RowGroupRows: defaultRows})
	least := [2]int64{math.MaxInt64, math.MaxInt64}
	var size [2]countingWriter
	for range b.N {
		for i, write := range []func(io.Writer) error{
			func(to io.Writer) error { return writeFile(w, to, frames) },
			func(to io.Writer) error { return twin.write(to, frames) },
		} {
			runtime.GC()
			size[i] = 0
			start := processorTime(b)
			must(b, write(&size[i]))
			least[i] = min(least[i], processorTime(b)-start)
		}
	}
	const rows = benchFrames * benchRows
	b.ReportMetric(float64(least[0])/rows, "own-ns/row")
	b.ReportMetric(float64(least[1])/rows, "arrow-ns/row")
	b.ReportMetric(float64(least[1])/float64(least[0]), "ratio")
	b.ReportMetric(float64(size[0])/rows, "own-bytes/row")
	b.ReportMetric(float64(size[1])/rows, "arrow-bytes/row")
}

func writeFile(w *writer, to io.Writer, frames []*feature.Frame) error {
	if err := w.begin(to); err != nil {
		return err
	}
	for _, f := range frames {
		if err := w.add(f); err != nil {
			return err
		}
	}
	return w.finish()
}

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
