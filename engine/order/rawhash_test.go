package order

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// twins are two batches of one chunk: one with the hashes of all raw records, and one with
// those of a few, that has the block instead.
func twins(r *rand.Rand, clock *cdr.Millis) (hashed, bare *cdr.Batch, block []byte) {
	hashed, bare = &cdr.Batch{}, &cdr.Batch{}
	for range r.IntN(40) {
		*clock += cdr.Millis(r.IntN(3)) * 100
		text := fmt.Appendf(nil, "record %d", r.IntN(3))
		rec := cdr.Record{
			Release: *clock - cdr.Millis(r.IntN(20))*100, Identity: 1 + uint64(r.IntN(3)), RawHash: cdr.Hash(text), Calling: cdr.Number(1 + len(block)),
			Raw: cdr.Span{Off: uint32(len(block)), Len: uint32(len(text))},
		}
		block = append(block, text...)
		hashed.Append(&rec)
		if r.IntN(4) > 0 {
			rec.RawHash = 0
		}
		bare.Append(&rec)
	}
	bare.Block = block
	return hashed, bare, block
}

// TestHashesAreMade releases the same records twice, with hashes and without: who survives,
// what is counted and what is saved must be the same. The block is overwritten once
// another one's records have been released.
func TestHashesAreMade(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	duplicates := int64(0)
	for round := range 200 {
		o := Options{Lateness: cdr.Millis(r.IntN(4)) * 1000, MaxRecords: 1 << 20}
		all, some := NewBuffer(o), NewBuffer(o)
		clocks := [2]cdr.Millis{1_700_000_000_000, 1_700_000_000_000}
		for s := range clocks {
			all.AddSource(fmt.Sprint(s), Never)
			some.AddSource(fmt.Sprint(s), Never)
		}
		var last []byte
		var before *cdr.Batch
		for chunk := range 20 {
			s := r.IntN(len(clocks))
			hashed, bare, block := twins(r, &clocks[s])
			all.Admit(s, hashed, int64(chunk)*1000, func(int) {})
			some.Admit(s, bare, int64(chunk)*1000, func(int) {})
			if chunk > 17 {
				all.Finish(s)
				some.Finish(s)
			}
			want := tagsOf(t, all)
			got := tagsOf(t, some)
			if r.IntN(4) == 0 { // as for a barrier
				want, got = append(want, tagsOf(t, all)...), append(got, tagsOf(t, some)...)
			}
			for i := range last {
				last[i] = 'x'
			}
			saves := r.IntN(4) == 0
			if !slices.Equal(got, want) || saves && !bytes.Equal(some.AppendState(nil), all.AppendState(nil)) || before != nil && before.Block != nil {
				t.Fatalf("seed %d, round %d, chunk %d: released %v, want %v; or other things wait", seed, round, chunk, got, want)
			}
			last, before = block, bare
		}
		for s := range clocks {
			if all.Counts(s) != some.Counts(s) {
				t.Fatalf("seed %d, round %d: counts %+v, want %+v", seed, round, some.Counts(s), all.Counts(s))
			}
			duplicates += all.Counts(s).Duplicate
		}
	}
	if duplicates < 1000 {
		t.Errorf("seed %d: only %d duplicates", seed, duplicates)
	}
}

// tagsOf are the parties of what a buffer releases.
func tagsOf(t *testing.T, b *Buffer) (tags []cdr.Number) {
	t.Helper()
	run, err := b.Release()
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range run.Refs {
		tags = append(tags, run.Batches[ref.Batch].Rows[ref.Row()].Calling)
	}
	run.Start(1)
	run.Done()
	return tags
}
