package window

import "math/bits"

// Words is a set of words of a row, a bit for each.
type Words []uint64

// Add adds a word of rows of so many.
func (s *Words) Add(word, of int) {
	for 64*len(*s) < of {
		*s = append(*s, 0)
	}
	(*s)[word>>6] |= 1 << (word & 63)
}

// Rank is how many words of s come before one; not ok: it is not of s.
func (s Words) Rank(word int) (n int, ok bool) {
	if word>>6 >= len(s) || s[word>>6]>>(word&63)&1 == 0 {
		return 0, false
	}
	for _, w := range s[:word>>6] {
		n += bits.OnesCount64(w)
	}
	return n + bits.OnesCount64(s[word>>6]&(1<<(word&63)-1)), true
}

// Len is how many words there are.
func (s Words) Len() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// End ends the pane of a row: the words of keep go to kept, those of an extent are added to
// each of the sums, which stand one behind the other, and the row is cleared.
func End(row, sums []uint64, lasting Extent, kept []uint64, keep Words) {
	if len(row) > 0 {
		end(row, sums, lasting, kept[:keep.Len()], keep)
	}
}

func endWords(row, sums []uint64, lasting Extent, kept []uint64, keep Words) {
	n := 0
	for base, set := range keep {
		for ; set != 0; set &= set - 1 {
			kept[n] = row[64*base+bits.TrailingZeros64(set)]
			n++
		}
	}
	for lasts := lasting.Of(row); len(sums) > 0 && len(lasts) > 0; sums = sums[len(lasts):] {
		sum := sums[:len(lasts)]
		for w, v := range lasts {
			sum[w] += v
		}
	}
	clear(row)
}
