package profile

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/asterisk"
	"github.com/cdrstream/cdrstream/engine/decode/csv"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

const canonicalHeader = "record_id,service,direction,calling_number,called_number,start_time,ring_seconds,duration_seconds,disposition,cause,cell_id,charge\n"

// canonicalProfile reads the canonical columns.
const canonicalProfile = `name: canonical
kind: delimited
delimited: {header: true}
fields:
  record_id: record_id
  service: service
  direction: direction
  calling_number: calling_number
  called_number: called_number
  start_time: start_time
  ring_seconds: ring_seconds
  duration_seconds: duration_seconds
  disposition: disposition
  cause: cause
  cell_id: cell_id
  charge: charge
`

func canonicalBlock(n int) []byte {
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

// BenchmarkDecode reads the canonical columns with a profile and with their own
// decoder, and the sample rows of the built-in profiles.
func BenchmarkDecode(b *testing.B) {
	block := canonicalBlock(2000)
	b.Run("canonical/profile", func(b *testing.B) { bench(b, compile(b, canonicalProfile), []byte(canonicalHeader), block) })
	b.Run("canonical/csv", func(b *testing.B) { bench(b, csv.Decoder{}, []byte(canonicalHeader), block) })
	for _, name := range textKinds() {
		b.Run(name, func(b *testing.B) {
			d, text := builtinNamed(name), sample(b, name)
			l, skip := decodetest.Open(b, d, text, decodetest.Source(b))
			rows := good(d, l, text[skip:])
			block := bytes.Repeat(rows, 2000/bytes.Count(rows, []byte("\n")))
			b.Run("profile", func(b *testing.B) { bench(b, d, text, block) })
			if name == "asterisk" {
				b.Run("decoder", func(b *testing.B) { bench(b, asterisk.Decoder{}, nil, block) })
			}
		})
	}
}

func bench(b *testing.B, d decode.Decoder, head, block []byte) {
	l, _, err := d.Open(head, decodetest.Source(b))
	if err != nil {
		b.Fatal(err)
	}
	decodetest.Bench(b, d, l, block)
}
