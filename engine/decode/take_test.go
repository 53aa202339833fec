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
	for i := range 400 {
		longest := []int{shortID, 2*shortID + 4}[i%2]
		var block []byte
		var want [][]byte
		out := &cdr.Batch{Text: []byte("before")}
		for range 1 + r.IntN(SheetRows) {
			id := bytes.Repeat([]byte{byte('a' + r.IntN(26))}, r.IntN(longest+1))
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

// Where texts have no room there is room for those of as many rows as the batch may have, but no
// more than a block may have of them.
func TestRoomForIDs(t *testing.T) {
	for _, test := range []struct{ id, block, least, most int }{
		{7, 1 << 18, 1000 * 7, 1000*7 + 4096},
		{4000, 1 << 18, 1 << 18, 1<<18 + 1<<17},
	} {
		out := cdr.NewBatch(1000)
		w := Writer{rules: &Rules{s: Source{KeepIDs: true}}, out: out}
		out.ID = append(out.ID, make([]cdr.Span, SheetRows)...)
		for i := range out.ID {
			out.ID[i].Len = uint32(test.id)
		}
		w.keepIDs(&Sheet{Block: make([]byte, test.block)}, SheetRows)
		if got := cap(out.Text); got < test.least || got > test.most {
			t.Errorf("ids of %d bytes, of blocks of %d: room for %d, want %d to %d", test.id, test.block, got, test.least, test.most)
		}
	}
}
