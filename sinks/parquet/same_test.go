package parquet

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// doubled makes every column of frames stand there a second and a third time, behind the
// first or before it.
func doubled(r *rand.Rand, ss []shape, frames []*feature.Frame) (all []shape, first []int) {
	var from []int
	for i := range ss {
		from = append(from, i, i, i)
	}
	r.Shuffle(len(from), func(a, b int) { from[a], from[b] = from[b], from[a] })
	at := map[int]int{}
	for c, i := range from {
		all = append(all, ss[i])
		if _, ok := at[i]; !ok || r.IntN(3) == 0 {
			at[i] = c
		}
	}
	for _, i := range from {
		first = append(first, at[i])
	}
	for _, f := range frames {
		columns := f.Columns
		f.Columns = nil
		for _, i := range from {
			f.Columns = append(f.Columns, columns[i])
		}
	}
	return all, first
}

// A column that is said to be another one has the bytes it would have had anyway.
func TestSame(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 5 {
		frames := framesOf(r, allShapes(), 1+r.IntN(4), 1+r.IntN(5000))
		ss, first := doubled(r, allShapes(), frames)
		o := Options{RowGroupRows: 1 + r.IntN(9000)}
		alone := encode(t, schemaOf(ss), o, frames)
		for _, f := range frames {
			f.Same = first
		}
		if together := encode(t, schemaOf(ss), o, frames); !bytes.Equal(alone, together) {
			t.Fatal("the file has other bytes")
		}
	}
}

// What is the same may change from frame to frame, and from file to file of a writer.
func TestSameChanges(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	var w *writer
	for range 5 {
		frames := framesOf(r, allShapes(), 8, 1+r.IntN(500))
		ss, first := doubled(newRand(1), allShapes(), frames)
		if w == nil {
			l, err := newLayout(schemaOf(ss), nil)
			must(t, err)
			w = newWriter(l, Options{RowGroupRows: 900})
		}
		for _, f := range frames {
			if r.IntN(2) == 0 {
				f.Same = first
			}
		}
		table, _ := parseTable(t, encodeWith(t, w, frames))
		checkTable(t, table, schemaOf(ss), frames)
	}
}
