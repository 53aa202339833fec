package decode

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// TestWithoutPoint reads texts of up to eight bytes as the columns of decimals do, and
// compares what counts as read with Decimal.
func TestWithoutPoint(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	read := 0
	for range 200_000 {
		text := make([]byte, 1+r.IntN(8))
		for i := range text {
			text[i] = "00123456789999.../:,-e \x00\x10\xff"[r.IntN(1+r.IntN(26))]
		}
		var b [16]byte
		copy(b[8-len(text):], text)
		for _, c := range []struct {
			scale   int
			by      *pointScale
			tooFine uint64
		}{{3, &milliScale, 1<<32 - 1}, {6, &microScale, 0xFF}} {
			x, point := withoutPoint((binary.LittleEndian.Uint64(b[:]) ^ asciiZeros) & lastBytes[len(text)])
			v := int64(eightDigits(x) * c.by.of(point))
			if strangeDigits(x)|point&c.tooFine|onlyPoint(point, len(text)) != 0 {
				continue
			}
			read++
			if want, problem := Decimal(text, c.scale); problem != "" || v != want {
				t.Fatalf("seed %d: %q at scale %d: %d, want %d %s", seed, text, c.scale, v, want, problem)
			}
		}
	}
	if read < 20_000 {
		t.Errorf("seed %d: only %d numbers were read", seed, read)
	}
}
