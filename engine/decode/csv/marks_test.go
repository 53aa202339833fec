package csv

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestClassify compares the words, made by the machine's best way and by the
// general one, with a loop over bytes.
func TestClassify(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 3000 {
		text := make([]byte, 64*r.IntN(5))
		for i := range text {
			text[i] = []byte{',', '\n', 0, ',' - 1, ',' + 1, 0x80 | ',', '\n' + 1, 0x80 | '\n', '"', ' ', '\t', ' ' | 0x80, 'x', byte(r.Uint32())}[r.IntN(14)]
		}
		var fast, general words
		odd, odd2 := classify(&fast, text, ',', '\t'), classifyWords(&general, text, ',', '\t')
		if fast != general || odd != odd2 {
			t.Fatalf("seed %d: %q: two ways give two answers", seed, text)
		}
		before := byte('\n')
		for i, c := range text {
			in := func(set string, c byte) bool { return bytes.IndexByte([]byte(set), c) >= 0 }
			strange := c == '"' || in(" \t", c) && in(",\n", before) || in(",\n", c) && in(" \t", before)
			bit := func(w [stretch]uint64) bool { return w[i/64]>>(i%64)&1 != 0 }
			if bit(fast.feeds) != (c == '\n') || bit(fast.marks) != in(",\n", c) || bit(fast.odd) != strange || strange && odd>>(i%64)&1 == 0 {
				t.Fatalf("seed %d: %q: byte %d", seed, text, i)
			}
			before = c
		}
	}
}
