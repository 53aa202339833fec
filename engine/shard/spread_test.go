package shard

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/internal/processor"
)

// randomMoves makes moves off rows of so many words to some of so many columns: counts, two
// to a word, whole words and bytes, of some words more of them and none of others.
func randomMoves(r *rand.Rand, words, columns int) (moves []move) {
	kinds := []move{{mask: lowerHalf}, {mask: lowerHalf, shift: 32}, {mask: ^uint64(0)}, {mask: 255, shift: 24}, {mask: 255, shift: 32}, {mask: lowerHalf, shift: 3}}
	free := r.Perm(columns)
	for w := 0; w < words && len(free) >= 2; w++ {
		switch r.IntN(4) {
		case 0:
			continue
		case 1:
			for _, k := range kinds[:2] {
				k.word, k.column, free = w, free[0], free[1:]
				moves = append(moves, k)
			}
		default:
			for range min(len(free), r.IntN(3)) {
				k := kinds[r.IntN(len(kinds))]
				k.word, k.column, free = w, free[0], free[1:]
				moves = append(moves, k)
			}
		}
	}
	if r.IntN(4) == 0 {
		r.Shuffle(len(moves), func(i, j int) { moves[i], moves[j] = moves[j], moves[i] })
	}
	return moves
}

// Whatever is spread over the columns, and in whichever way, is what a row has; nothing else
// of the tile changes.
func TestSpread(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	plan := world{windows: []string{"1d", "2d", "3d"}}.compiled(t).plan
	tile := plan.NewTile()
	tile.Rows = feature.TileRows
	columns := len(tile.Columns(0))
	vectors := false
	for range 1000 {
		words, n := 1+r.IntN(60), 1+r.IntN(feature.TileRows)
		moves, behind := randomMoves(r, words, columns), r.IntN(2)*(words+r.IntN(10))
		rows := make([][]uint64, n)
		for i := range rows {
			rows[i] = make([]uint64, words+behind)
			for w := range rows[i] {
				rows[i][w] = r.Uint64() >> r.IntN(64)
			}
		}
		want := make([][]int64, columns)
		for c := range want {
			for row := range feature.TileRows {
				tile.Set(c, row, int64(r.Uint64()))
			}
			want[c] = slices.Clone(tile.Column(c))
		}
		s := newSpread(moves)
		for range 2 {
			for _, m := range moves {
				for i, row := range rows {
					v := row[m.word]
					if behind != 0 {
						v += row[m.word+behind]
					}
					want[m.column][i] = int64(v >> m.shift & m.mask)
				}
			}
			if s.octets.fill(tile, rows, behind) > 0 {
				vectors = true
			}
			s.fill(tile, rows, behind)
			for c := range want {
				if !slices.Equal(tile.Column(c), want[c]) {
					t.Fatalf("%d rows of %d words, behind %d, %v: column %d is %v, want %v", n, words, behind, moves, c, tile.Column(c), want[c])
				}
			}
			for i := range rows { // once more, without vectors
				rows[i][r.IntN(words)] ^= r.Uint64()
			}
			s = spread{words: wordMoves(moves)}
		}
	}
	if vectors != processor.AVX512 {
		t.Errorf("vectors: %v, want %v", vectors, processor.AVX512)
	}
}

// BenchmarkSpread spreads the days of a tile: ns/row.
func BenchmarkSpread(b *testing.B) {
	s := world{windows: []string{"1d", "7d", "30d"}, features: []string{"core"}}.compiled(b).shard(b, 0, 1, nowhere)
	g := &s.emitter.gauge
	g.tile.Rows = feature.TileRows
	rows := make([][]uint64, feature.TileRows)
	for i := range rows {
		rows[i] = make([]uint64, s.days.rows.words)
	}
	for name, of := range map[string]spread{"octets": g.moves[0][1].spread, "words": {words: g.moves[0][1].spread.words}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				of.fill(g.tile, rows, s.days.sums)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/feature.TileRows, "ns/row")
		})
	}
}
