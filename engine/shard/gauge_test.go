package shard

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Items whose stamps share a word are counted as all others are, over any number of
// windows.
func TestShortCounts(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	large := world{windows: []string{"1d", "2d", "3d", "4d", "5d", "6d", "7d"}}.compiled(t).plan
	got, want := large.NewTile(), large.NewTile() // of more columns than there are counts
	for range 300 {
		var counts []feature.DistinctCount
		windows, ways := 1+r.IntN(5), []window.Stamp{1, 2, 4, 8, 3, 6, 12}
		if r.IntN(2) == 0 {
			ways = ways[:4] // no pairs
		}
		for item := window.PeerItem; item <= window.IMSIItem; item++ {
			for _, stamps := range ways {
				for w := range windows {
					if r.IntN(3) > 0 {
						counts = append(counts, feature.DistinctCount{Item: item, Stamps: stamps, Window: w, Column: len(counts)})
					}
				}
			}
		}
		halves := r.IntN(2) == 0
		fast, slow := newCensus(counts, true, halves), newCensus(counts, false, false)
		from := make([]uint32, len(fast.windows))
		top := uint32(1<<16 - 1)
		if halves {
			top = 1<<8 - 1
		}
		middle := int(r.Uint32N(top))
		spread := []int{20, 120}[r.IntN(2)] // days, some windows are longer than 128
		if !halves && r.IntN(2) == 0 {
			spread = int(top) / 3 // some are longer than half of all units
		}
		near := func() uint32 { return uint32(min(int(top), max(0, middle+r.IntN(2*spread)-spread))) }
		for w := range from {
			from[w] = max(1, near())
		}
		latest := uint32(min(int(top), middle+spread))
		fast.aim(from, latest)
		slow.aim(from, latest)
		slow.reset()
		n, of := r.IntN(129), uint64(0)
		keys, stamps := make([]uint64, 0, n+r.IntN(2)*(-n&7)), make([]uint64, (n+7)&^7)
		for i := range n {
			var st [4]uint32
			for i := range st {
				if r.IntN(4) > 0 {
					st[i] = near()
				}
			}
			key := itemKey(window.Item(1+r.IntN(8)), r.Uint64())
			keys, of = append(keys, key), of+1<<countShift(window.Item(key>>setShift))
			if halves {
				stamps[i/2] |= uint64(st[0]|st[1]<<8|st[2]<<16|st[3]<<24) << (i % 2 * 32)
			} else {
				stamps[i] = uint64(st[0]) | uint64(st[1])<<16 | uint64(st[2])<<32 | uint64(st[3])<<48
			}
			slow.see(key, st)
		}
		fast.short.see(fast.short.sums, of, keys, stamps)
		got.Rows, want.Rows = 1, 1
		if fast.short.tell(got, 0, fast.short.sums); r.IntN(2) == 0 {
			fast.short.spread.fill(got, [][]uint64{fast.short.sums}, 0)
		}
		slow.report(want, 0)
		for c := range counts {
			if g, w := got.Column(c)[0], want.Column(c)[0]; g != w {
				t.Fatalf("%d windows from %d, %d items: %+v is %d, want %d", windows, from, len(keys), counts[c], g, w)
			}
		}
	}
}

// The columns of windows of days hold the open day and the closed ones, maxima and
// squares included.
func TestDayWindows(t *testing.T) {
	w := world{windows: []string{"1d", "3d", "7d"}, emit: "366d"}.compiled(t)
	s := w.shard(t, 0, 1, nowhere)
	feed(t, s, mixed(3, 6000, days1, 12*days1))
	s.fold()
	g := &s.emitter.gauge
	g.tile.Rows = 1
	for i := range s.Plan.Grids {
		l := &s.Plan.Grids[i].Layout
		if len(l.Maxima) == 0 {
			t.Fatal("no maxima")
		}
		rows := 0
		s.people.each(func(slot uint32, who *person) {
			g.dayWindows(0, slot, i)
			for _, v := range g.view.Grids[i] {
				row := make([]uint64, l.Words)
				if who.row != 0 {
					rows++
					addUp(s, row, s.days.rows.at(who.row), s.Plan.Windows[v.Window].Panes)
				}
				for m, c := range v.Columns {
					if c < 0 {
						continue
					}
					want := int64(l.Fields[m].Value(row))
					if l.Measures[m].Kind == window.Squares {
						hi, lo := window.SquaresAt(row, l.Fields[m].Word)
						want = int64(lo)
						if got := g.tile.Column(c + 1)[0]; got != int64(hi) {
							t.Fatalf("%s: %d, want %d", l.Measures[m].Name, got, hi)
						}
					}
					if got := g.tile.Column(c)[0]; got != want {
						t.Fatalf("%s over window %d: %d, want %d", l.Measures[m].Name, v.Window, got, want)
					}
				}
			}
		})
		if rows == 0 {
			t.Error("nobody has a row")
		}
	}
}

// addUp adds up the window of n days that ends today, word by word.
func addUp(s *Shard, dst, row []uint64, n int) {
	d := s.days
	copy(dst, d.open(row))
	for i, span := range d.spans {
		for w, v := range d.sum(row, i) {
			if span == n {
				dst[w] += v
			}
		}
	}
	for m, w := range d.layout.Maxima {
		for back := 1; back < n; back++ {
			dst[w] = max(dst[w], *d.peak(row, m, s.today-window.Day(back)))
		}
	}
}
