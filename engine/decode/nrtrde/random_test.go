package nrtrde

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// TestRandom compares the fast reading with the slow one over files at random.
func TestRandom(t *testing.T) {
	rows, rejects := 0, 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 3))
		var events []any
		for range r.IntN(30) {
			v := tree{
				"imsi": packed(fmt.Sprint(100_000_000_000_000 + r.Int64N(1<<47))), "msisdn": packed(fmt.Sprint(100_000 + r.IntN(1<<40))), "imei": packed(fmt.Sprint(1<<46 + r.Int64N(1<<45))),
				"callEventStartTimeStamp": text(fmt.Sprintf("20%02d%02d%02d%02d%02d%02d", r.IntN(60), 1+r.IntN(12), 1+r.IntN(30), r.IntN(24), r.IntN(60), r.IntN(60))),
				"utcTimeOffset":           text([]string{"+0200", "-0930", "+0000", "+0200", "-0930", "+0000", "+0545", "+2500"}[r.IntN(8)]), "callEventDuration": r.IntN(100_000), "causeForTermination": r.IntN(6),
				"serviceCode": tree{"teleServiceCode": text([]string{"11", "12", "21", "22", "62"}[r.IntN(5)])}, "supplementaryServiceCode": text([]string{"21", "2B", "42"}[r.IntN(3)]),
				"dialledDigits": text("0301234"), "connectedNumber": text(fmt.Sprint(r.IntN(1 << 40))), "callingNumber": text(fmt.Sprint(r.IntN(1 << 40))),
				"callReference": r.IntN(1 << 30), "chargeAmount": r.IntN(1 << 20), "dataVolumeIncoming": r.IntN(1 << 40), "dataVolumeOutgoing": r.IntN(1 << 40),
				"locationArea": r.IntN(1 << 16), "cellId": r.IntN(1 << 28), "recEntityId": text("x"), "servingNetwork": text([]string{"FOO01", "FOO02", "BAR02"}[r.IntN(3)]),
			}
			for name := range v {
				if rare := name == "callEventStartTimeStamp" || name == "utcTimeOffset"; r.IntN(4) == 0 && !rare || r.IntN(100) == 0 {
					delete(v, name)
				}
			}
			events = append(events, tree{[]string{"moc", "mtc", "gprs"}[r.IntN(3)]: v})
		}
		f := nrtrdeOf(events...)
		e := encoder{rng: r, indefinite: []float64{0, .5, 1}[seed%3]}
		lines, tally := outcomes(t, e.file(t, f), seed%2 == 0)
		compare(t, lines, f, seed%2 == 0)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
		rejects += len(tally.Rejects)
		rows += len(lines) - len(tally.Rejects)
	}
	t.Logf("%d rows, %d rejects", rows, rejects)
	if rows < 500 || rejects < 100 {
		t.Errorf("%d rows, %d rejects: of one there are too few", rows, rejects)
	}
}

// block is what Decode gets of a file of so many events.
func block(t testing.TB, n int) (decode.Layout, []byte) {
	t.Helper()
	var events []any
	for range n / 3 {
		events = append(events, tree{"moc": with(called, tree{"chargeAmount": 42, "locationArea": 3505, "cellId": 7182})}, tree{"mtc": with(called, tree{"callingNumber": text("MyBank")})},
			tree{"gprs": with(base, tree{"dataVolumeIncoming": 3_000_000_000, "dataVolumeOutgoing": 1})})
	}
	data := new(encoder).file(t, nrtrdeOf(events...))
	l, skip := decodetest.Open(t, Decoder{}, data, decodetest.Source(t))
	return l, data[skip:]
}

func TestDecodeAllocatesNothing(t *testing.T) {
	l, data := block(t, 60)
	decodetest.AllocatesNothing(t, Decoder{}, l, data, 60)
}

func BenchmarkDecode(b *testing.B) {
	l, data := block(b, 900)
	decodetest.Bench(b, Decoder{}, l, data)
}

// FuzzNRTRDE: any bytes as a file, and any bytes as the events of a good one.
func FuzzNRTRDE(f *testing.F) {
	for seed := range uint64(3) {
		e := encoder{rng: rand.New(rand.NewPCG(seed, 1)), indefinite: float64(seed) / 2}
		f.Add(e.file(f, nrtrdeOf(tree{"moc": called}, tree{"mtc": base}, tree{"gprs": base}, tree{"moc": tree{}})), uint8(seed))
	}
	f.Add([]byte{0x08, 0x88, 255, 255, 255, 255, 255, 255, 255, 255}, uint8(0))
	source := decodetest.Source(f)
	good, _ := decodetest.Open(f, Decoder{}, new(encoder).file(f, nrtrdeOf()), source)
	f.Fuzz(func(t *testing.T, data []byte, wholesale uint8) {
		decodetest.Check(t, Decoder{}, good, data)
		Decoder{}.Detect(data)
		s := *source
		s.Wholesale = wholesale&1 == 1
		l, skip, err := Decoder{}.Open(data, &s)
		if err != nil {
			return
		}
		if skip < 0 || skip > len(data) {
			t.Fatalf("skips %d of %d bytes", skip, len(data))
		}
		decodetest.Check(t, Decoder{}, l, data[skip:])
	})
}
