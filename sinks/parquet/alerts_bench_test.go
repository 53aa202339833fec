package parquet

import (
	"testing"

	"github.com/cdrstream/cdrstream/engine/disk/disktest"
)

// A file of a few alerts, as `serve` writes one every other second.
func BenchmarkAlerts(b *testing.B) {
	for _, n := range []int{5, 5000} {
		b.Run(map[int]string{5: "few", 5000: "many"}[n], func(b *testing.B) {
			alerts := alertsOf(1, 0, n)
			b.ReportAllocs()
			for b.Loop() {
				s := newAlerts(b, "out", Options{Disk: disktest.New()})
				must(b, s.WriteAlerts(ctx, 1, alerts))
				_, err := s.Prepare(ctx, 1)
				must(b, err)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/alert")
		})
	}
}
