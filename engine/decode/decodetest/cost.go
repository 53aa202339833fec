package decodetest

import (
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// AllocatesNothing checks that d decodes block, in which nothing is to be rejected, to so
// many rows at least, and allocates nothing once the batch is warm.
func AllocatesNothing(t testing.TB, d decode.Decoder, l decode.Layout, block []byte, rows int) {
	t.Helper()
	var b cdr.Batch
	var tally decode.Tally
	n := testing.AllocsPerRun(20, func() {
		b.Reset()
		tally.Reset()
		d.Decode(l, block, &b, &tally)
	})
	if n != 0 || b.Len() < rows || len(tally.Rejects) > 0 {
		t.Errorf("%s: %v allocations for %d rows, %d wanted, rejects %v", d.Name(), n, b.Len(), rows, tally.Rejects)
	}
}

// Bench measures how fast d decodes block, in which nothing is to be rejected.
func Bench(b *testing.B, d decode.Decoder, l decode.Layout, block []byte) {
	b.Helper()
	var out cdr.Batch
	var tally decode.Tally
	b.ReportAllocs()
	b.SetBytes(int64(len(block)))
	for b.Loop() {
		out.Reset()
		tally.Reset()
		d.Decode(l, block, &out, &tally)
	}
	if out.Len() == 0 || len(tally.Rejects) > 0 {
		b.Fatalf("%d rows, rejects %v", out.Len(), tally.Rejects[:min(len(tally.Rejects), 3)])
	}
	records := float64(tally.Read) * float64(b.N)
	b.ReportMetric(records/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/records, "ns/record")
}
