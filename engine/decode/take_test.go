package decode

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/internal/processor"
)

// The texts of ids stay whatever their length, also where they end with their block.
func TestKeepIDs(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range 400 {
		longest := []int{wordID, shortID, 2*shortID + 4}[i%3]
		var block []byte
		var want [][]byte
		out := &cdr.Batch{Text: []byte("before")}
		for range 1 + r.IntN(SheetRows) {
			id := bytes.Repeat([]byte{byte('a' + r.IntN(26))}, r.IntN(longest+1))
			block = append(block, ',')
			out.ID = append(out.ID, cdr.Span{Off: uint32(len(block)), Len: uint32(len(id))})
			block, want = append(block, id...), append(want, id)
		}
		out.Text = slices.Grow(out.Text, r.IntN(2*shortID*SheetRows))
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

// Ids that are kept eight at a time are kept as they are one by one, in the room there is. Where
// they cannot be, nothing is done.
func TestPackIDs(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	packs := 0
	for range 4000 {
		block := randomBytes(r, r.IntN(1000))
		ids, all, fit := wordIDs(r, block)
		memory := randomBytes(r, 3*wordID*SheetRows)
		from := r.IntN(100)
		text := memory[: from : from+r.IntN(len(memory)-from)]
		fit = fit && cap(text)-from >= len(ids)*wordID+64
		idsBefore, memoryBefore, idsWanted := slices.Clone(ids), bytes.Clone(memory), slices.Clone(ids)
		want := copyIDs(slices.Grow(bytes.Clone(text), all+shortID), block, idsWanted, all)
		got, ok := packIDs(text, block, ids)
		switch {
		case ok && !fit || !ok && fit && processor.AVX512:
			t.Fatalf("seed %d: kept: %v, want %v", seed, ok, fit)
		case !ok && (!slices.Equal(ids, idsBefore) || !bytes.Equal(memory, memoryBefore)):
			t.Fatalf("seed %d: something is written of what cannot be kept", seed)
		case !bytes.Equal(memory[cap(text):], memoryBefore[cap(text):]):
			t.Fatalf("seed %d: something is written behind the room", seed)
		case ok && (!slices.Equal(ids, idsWanted) || !bytes.Equal(got, want)):
			t.Fatalf("seed %d: %v: %q, want %v: %q", seed, ids, got, idsWanted, want)
		case ok:
			packs++
		}
	}
	if processor.AVX512 && packs < 500 {
		t.Errorf("seed %d: only %d sheets were kept", seed, packs)
	}
}

// wordIDs are ids anywhere in a block, of all bytes together, of which few sheets have one that is
// longer than wordID. They fit where there is none, nor one at the end of the block.
func wordIDs(r *rand.Rand, block []byte) (ids []cdr.Span, all int, fit bool) {
	ids, fit = make([]cdr.Span, 1+r.IntN(SheetRows)), len(block) >= wordID
	for i := range ids {
		length := r.IntN(wordID + 1)
		if r.IntN(200) == 0 {
			length = wordID + 1
		}
		length = min(length, len(block))
		off := r.IntN(len(block) - length + 1)
		if r.IntN(100) > 0 {
			off = max(0, off-wordID)
		}
		ids[i] = cdr.Span{Off: uint32(off), Len: uint32(length)}
		all += length
		fit = fit && length <= wordID && off+wordID <= len(block)
	}
	return ids, all, fit
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
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

// BenchmarkKeepIDs keeps ids of 3 to 8 bytes, of records of some hundred bytes. The blocks and the
// batches take turns, for in a job too they are more than the nearest memory holds. The time is
// that of setting spans as well, since they are changed: those of the next turn, as in a job it is
// a while before that they are set.
func BenchmarkKeepIDs(b *testing.B) {
	const blocks, sheets = 8, 8
	r := rand.New(rand.NewPCG(1, 1))
	var spans [blocks][sheets * SheetRows]cdr.Span
	var writers [blocks]Writer
	var read [blocks]Sheet
	for i := range blocks {
		block := make([]byte, margin, 1<<16)
		for k := range spans[i] {
			spans[i][k] = cdr.Span{Off: uint32(len(block)), Len: uint32(3 + r.IntN(6))}
			block = append(block, make([]byte, 100+r.IntN(50))...)
		}
		out := cdr.NewBatch(len(spans[i]))
		out.ID = out.ID[:len(spans[i])]
		writers[i], read[i].Block = Writer{rules: &Rules{s: Source{KeepIDs: true}}, out: out}, block
	}
	set := func(turn int) (at, row int) {
		at, row = turn%blocks, turn/blocks%sheets*SheetRows
		copy(writers[at].out.ID[row:], spans[at][row:][:SheetRows])
		return at, row
	}
	turn := 0
	at, row := set(turn)
	for b.Loop() {
		w, s := &writers[at], &read[at]
		if w.rows = row; row == 0 {
			w.text = 0
		}
		turn++
		at, row = set(turn)
		w.keepIDs(s, SheetRows)
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/SheetRows, "ns/id")
}
