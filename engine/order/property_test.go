package order

import (
	"cmp"
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"pgregory.net/rapid"
)

// naive is what a buffer of infinite patience would do.
type naive struct {
	lateness cdr.Millis
	marks    []cdr.Millis
	kept     []rec
	late     []int64
	kept0    []int64 // by source
}

func (n *naive) take(s int, r rec) {
	if n.marks[s] != Never && r.release < n.marks[s]-n.lateness {
		n.late[s]++
		return
	}
	n.marks[s] = max(n.marks[s], r.release)
	n.kept = append(n.kept, r)
	n.kept0[s]++
}

// answer sorts what was kept and drops all but the smallest text of each record.
func (n *naive) answer() []rec {
	slices.SortStableFunc(n.kept, func(a, b rec) int {
		return cmp.Or(cmp.Compare(a.release, b.release), cmp.Compare(a.identity, b.identity), cmp.Compare(a.raw, b.raw))
	})
	return slices.CompactFunc(slices.Clone(n.kept), func(a, b rec) bool { return a.release == b.release && a.identity == b.identity })
}

// Whatever the traffic, the chunks and the sources: the released records are
// the sorted ones, every record is accounted for, and the frontier only grows.
func TestBufferIsASort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lateness := rapid.SampledFrom([]cdr.Millis{0, 1, 999, 1000, 5000, 60_000}).Draw(t, "lateness")
		sources := rapid.IntRange(1, 4).Draw(t, "sources")
		d := newBench(t, lateness)
		n := &naive{lateness: lateness, late: make([]int64, sources), kept0: make([]int64, sources)}
		clock := make([]cdr.Millis, sources)
		for s := range sources {
			d.b.AddSource(string(rune('a'+s)), Never)
			n.marks = append(n.marks, Never)
			clock[s] = 1_700_000_000_000
		}
		record := rapid.Custom(func(t *rapid.T) rec {
			return rec{
				release:  cdr.Millis(rapid.SampledFrom([]int64{0, 0, 0, 1, 500, 1000, -1, -999, -1000, 3000, 20_000, -int64(lateness), -int64(lateness) - 1}).Draw(t, "step")),
				identity: uint64(rapid.IntRange(0, 2).Draw(t, "id")),
				raw:      uint64(rapid.IntRange(0, 2).Draw(t, "raw")),
			}
		})
		frontier := Never
		for _, chunk := range rapid.SliceOfN(rapid.SliceOfN(record, 0, 8), 1, 25).Draw(t, "chunks") {
			s := rapid.IntRange(0, sources-1).Draw(t, "source")
			for i := range chunk {
				clock[s] += chunk[i].release
				chunk[i].release = clock[s]
				chunk[i].tag = cdr.Number(chunk[i].raw)
				n.take(s, chunk[i])
				clock[s] = n.marks[s]
			}
			d.chunk(s, chunk...)
			if d.b.Frontier() < frontier {
				t.Fatalf("the frontier went back from %d to %d", frontier, d.b.Frontier())
			}
			frontier = d.b.Frontier()
			if want := n.frontier(); frontier != want {
				t.Fatalf("the frontier is %d, want %d", frontier, want)
			}
		}
		for s := range sources {
			d.finish(s)
		}
		if want := n.answer(); !slices.Equal(d.out, want) {
			t.Fatalf("released\n%v\nwant\n%v", d.out, want)
		}
		var accepted, duplicate int64
		for s := range sources {
			c := d.b.Counts(s)
			accepted, duplicate = accepted+c.Accepted, duplicate+c.Duplicate
			if c.Late != n.late[s] || c.Accepted+c.Duplicate != n.kept0[s] || c.Buffered != 0 {
				t.Fatalf("source %d: %+v, want %d late, %d others", s, c, n.late[s], n.kept0[s])
			}
		}
		if accepted != int64(len(d.out)) || accepted+duplicate != int64(len(n.kept)) || d.b.Waiting() != 0 {
			t.Fatalf("%d accepted, %d duplicates, %d waiting; %d records in, %d out", accepted, duplicate, d.b.Waiting(), len(n.kept), len(d.out))
		}
	})
}

// frontier is where the marks allow the frontier to be.
func (n *naive) frontier() cdr.Millis {
	f := End
	for _, m := range n.marks {
		if m == Never {
			return Never
		}
		f = min(f, m-n.lateness)
	}
	return f / 1000 * 1000
}

// sortKeys sorts, whether the keys come nearly sorted or in any order.
func TestSortKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) key {
			return key{release: cdr.Millis(rapid.IntRange(0, 50).Draw(t, "t")), identity: rapid.Uint64Range(0, 3).Draw(t, "id")}
		}), 0, 300).Draw(t, "keys")
		want := slices.Clone(keys)
		slices.SortFunc(want, key.compare)
		sortKeys(keys)
		for i := range keys {
			if keys[i].compare(want[i]) != 0 {
				t.Fatalf("place %d: %v, want %v", i, keys[i], want[i])
			}
		}
	})
}
