package order

import (
	"cmp"
	"slices"
	"sort"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// key is what records are ordered by, and where the record is.
type key struct {
	release  cdr.Millis
	identity uint64
	Ref
}

func keyOf(x *cdr.Row, row int) key {
	return key{x.Release, x.Identity, NewRef(0, row, x)}
}

func (k key) compare(o key) int {
	if k.release != o.release {
		return cmp.Compare(k.release, o.release)
	}
	return cmp.Compare(k.identity, o.identity)
}

// sortKeys sorts the keys of one chunk. They come nearly sorted, as switches
// write records when calls end, so it inserts each into its place; when that
// turns out to move too much, it sorts.
func sortKeys(keys []key) {
	budget := 8 * len(keys)
	for i := 1; i < len(keys); i++ {
		k, j := keys[i], i
		for ; j > 0 && k.compare(keys[j-1]) < 0; j-- {
			keys[j] = keys[j-1]
		}
		keys[j] = k
		if budget -= i - j; budget < 0 {
			slices.SortFunc(keys, key.compare)
			return
		}
	}
}

// before returns how many of the sorted keys lie before t.
func before(keys []key, t cdr.Millis) int {
	if n := len(keys); n == 0 || keys[n-1].release < t {
		return n
	}
	return sort.Search(len(keys), func(i int) bool { return keys[i].release >= t })
}

// origin is where the rows of a batch come from.
type origin struct {
	source int
	offset int64
}

// merger merges sorted runs of keys.
type merger struct {
	a, b    []key // the runs, end to end; the merged ones
	ends    []int // of the runs in a
	origins []origin
	marked  bool // some of the rows are to be joined
}

func (m *merger) reset() {
	m.a, m.ends, m.origins = m.a[:0], m.ends[:0], m.origins[:0]
	m.marked = false
}

// add appends a sorted run, its keys renumbered to batch.
func (m *merger) add(keys []key, batch uint32) {
	for _, k := range keys {
		k.Batch = batch
		m.a = append(m.a, k)
	}
	m.ends = append(m.ends, len(m.a))
}

// sorted merges the runs two and two until one is left.
func (m *merger) sorted() []key {
	for len(m.ends) > 1 {
		m.b = slices.Grow(m.b[:0], len(m.a))
		ends, from := m.ends[:0:len(m.ends)], 0
		for i := 0; i < len(m.ends); i += 2 {
			mid := m.ends[i]
			to := mid
			if i+1 < len(m.ends) {
				to = m.ends[i+1]
			}
			m.b = merge2(m.b, m.a[from:mid], m.a[mid:to])
			ends, from = append(ends, to), to
		}
		m.a, m.b, m.ends = m.b, m.a, ends
	}
	return m.a
}

func merge2(dst, x, y []key) []key {
	for len(x) > 0 && len(y) > 0 {
		if y[0].compare(x[0]) < 0 {
			dst, y = append(dst, y[0]), y[1:]
		} else {
			dst, x = append(dst, x[0]), x[1:]
		}
	}
	return append(append(dst, x...), y...)
}

// less tells which of two records of the same identity and event time survives:
// the one with the smaller hash of its raw text, else the one read first.
func (m *merger) less(batches []*cdr.Batch, x, y key) bool {
	bx, by := batches[x.Batch], batches[y.Batch]
	if hx, hy := bx.HashOf(x.Row()), by.HashOf(y.Row()); hx != hy {
		return hx < hy
	}
	ox, oy := m.origins[x.Batch], m.origins[y.Batch]
	if ox.source != oy.source {
		return ox.source < oy.source
	}
	return ox.offset+int64(bx.Raw[x.Row()].Off) < oy.offset+int64(by.Raw[y.Row()].Off)
}
