package bench

import (
	"math"
	"slices"
	"syscall"
	"testing"
	"time"
)

// BenchmarkRules measures what the built-in rules cost: the dense file to Parquet,
// core features, with them and without, in turn, after one of each that does not count: the
// first ones of a process pay for its memory. x-time is the median of the pairs' times with over
// those without, x-cpu the same of processor time, which other work on the machine disturbs less.
// %error is the standard error of x-time, in percent: on a machine that others share it takes some
// forty pairs (-benchtime 40x) to get it below two.
func BenchmarkRules(b *testing.B) {
	path := denseFile(b)
	turns := []func() spent{
		func() spent { return spend(b, newWorld(b, core), path) },
		func() spent { return spend(b, newRuledWorld(b, core), path) },
	}
	turns[0]()
	turns[1]()
	var times, cpus []float64
	var alerts int64
	for first := 0; b.Loop(); first = 1 - first { // neither is always behind the other
		var pair [2]spent
		pair[first] = turns[first]()
		pair[1-first] = turns[1-first]()
		off, on := pair[0], pair[1]
		times, cpus, alerts = append(times, on.wall/off.wall), append(cpus, on.cpu/off.cpu), on.alerts
	}
	b.ReportMetric(median(times), "x-time")
	b.ReportMetric(median(cpus), "x-cpu")
	if n := len(times); n > 1 { // of one pair nothing is known
		b.ReportMetric(100*spreadOf(times)/math.Sqrt(float64(n)), "%error")
	}
	b.ReportMetric(float64(alerts), "alerts")
}

// spent is what a job took, in seconds, and how many alerts it raised.
type spent struct {
	wall, cpu float64
	alerts    int64
}

func spend(b *testing.B, w *world, path string) spent {
	c := jobOver(w, path)
	c.Features = parquetFiles(b)(w.plan.Schema)
	start, cpu := time.Now(), processorTime(b)
	s, err := run(b, c)
	if err != nil {
		b.Fatal(err)
	}
	out := spent{wall: time.Since(start).Seconds(), cpu: (processorTime(b) - cpu).Seconds()}
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

// spreadOf is the standard deviation of the logarithms of two ratios or more: nearly that of
// the ratios, as a part of them.
func spreadOf(ratios []float64) float64 {
	var sum, squares float64
	for _, r := range ratios {
		sum += math.Log(r)
		squares += math.Log(r) * math.Log(r)
	}
	n := float64(len(ratios))
	return math.Sqrt(max(0, squares-sum*sum/n) / (n - 1))
}

// median is the mean of the middle two of an even number.
func median(x []float64) float64 {
	x = slices.Clone(x)
	slices.Sort(x)
	return (x[len(x)/2] + x[(len(x)-1)/2]) / 2
}

func TestSpreadOf(t *testing.T) {
	for _, c := range []struct {
		ratios []float64
		want   float64
	}{
		{[]float64{1.2, 1.2, 1.2}, 0},
		{[]float64{math.E, 1 / math.E}, math.Sqrt2},
	} {
		if got := spreadOf(c.ratios); math.Abs(got-c.want) > 1e-7 {
			t.Errorf("spreadOf(%v) = %g, want %g", c.ratios, got, c.want)
		}
	}
}
