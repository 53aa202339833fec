package feature

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Quotients of many rows are those of one row after the other.
func TestQuotients(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		var got, want Column
		for range 1 + r.IntN(4) {
			rows, by := r.IntN(TileRows+1), []float64{1, 1000, 7}[r.IntN(3)]
			n, d := make([]int64, rows), make([]int64, rows)
			for i := range n {
				n[i], d[i] = int64(r.Uint64())>>r.IntN(64), int64(r.IntN(4)-1)*int64(r.IntN(1000))
			}
			if by == 1 {
				got.addQuotients(n, d)
			} else {
				got.addScaledQuotients(n, d, by)
			}
			for i := range n {
				if d[i] == 0 {
					want.appendNull()
					continue
				}
				want.appendFloat(float64(n[i]) / by / float64(d[i]))
			}
		}
		same := slices.EqualFunc(got.Floats, want.Floats, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) })
		if !same || !slices.Equal(got.Valid, want.Valid) || got.Nulls != want.Nulls {
			t.Fatalf("%d rows: %v, %d nulls, want %v, %d nulls", len(got.Floats), got.Valid, got.Nulls, want.Valid, want.Nulls)
		}
	}
}
