package bench

import (
	"slices"
	"syscall"
	"testing"
	"time"
)

// BenchmarkRules measures what the built-in rules cost: the dense file to Parquet,
// core features, with them and without, in turn. x-time is the median of the times
// with over the median of those without, x-cpu the same of processor time, which
// other work on the machine disturbs less.
func BenchmarkRules(b *testing.B) {
	path := denseFile(b)
	var off, on spent
	for b.Loop() {
		off.add(spend(b, newWorld(b, core), path))
		on.add(spend(b, newRuledWorld(b, core), path))
	}
	b.ReportMetric(median(on.wall)/median(off.wall), "x-time")
	b.ReportMetric(median(on.cpu)/median(off.cpu), "x-cpu")
	b.ReportMetric(float64(on.alerts), "alerts")
}

// spent is the seconds of some runs.
type spent struct {
	wall, cpu []float64
	alerts    int64
}

func (s *spent) add(o spent) {
	s.wall, s.cpu, s.alerts = append(s.wall, o.wall...), append(s.cpu, o.cpu...), o.alerts
}

func spend(b *testing.B, w *world, path string) spent {
	c := jobOver(w, path)
	c.Features = parquetFiles(b)(w.plan.Schema)
	start, cpu := time.Now(), processorTime(b)
	s, err := run(b, c)
	if err != nil {
		b.Fatal(err)
	}
	out := spent{wall: []float64{time.Since(start).Seconds()}, cpu: []float64{(processorTime(b) - cpu).Seconds()}}
	for _, n := range s.Alerts {
		out.alerts += n
	}
	return out
}

func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(x []float64) float64 {
	x = slices.Clone(x)
	slices.Sort(x)
	return x[len(x)/2]
}
