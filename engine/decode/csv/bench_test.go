package csv

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

const benchHeader = "record_id,service,direction,calling_number,called_number,start_time,ring_seconds,duration_seconds,disposition,cause,cell_id,charge\n"

// benchBlock is records of 117 bytes or so, as a mediation system writes them.
func benchBlock(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b []byte
	at := time.Date(2024, 3, 1, 8, 0, 0, 0, time.UTC)
	outcome := []string{"answered", "answered", "answered", "no_answer", "busy"}
	for i := range n {
		at = at.Add(time.Duration(r.IntN(300)) * time.Millisecond)
		b = fmt.Appendf(b, "r%09d,voice,both,+44207%07d,+44208%07d,%s,%d.%d,%d,%s,16,23415-%d-%d,0.%02d\n",
			i, r.IntN(1e7), r.IntN(1e7), at.Format("2006-01-02T15:04:05Z"), r.IntN(20), r.IntN(10), r.IntN(600),
			outcome[r.IntN(len(outcome))], r.IntN(100), r.IntN(10000), r.IntN(100))
	}
	return b
}

func BenchmarkDecodeCSV(b *testing.B) {
	const rows = 2000
	l, _, err := Decoder{}.Open([]byte(benchHeader), decodetest.Source(b))
	if err != nil {
		b.Fatal(err)
	}
	block := benchBlock(rows)
	decodetest.Bench(b, Decoder{}, l, block)
	b.ReportMetric(float64(len(block))/rows, "bytes/record")
}
