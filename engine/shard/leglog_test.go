package shard

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Logs that share their pages hold what was written to them until it is dropped, and no more
// pages than that takes.
func TestLegLog(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	for i := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, i))
		type block struct {
			p     legRef
			words []uint32
		}
		logs, held := make([]legLog, 3), make([][]block, 3)
		sheets := paper{arena: &arena{}}
		for at := range logs {
			logs[at].head = -uint32(r.IntN(4)) * sheetWords
			logs[at].tail = logs[at].head
		}
		most := 0
		for range 500 {
			at := r.IntN(len(logs))
			g := &logs[at]
			if r.IntN(8) == 0 {
				n := r.IntN(len(held[at]) + 1)
				tail := g.head
				if n < len(held[at]) {
					tail = uint32(held[at][n].p)
				}
				before := g.tail
				g.drop(tail, &sheets)
				if r.IntN(3) == 0 {
					g.drop(before, &sheets) // what was dropped before
				}
				held[at] = held[at][n:]
			}
			words := make([]uint32, 1+r.IntN(1+r.IntN(sheetWords-1)))
			for i := range words {
				words[i] = r.Uint32()
			}
			p := g.next(len(words), &sheets)
			g.head = uint32(p) + uint32(len(words))
			copy(g.at(p), words)
			held[at] = append(held[at], block{p, words})
			pages := 0
			for at, blocks := range held {
				for _, b := range blocks {
					if got := logs[at].at(b.p)[:len(b.words)]; !logs[at].has(b.p) || b.p == noJournal || !slices.Equal(got, b.words) {
						t.Fatalf("seed %d, %d: log %d does not hold what was written at %d", seed, i, at, b.p)
					}
				}
				pages += int((logs[at].head-logs[at].tail)/sheetWords) + 2
			}
			most = max(most, pages)
			if sheets.made > most {
				t.Fatalf("seed %d, %d: %d pages were made, %d are enough", seed, i, sheets.made, most)
			}
		}
	}
}
