package parquet

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// body makes n bytes of one of several kinds, as pages have them.
func body(r *rand.Rand, kind, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		switch kind {
		case 0: // noise
			b[i] = byte(r.Uint32())
		case 1: // one byte
			b[i] = 7
		case 2: // few, some of them often
			b[i] = byte(r.IntN(1 + r.IntN(1+r.IntN(9))))
		case 3: // many, unevenly
			b[i] = byte(r.ExpFloat64() * 20)
		case 4: // noise beside zeros
			b[i] = byte(r.Uint32()) * byte(i&1)
		}
	}
	return b
}

// checkFrame checks that a zstd decoder reads the frame of src, and returns it.
func checkFrame(t testing.TB, e *entropy, d *zstd.Decoder, src []byte, sure bool) []byte {
	t.Helper()
	frame := e.appendFrame([]byte("before"), src, sure)
	if !bytes.HasPrefix(frame, []byte("before")) {
		t.Fatal("what stood before is gone")
	}
	frame = frame[len("before"):]
	back, err := d.DecodeAll(frame, nil)
	if err != nil {
		t.Fatalf("%d bytes: %v", len(src), err)
	}
	if !bytes.Equal(back, src) {
		t.Fatalf("%d bytes came back different", len(src))
	}
	return frame
}

func TestEntropy(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	d := must1(zstd.NewReader(nil))
	defer d.Close()
	var e entropy
	lengths := []int{1, 2, 63, 64, 255, 256, 257, 1023, 1024, 1025, 16383, 16384, 16385, 65535, 65536, 65537, 65791, 65792, 131072, 200_001}
	for range 60 {
		lengths = append(lengths, 1+r.IntN(20_000))
	}
	for _, n := range lengths {
		for kind := range 5 {
			src := body(r, kind, n)
			frame := checkFrame(t, &e, d, src, r.IntN(2) == 0)
			if most := n + 9 + 3*(1+n/zstdBlock); len(frame) > most {
				t.Errorf("%d bytes became %d", n, len(frame))
			}
			if n > 4000 && (kind == 1 && len(frame) > 40 || kind == 2 && len(frame) > n/2) {
				t.Errorf("kind %d: %d bytes became %d only", kind, n, len(frame))
			}
		}
	}
}

func FuzzEntropy(f *testing.F) {
	for kind := range 5 {
		f.Add(body(newRand(1), kind, 300))
	}
	d := must1(zstd.NewReader(nil))
	var e entropy
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) == 0 {
			return
		}
		for _, sure := range []bool{false, true} {
			checkFrame(t, &e, d, src, sure)
			checkFrame(t, &e, d, bytes.Repeat(src, 40), sure)
		}
	})
}
