package decode

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// The texts of ids stay whatever their length, also where they end with their block.
func TestKeepIDs(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 1))
	for range 200 {
		var block []byte
		var want [][]byte
		out := &cdr.Batch{Text: []byte("before")}
		for range 1 + r.IntN(SheetRows) {
			id := bytes.Repeat([]byte{byte('a' + r.IntN(26))}, r.IntN(2*shortID+4))
			block = append(block, ',')
			out.ID = append(out.ID, cdr.Span{Off: uint32(len(block)), Len: uint32(len(id))})
			block, want = append(block, id...), append(want, id)
		}
		w := Writer{rules: &Rules{s: Source{KeepIDs: true}}, out: out, text: len(out.Text)}
		w.keepIDs(&Sheet{Block: block[:len(block):len(block)]}, len(want))
		for i, id := range want {
			if got := out.ID[i].Of(out.Text); !bytes.Equal(got, id) {
				t.Fatalf("seed %d: id %d is %q, want %q", seed, i, got, id)
			}
		}
		if !bytes.HasPrefix(out.Text, []byte("before")) || w.text != len(out.Text) {
			t.Fatalf("seed %d: the text is %q, of which %d bytes count", seed, out.Text, w.text)
		}
	}
}
