package shard

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/internal/processor"
	"github.com/cdrstream/cdrstream/engine/window"
)

func sightingOf(key uint64, mask window.Stamp, stamp uint32) sighting {
	return sighting{key: key, hash: hashOf(key), mask: mask, stamp: stamp}
}

// seeSlowly is seeAll with seeKnown.
func (e *eye) seeSlowly(list []sighting) int {
	for n, calm := 0, e.who.calm; ; n++ {
		if n += e.seeKnown(list[n:]); n >= len(list) {
			return n
		}
		if e.seeNew(&list[n]); e.who.calm != calm {
			return n + 1
		}
	}
}

// lookers are some who see the same items: their blocks stand side by side.
type lookers struct {
	it  *items
	who [3]person
	eye eye
}

// crowded are keys of some sets, many of which have the same tag.
func crowded(r *rand.Rand, n int) (keys []uint64) {
	tags := 1 + r.IntN(256)
	for len(keys) < n {
		key := itemKey(window.Item(1+r.IntN(int(window.Items)-1)), r.Uint64())
		if int(tagOf(key)) < tags {
			keys = append(keys, key)
		}
	}
	return keys
}

// What is seen fast is what is seen one by one: the same blocks, whatever stands in them, and
// the same calm, which ends a list at the same item.
func TestSeeSome(t *testing.T) {
	if !processor.AVX2 {
		t.Skip("this machine lacks the vector instructions that items are seen with")
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for _, s := range []stamps{{1, units{segment: 200}}, {words: 1}} {
		l := &lookers{it: itemsOf(s, 1<<16)}
		l.eye.turn(l.it, &l.who[0])
		list := []sighting{sightingOf(itemKey(1, 1), 1, 1), sightingOf(itemKey(1, 2), 1, 1)}
		if l.eye.seeAll(list[:1]); l.eye.seeSome(list) != 2 {
			t.Fatal("a new item is not seen fast")
		}
	}
	r := rand.New(rand.NewPCG(seed, 0))
	for range 500 {
		s := []stamps{{1, units{segment: 200}}, {words: 1}, {words: 2}}[r.IntN(3)]
		limit := 1 + r.IntN(2*4*maxFours)
		var weights, firsts [window.Items]uint8
		for set := range weights {
			weights[set] = uint8(max(0, r.IntN(6)-4))
			firsts[set] = uint8(max(0, r.IntN(6)-3))
		}
		fast, slow := &lookers{it: itemsOf(s, limit)}, &lookers{it: itemsOf(s, limit)}
		for _, l := range []*lookers{fast, slow} {
			l.it.weigh(weights, firsts)
			for i := range l.who {
				l.who[i].calm = mostCalm
			}
		}
		keys, top := crowded(r, 1+r.IntN(4*maxFours+8)), uint32(lastShort)
		if !s.short() {
			top = lastStamp
		}
		for range 60 {
			i := r.IntN(len(fast.who))
			f, w := &fast.who[i], &slow.who[i]
			fast.eye.turn(fast.it, f)
			slow.eye.turn(slow.it, w)
			var list []sighting
			for range r.IntN(2 * sightings) {
				list = append(list, sightingOf(keys[r.IntN(len(keys))], window.Stamp(r.IntN(16)), r.Uint32N(top+1)))
			}
			n := fast.eye.seeAll(list)
			if want := slow.eye.seeSlowly(list); n != want || *f != *w {
				t.Fatalf("%d of %d are seen, want %d: %+v, want %+v", n, len(list), want, f, w)
			}
			if fast.eye.n != slow.eye.n || fast.eye.room != slow.eye.room {
				t.Fatalf("%d items of %d, want %d of %d", fast.eye.n, fast.eye.room, slow.eye.n, slow.eye.room)
			}
			for i := range fast.who {
				f, w := &fast.who[i], &slow.who[i]
				if f.small() && !slices.Equal(fast.it.words(f), slow.it.words(w)) {
					t.Fatalf("of %+v there are\n%x, want\n%x", f, fast.it.words(f), slow.it.words(w))
				}
			}
		}
	}
}

// BenchmarkSee sees items of blocks of 40, some at a time, with seeAll and
// without what is fast: ns/item.
func BenchmarkSee(b *testing.B) {
	for _, way := range []struct {
		name string
		see  func(*eye, []sighting) int
	}{{"fast", (*eye).seeAll}, {"slow", (*eye).seeSlowly}} {
		b.Run(way.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			const blocks = 256
			var all [blocks]struct {
				who person
				eye eye
			}
			var lists [blocks][]sighting
			it := itemsOf(stamps{1, units{segment: 200}}, 1<<16)
			for i := range all {
				l := &all[i]
				l.eye.turn(it, &l.who)
				var first []sighting
				for range 40 {
					first = append(first, sightingOf(itemKey(window.PeerItem, r.Uint64()), 1, 1))
				}
				way.see(&l.eye, first)
				for range sightings {
					lists[i] = append(lists[i], first[r.IntN(len(first))])
				}
			}
			n := 0
			for b.Loop() {
				for i := range all {
					n += way.see(&all[i].eye, lists[i])
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/item")
		})
	}
}
