package csv

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestMarks compares the marks with a loop over bytes, beyond the end too.
func TestMarks(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 2000 {
		block := make([]byte, r.IntN(200))
		for i := range block {
			block[i] = []byte{',', '\n', 0, ',' - 1, ',' + 1, 0x80 | ',', '\n' + 1, 0x80 | '\n', 'x', byte(r.Uint32())}[r.IntN(10)]
		}
		m := marks{block: block, separator: ones * uint64(',')}
		from := r.IntN(len(block) + 1)
		m.seek(from)
		for base := m.base; base <= len(block); base += 64 {
			found := m.load(base)
			if base == m.base {
				found = m.bits
			}
			for i := range 64 {
				pos := base + i
				want := pos == len(block) || pos >= from && pos < len(block) && bytes.IndexByte([]byte(",\n"), block[pos]) >= 0
				if got := found>>i&1 != 0; got != want {
					t.Fatalf("seed %d: %q from %d: mark at %d is %v", seed, block, from, pos, got)
				}
			}
		}
	}
}
