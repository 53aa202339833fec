package bench

import (
	"testing"

	"github.com/cdrstream/cdrstream/bench/samples"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/asterisk"
	"github.com/cdrstream/cdrstream/engine/decode/baf"
	"github.com/cdrstream/cdrstream/engine/decode/csv"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
	"github.com/cdrstream/cdrstream/engine/decode/json"
)

// measured are the decoders that are measured, each with the format of package samples
// that it reads.
func measured() []decode.Decoder {
	return []decode.Decoder{
		csv.Decoder{},
		json.Decoder{},
		asterisk.Decoder{},
		baf.Decoder{},
	}
}

const (
	formatRecords = 2000 // decoded at a time: a few hundred KiB
	formatRounds  = 100  // so often for a measurement, so that -benchtime 1x tells something
)

// opened is what d makes of a file of samples.
func opened(t testing.TB, d decode.Decoder) (l decode.Layout, block []byte) {
	t.Helper()
	data := samples.Of(d.Name()).File(formatRecords)
	l, skip := decodetest.Open(t, d, data[:min(len(data), decode.MaxHead)], decodetest.Source(t))
	return l, data[skip:]
}

// BenchmarkFormat measures the decoders, each on one core: records/s.
func BenchmarkFormat(b *testing.B) {
	for _, d := range measured() {
		b.Run(d.Name(), func(b *testing.B) {
			l, block := opened(b, d)
			var batch cdr.Batch
			var tally decode.Tally
			d.Decode(l, block, &batch, &tally)
			b.SetBytes(formatRounds * int64(len(block)))
			for b.Loop() {
				for range formatRounds {
					batch.Reset()
					tally.Reset()
					d.Decode(l, block, &batch, &tally)
				}
			}
			b.ReportMetric(float64(b.N)*formatRounds*formatRecords/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// The samples are records, all of them, of the format that they say, and every format is
// measured.
func TestSamples(t *testing.T) {
	decoders := measured()
	if len(decoders) != len(samples.All()) {
		t.Errorf("%d decoders are measured, there are samples of %d formats", len(decoders), len(samples.All()))
	}
	for _, d := range decoders {
		l, block := opened(t, d)
		head := append([]byte(samples.Of(d.Name()).Head), block...)
		if found, why, err := decode.Choose(decoders, head[:decode.MaxHead]); err != nil || found.Name() != d.Name() {
			t.Errorf("%s is taken for %v: %s, %v", d.Name(), found, why, err)
		}
		var batch cdr.Batch
		var tally decode.Tally
		d.Decode(l, block, &batch, &tally)
		if batch.Len() != formatRecords || tally.Notes != [decode.Notes]int64{} && d.Name() != "asterisk" {
			t.Errorf("%s: %d records of %d, rejects %.200v, notes %v", d.Name(), batch.Len(), formatRecords, tally.Rejects, tally.Notes)
		}
		decodetest.Check(t, d, l, block[:min(len(block), 20_000)])
	}
}
