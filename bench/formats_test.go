package bench

import (
	"bytes"
	"os"
	"testing"

	"github.com/cdrstream/cdrstream/bench/samples"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/asterisk"
	"github.com/cdrstream/cdrstream/engine/decode/baf"
	"github.com/cdrstream/cdrstream/engine/decode/csv"
	"github.com/cdrstream/cdrstream/engine/decode/cucm"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
	"github.com/cdrstream/cdrstream/engine/decode/json"
	"github.com/cdrstream/cdrstream/engine/decode/nrtrde"
	"github.com/cdrstream/cdrstream/engine/decode/profile"
	"github.com/cdrstream/cdrstream/engine/decode/sip"
	"github.com/cdrstream/cdrstream/engine/decode/tap"
	"github.com/cdrstream/cdrstream/engine/decode/ts32298"
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

// BenchmarkSample measures the decoders of all formats on the examples of testdata/formats,
// repeated, each on one core: records/s. A record of one format is not one of another:
// those of a mobile network have many more members than a line of text has columns.
func BenchmarkSample(b *testing.B) {
	for _, s := range []struct {
		name    string
		decoder decode.Decoder
	}{
		{"msc.32297", ts32298.Decoder{}},
		{"core.ber", ts32298.Decoder{}},
		{"tap.ber", tap.Decoder{}},
		{"nrtrde.ber", nrtrde.Decoder{}},
		{"cucm.csv", cucm.Decoder{}},
		{"kamailio.acc", sip.Kamailio},
		{"opensips.acc", sip.OpenSIPS},
		{"freeswitch.csv", named("freeswitch-csv")},
		{"freeswitch.json", named("freeswitch-json")},
		{"huawei-554.bill", named("huawei-554")},
		{"avaya-smdr.csv", named("avaya-ipo-smdr")},
		{"broadworks.csv", named("broadworks")},
		{"sansay.csv", named("sansay-vsx")},
		{"sonus.act", named("sonus-act")},
	} {
		b.Run(s.decoder.Name()+"/"+s.name, func(b *testing.B) { benchmarkSample(b, s.decoder, s.name) })
	}
}

// named is a built-in profile.
func named(name string) decode.Decoder {
	for _, d := range profile.Builtin() {
		if d.Name() == name {
			return d
		}
	}
	return nil
}

func benchmarkSample(b *testing.B, d decode.Decoder, name string) {
	data, err := os.ReadFile("../testdata/formats/" + name)
	if err != nil {
		b.Fatal(err)
	}
	l, skip := decodetest.Open(b, d, data, decodetest.Source(b))
	block := bytes.Repeat(data[skip:], 1+(256<<10)/len(data))
	var batch cdr.Batch
	var tally decode.Tally
	d.Decode(l, block, &batch, &tally) // so that memory is there
	records := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		for range 10 {
			batch.Reset()
			tally.Reset()
			d.Decode(l, block, &batch, &tally)
			records += tally.Read
		}
	}
	if len(tally.Rejects) > 0 || tally.Read == 0 {
		b.Fatalf("%d records, rejects %.200v", tally.Read, tally.Rejects)
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
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
