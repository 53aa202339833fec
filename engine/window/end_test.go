package window

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Of a row that ends some words are added to each of the sums, and some are kept, in the order
// that Rank tells; and nothing else changes.
func TestEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, sums := rapid.IntRange(0, 80).Draw(t, "words"), rapid.IntRange(0, 4).Draw(t, "sums")
		lasting := Extent{To: rapid.IntRange(0, n).Draw(t, "to")}
		lasting.From = rapid.IntRange(0, lasting.To).Draw(t, "from")
		last := lasting.Len()
		word := rapid.Uint64()
		var keep Words
		var kept []int
		for w := range n {
			if rapid.Bool().Draw(t, "keep") {
				keep.Add(w, n)
				kept = append(kept, w)
			}
		}
		all := rapid.SliceOfN(word, n+last*sums+len(kept)+2, n+last*sums+len(kept)+2).Draw(t, "all")
		want := slices.Clone(all)
		clear(want[:n])
		for i := range last * sums {
			want[n+i] += all[lasting.From+i%last]
		}
		for i, w := range kept {
			want[n+last*sums+i] = all[w]
			if rank, ok := keep.Rank(w); !ok || rank != i {
				t.Fatalf("word %d is the %dth, %v, want %d", w, rank, ok, i)
			}
		}
		for w := range n + 70 {
			if _, ok := keep.Rank(w); ok != slices.Contains(kept, w) {
				t.Fatalf("word %d is one of %v: %v", w, kept, ok)
			}
		}
		for name, end := range map[string]func(row, sums []uint64, lasting Extent, kept []uint64, keep Words){"End": End, "words": endWords} {
			got := slices.Clone(all)
			end(got[:n], got[n:][:last*sums], lasting, got[n+last*sums:], keep)
			if !slices.Equal(got, want) {
				t.Fatal(fmt.Sprintf("%s: %d words, %d sums of those of %v, %v kept: %v becomes %v, want %v", name, n, sums, lasting, kept, all, got, want))
			}
		}
	})
}
