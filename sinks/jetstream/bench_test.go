package jetstream

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/source/natstest"
)

// wideFrame is rows of 126 columns, most of them small counts.
func wideFrame(rows int) (s feature.Schema, f *feature.Frame) {
	r := rand.New(rand.NewPCG(1, 1))
	f = frameOf(r, 0, 1, rows)
	f.Columns = nil
	for i := range 126 {
		s.Fields = append(s.Fields, feature.Field{Name: fmt.Sprintf("some_feature_%d_7d", i), Type: feature.Type(i % 2)})
		c := feature.Column{}
		for range rows {
			n := int64(r.ExpFloat64() * float64(i%9))
			c.Ints, c.Floats = append(c.Ints, n), append(c.Floats, float64(n)/float64(1+r.IntN(7)))
		}
		f.Columns = append(f.Columns, c)
	}
	return s, f
}

// Rows through the outbox on a disk to a server that syncs always.
func BenchmarkFeatures(b *testing.B) {
	for _, e := range []Encoding{JSON, Arrow} {
		b.Run(string(e), func(b *testing.B) {
			const rows = 8192
			srv := natstest.Run(b, func(o *natsd.Options) { o.SyncAlways = true })
			schema, f := wideFrame(rows)
			s, err := NewFeatures(b.TempDir(), srv.JetStream(), schema, Options{Subject: "rows", Encoding: e, Create: &Create{Stream: "S"}})
			must(b, err)
			must(b, s.Recover(ctx, 0, nil))
			var size int64
			for i := range b.N {
				f.Epoch = uint64(i + 1)
				must(b, s.Write(ctx, f))
				files, err := s.Prepare(ctx, f.Epoch)
				must(b, err)
				must(b, s.Commit(ctx, f.Epoch))
				for _, f := range files {
					size += f.Size
				}
			}
			wrote := b.Elapsed()
			tick := time.NewTicker(time.Millisecond)
			defer tick.Stop()
			for s.Pending().Segments > 0 {
				<-tick.C
			}
			n := float64(b.N * rows)
			b.ReportMetric(n/wrote.Seconds(), "written/s")
			b.ReportMetric(n/b.Elapsed().Seconds(), "published/s")
			b.ReportMetric(float64(size)/n, "B/row")
			must(b, s.Close())
		})
	}
}
