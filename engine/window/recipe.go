package window

import "slices"

// recipes are the ops of classes on the row of a day, made straight. Which class comes
// next is not to be guessed, so what they do is the same for all of them, as far as it can
// be: add something to each word of counts, mostly 0, and a few sums.
type recipes struct {
	words   int      // of counts in a row, which come first ...
	all     int      // ... and of all in it
	counts  []uint64 // by class and word: what is added to it
	recipes []recipe // by class
	rest    []Op
}

type recipe struct {
	sums [4]sum
	mark uint64 // set in a word of the row
	word uint16
	rest uint16 // ops that are none of these: how many ...
	at   int32  // ... and where they begin
}

// sum adds a quantity to a word.
type sum struct {
	word uint16
	of   Quantity
	keep int8 // -1: all of it; 0: nothing
}

func (x *recipes) forget() {
	x.counts, x.recipes, x.rest = x.counts[:0], x.recipes[:0], x.rest[:0]
}

// add adds the recipe of a new class.
func (x *recipes) add(ops []Op) {
	from := len(x.counts)
	for range x.words {
		x.counts = append(x.counts, 0)
	}
	r, sums := recipe{at: int32(len(x.rest))}, 0
	for _, op := range ops {
		switch {
		case op.Do == Add && op.Of == One && int(op.Word) < x.words:
			x.counts[from+int(op.Word)] += 1 << op.Shift
		case op.Do == Add && op.Shift == 0 && sums < len(r.sums):
			r.sums[sums] = sum{op.Word, op.Of, -1}
			sums++
		case op.Do == Set && (r.mark == 0 || r.word == op.Word):
			r.mark, r.word = r.mark|1<<op.Shift, op.Word
		default:
			x.rest = append(x.rest, op)
			r.rest++
		}
	}
	x.pad(r.sums[:], sums)
	x.recipes = append(x.recipes, r)
}

// pad makes of sums, of which there are n, as many as there is room for: those behind add
// nothing to words that nothing else changes, since one change of a word waits for the
// one before it.
func (x *recipes) pad(sums []sum, n int) {
	for w := x.words; w < x.all && n < len(sums); w++ {
		if !slices.ContainsFunc(sums[:n], func(s sum) bool { return int(s.word) == w }) {
			sums[n].word = uint16(w)
			n++
		}
	}
}

// fold adds a leg of class c to row.
func (x *recipes) fold(row []uint64, class int32, q *Quantities) {
	addCounts(row, x.counts[int(class)*x.words:][:x.words])
	r := &x.recipes[class]
	a, b, c, d := r.sums[0], r.sums[1], r.sums[2], r.sums[3]
	row[a.word] += q[a.of%quantities] & uint64(a.keep)
	row[b.word] += q[b.of%quantities] & uint64(b.keep)
	row[c.word] += q[c.of%quantities] & uint64(c.keep)
	row[d.word] += q[d.of%quantities] & uint64(d.keep)
	row[r.word] |= r.mark
	if r.rest > 0 {
		Apply(row, x.rest[r.at:][:r.rest], q)
	}
}

// addCounts adds counts to the first words of row.
func addCounts(row, counts []uint64) {
	for len(counts) >= 8 && len(row) >= 8 {
		to, by := (*[8]uint64)(row), (*[8]uint64)(counts)
		to[0] += by[0]
		to[1] += by[1]
		to[2] += by[2]
		to[3] += by[3]
		to[4] += by[4]
		to[5] += by[5]
		to[6] += by[6]
		to[7] += by[7]
		row, counts = row[8:], counts[8:]
	}
	row = row[:len(counts)]
	for i, n := range counts {
		row[i] += n
	}
}
