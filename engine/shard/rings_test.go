package shard

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// ringed is a big set whose rings are compared with its items.
type ringed struct {
	*testing.T
	s       *Shard
	who     person
	now     cdr.Millis
	counted int64
}

// Rings count what a walk over all items counts: in each way and window, after touches
// in any ways, items that go stale, peers that the limit drops, silences of any length,
// and when they are built anew of what is there.
func TestRings(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for _, windows := range [][]string{{"1d", "7d", "30d"}, {"1h/5m", "24h/1h", "36h/6h", "1d", "7d"}, {"2h/1h"}} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprint(windows, seed), func(t *testing.T) {
				t.Parallel()
				w := world{windows: windows, zone: zone, contacts: 150 + 1000*int(seed%2)}.compiled(t)
				rung(t, w, rand.New(rand.NewPCG(seed, 16)))
			})
		}
	}
}

func rung(t *testing.T, w *world, r *rand.Rand) {
	x := ringed{T: t, s: w.shard(t, 0, 1, nowhere), now: 1_711_500_000_000} // some days before 23 hours
	x.s.begin(x.now)
	checked := 0
	for range 12_000 {
		x.pass(r)
		set := []window.Item{window.PeerItem, window.PeerItem, window.PeerItem, window.CellItem, window.AreaItem}[r.IntN(5)]
		key := itemKey(set, uint64(min(r.IntN(600), r.IntN(600))))
		x.s.items.touch(&x.who, key, window.Stamp(1+r.IntN(15)), x.s.items.stamps.of(x.now, x.s.today))
		if x.who.marks&big == 0 || r.IntN(30) > 0 {
			continue
		}
		b := x.s.items.bigs[x.who.items]
		x.check(b, x.now+1+cdr.Millis(r.IntN(1000)))
		checked++
		if r.IntN(10) == 0 {
			counts := slices.Clone(b.rings.counts)
			x.s.items.rings.build(b)
			if x.check(b, x.now+1); len(b.rings.counts) != len(counts) {
				t.Errorf("rings of %d places, were %d", len(b.rings.counts), len(counts))
			}
		}
	}
	if checked < 100 || x.counted < 10_000 {
		t.Errorf("%d checks counted %d items", checked, x.counted)
	}
}

// What is remembered of panes is what they are, whatever was asked before and however the
// base of stamps moves.
func TestRingPanes(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 30))
	for _, windows := range [][]string{{"1d", "7d", "30d"}, {"1h/5m", "24h/1h", "36h/6h", "1d", "7d"}} {
		s := world{windows: windows}.compiled(t).shard(t, 0, 1, nowhere)
		s.begin(1_711_500_000_000)
		rings, moved := s.items.rings, 0
		for range 300 {
			base := s.items.stamps.base
			s.open(s.today + []window.Day{0, 1, s.items.stamps.segment}[r.IntN(3)])
			moved += boolean(base != s.items.stamps.base)
			first := 1 + r.Uint32N(20)
			for range 100 {
				g, v := &rings.grids[r.IntN(len(rings.grids))], first+r.Uint32N(40)*(1+r.Uint32N(2)*r.Uint32N(200))
				pane, place := rings.paneFor(g, v)
				if want := rings.paneOf(g, v); pane != want || place != place64(want, g.panes) {
					t.Fatalf("%s: stamp %d lies in pane %d at %d, want %d", windows, v, pane, place, want)
				}
			}
		}
		if moved < 10 {
			t.Errorf("%s: the base moved %d times", windows, moved)
		}
	}
}

// A window of many panes takes no rings unless something is counted over it.
func TestRingsOfCountedWindows(t *testing.T) {
	for _, test := range []struct {
		features string
		want     int // places of a line
	}{{"contacts_7d", 7}, {"contacts_24h", 24 * 3600}, {"calls_24h", 0}} {
		w := world{windows: []string{"24h/1s", "1d", "7d"}, features: []string{test.features, "calls_24h"}}.compiled(t)
		if got := w.shard(t, 0, 1, nowhere).items.rings.size; got != test.want {
			t.Errorf("%s: a line of rings has %d places, want %d", test.features, got, test.want)
		}
	}
}

// pass lets some time go by: mostly seconds, now and then hours or weeks.
func (x *ringed) pass(r *rand.Rand) {
	switch r.IntN(400) {
	case 0:
		x.now += cdr.Millis(r.Int64N(3 * days1))
	case 1:
		x.now += cdr.Millis(r.Int64N(6 * 3_600_000))
	case 2:
		if r.IntN(8) == 0 {
			x.now += cdr.Millis(r.Int64N(40 * days1))
		}
	default:
		x.now += cdr.Millis(r.Int64N(20_000))
	}
	x.s.open(x.s.Days.Day(x.now))
	x.s.setCut(x.now)
}

// check compares all counts at the instant at.
func (x *ringed) check(b *bigSet, at cdr.Millis) {
	s, rings := x.s, x.s.items.rings
	if s.Days.Day(at-1) != s.today {
		return
	}
	last := s.lastPanes(at)
	for set := range rings.lines {
		for _, l := range rings.lines[set] {
			for w, spec := range s.Plan.Windows {
				if !rings.counts(w) {
					continue
				}
				start := s.windowStart(spec, at)
				from := max(1, s.items.stamps.of(start, s.Days.Day(start)))
				want := int64(0)
				b.each(func(key uint64, st []uint64) {
					g := s.items.stamps.get(st)
					if int(key>>setShift) == set && min(g[l.stamp], g[l.also]) >= from {
						want++
					}
				})
				if got := rings.count(b, l, w, last[rings.window[w].grid]); got != want {
					x.Fatalf("at %d: set %d, stamps %d and %d, window %s: %d, want %d", at, set, l.stamp, l.also, spec.Name, got, want)
				}
				x.counted += want
			}
		}
	}
}
