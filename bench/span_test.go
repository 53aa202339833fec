package bench

import (
	"runtime"
	"runtime/metrics"
	"testing"
	"time"
)

// A span adds up what some stretches of a benchmark took.
type span struct {
	b       *testing.B
	elapsed time.Duration
	allocs  uint64
	gc      float64 // seconds of processors
	busy    float64
}

// run runs f and counts it. Whoever prepared something with the timer stopped need not
// start it again.
func (s *span) run(f func()) {
	var before, after runtime.MemStats
	gc, busy := processorSeconds()
	runtime.ReadMemStats(&before)
	s.b.StartTimer()
	start := time.Now()
	f()
	s.elapsed += time.Since(start)
	runtime.ReadMemStats(&after)
	s.allocs += after.Mallocs - before.Mallocs
	gcAfter, busyAfter := processorSeconds()
	s.gc, s.busy = s.gc+gcAfter-gc, s.busy+busyAfter-busy
}

// report prints time and allocations for each of n things, records or rows.
func (s *span) report(n int, thing string) {
	s.b.ReportMetric(float64(s.elapsed.Nanoseconds())/float64(n), "ns/"+thing)
	s.b.ReportMetric(float64(s.allocs)/float64(n), "allocs/"+thing)
}

// reportGC prints the share of the garbage collector in the time that the processors
// were busy.
func (s *span) reportGC() {
	s.b.ReportMetric(100*s.gc/s.busy, "%gc")
}

// processorSeconds is how long the processors have worked for the garbage collector, and
// at all. The runtime adds that up when it collects.
func processorSeconds() (gc, busy float64) {
	runtime.GC()
	samples := []metrics.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}, {Name: "/cpu/classes/total:cpu-seconds"}, {Name: "/cpu/classes/idle:cpu-seconds"}}
	metrics.Read(samples)
	return samples[0].Value.Float64(), samples[1].Value.Float64() - samples[2].Value.Float64()
}
