package shard

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"testing"
)

const (
	hours = 3_600_000
	days1 = 24 * hours
)

// BenchmarkFold folds calls between 200,000 subscribers whose state is large
// already: ns/leg, day closes apart.
func BenchmarkFold(b *testing.B) {
	for _, test := range []struct {
		name    string
		windows []string
	}{{"days", []string{"1d", "7d", "30d"}}, {"hours", []string{"24h/1h", "7d"}}} {
		b.Run(test.name, func(b *testing.B) {
			w := world{windows: test.windows, features: []string{"core"}}.compiled(b)
			s := w.shard(b, 0, 1, nowhere)
			const people, calls = 200_000, 500_000
			feed(b, s, crowd(1, people, 600_000, days1, 2*days1))
			day := 3
			for b.Loop() {
				b.StopTimer()
				runs := crowd(uint64(day), people, calls, cdr.Millis(day)*days1+1000, days1-2000)
				feed(b, s, runs[:1]) // closes the day before
				b.StartTimer()
				feed(b, s, runs[1:])
				s.fold()
				day++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(2*calls), "ns/leg")
		})
	}
}

// BenchmarkDay closes days with 200,000 active subscribers: ns/subscriber.
func BenchmarkDay(b *testing.B) {
	w := world{windows: []string{"1d", "7d", "30d"}, features: []string{"core"}, emit: "366d"}.compiled(b)
	s := w.shard(b, 0, 1, nowhere)
	const people = 200_000
	feed(b, s, crowd(1, people, 1_000_000, days1, days1))
	day := 3
	for b.Loop() {
		b.StopTimer()
		feed(b, s, crowd(uint64(day), people, 200_000, cdr.Millis(day)*days1+1000, days1-2000))
		s.fold()
		b.StartTimer()
		s.closeDay()
		day++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/people, "ns/subscriber")
}
