package shard

import (
	"cmp"
	"slices"
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/internal/processor"
)

// octets are the words of rows that something is read from, and where it goes.
type octets []octet

// octet is up to eight words of a row side by side. Those of eight rows are turned, so that
// each word's eight values stand side by side, as they do in a column.
type octet struct {
	word, words int
	goals       []goal
}

// goal is a column, and what of a word goes there.
type goal struct {
	from        int // where the word's values are, in bytes
	shift, mask uint64
	column      int // where it is among those of the tile, in bytes
}

// columnBytes are the values of eight rows, or eight words of one; headerBytes is what a row
// or a column takes among others.
const (
	columnBytes = 64
	headerBytes = unsafe.Sizeof([]uint64{})
)

// spreadAVX512 fills the columns of so many goals off so many eights of rows: off so many
// words from a byte of each row on, and, unless it is the same, as many from another one on.
// The rows must be as long as the first one, which alone is checked.
//
//go:noescape
func spreadAVX512(columns *[]int64, rows *[]uint64, eights, first, second, words int, goals *goal, n int)

// The assembly knows how long a goal and what comes before a row are.
var (
	_ = [1]struct{}{}[unsafe.Sizeof(goal{})-32]
	_ = [1]struct{}{}[headerBytes-24]
)

func newOctets(moves []move) (all octets) {
	byWord := slices.SortedStableFunc(slices.Values(moves), func(a, b move) int { return cmp.Compare(a.word, b.word) })
	for _, m := range byWord {
		if n := len(all); n == 0 || m.word >= all[n-1].word+8 {
			all = append(all, octet{word: m.word})
		}
		o := &all[len(all)-1]
		at := m.word - o.word
		o.words = at + 1
		o.goals = append(o.goals, goal{columnBytes * at, uint64(m.shift), m.mask, int(headerBytes) * m.column})
	}
	return all
}

// fill is that of spread for whole eights of rows, and returns how many rows these are.
func (all octets) fill(t *feature.Tile, rows [][]uint64, behind int) (done int) {
	eights := len(rows) / 8
	if !processor.AVX512 || len(all)*eights == 0 {
		return 0
	}
	columns := t.Columns(len(rows))
	for i := range all {
		o := &all[i]
		_ = rows[0][o.word+behind+o.words-1]
		spreadAVX512(&columns[0], &rows[0], eights, 8*o.word, 8*(o.word+behind), o.words, &o.goals[0], len(o.goals))
	}
	return 8 * eights
}
