package shard

import (
	"os"
	"syscall"
	"testing"
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// Rows at the end of memory are read, and nothing behind them.
func TestSpreadAtTheEnd(t *testing.T) {
	size := os.Getpagesize()
	memory, err := syscall.Mmap(-1, 0, 2*size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Munmap(memory) }()
	if err := syscall.Mprotect(memory[size:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	page := unsafe.Slice((*uint64)(unsafe.Pointer(&memory[0])), size/8)
	tile := world{windows: []string{"1d"}}.compiled(t).plan.NewTile()
	tile.Rows = feature.TileRows
	for words := 1; words <= 20; words++ {
		row, moves := page[len(page)-2*words:], []move(nil)
		for w := range words {
			moves = append(moves, move{column: w, word: w, mask: ^uint64(0)})
			row[w], row[words+w] = uint64(w), 100
		}
		rows := make([][]uint64, 16)
		for i := range rows {
			rows[i] = row
		}
		s := newSpread(moves)
		s.fill(tile, rows, words)
		for w := range words {
			if got := tile.Column(w)[15]; got != int64(w)+100 {
				t.Errorf("word %d of %d is %d", w, words, got)
			}
		}
	}
}
