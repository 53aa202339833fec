package shard

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

func itemsOf(s stamps, limit int) *items {
	it := newItems(new(arena), s, limit)
	it.rings = &rings{stamps: &it.stamps}
	return it
}

// naiveItems is what one subscriber has seen, and when, in a map.
type naiveItems struct {
	seen    map[uint64][4]uint32
	dropped uint32 // latest stamp of a peer dropped for the limit
}

func (n *naiveItems) touch(key uint64, mask window.Stamp, v uint32) {
	s := n.seen[key]
	for i := range s {
		if mask>>i&1 == 1 {
			s[i] = v
		}
	}
	n.seen[key] = s
}

func latest(s [4]uint32) uint32 { return max(s[0], s[1], s[2], s[3]) }

// contents is what the state holds of who.
func contents(it *items, who *person) map[uint64][4]uint32 {
	out := map[uint64][4]uint32{}
	switch {
	case who.marks&big != 0:
		it.bigs[who.items].each(func(key uint64, st []uint64) { out[key] = it.stamps.get(st) })
	case who.items != 0:
		b := it.block(who)
		for i := range b.n() {
			m := it.moment(&b, i)
			out[b.keys[i]] = it.stamps.get(m[:])
		}
		for i := b.n(); i < 4*int(who.fours); i++ {
			if it.moment(&b, i) != (moment{}) {
				panic("there are stamps behind the last item")
			}
		}
	}
	return out
}

// compare checks what windows can see: the stamps from stale on. In a big set
// the peers seen longest ago may be missing, as many as are beyond the limit.
// Those are taken out of n too.
func (n *naiveItems) compare(t *testing.T, it *items, who *person) {
	t.Helper()
	got := contents(it, who)
	peers, kept, oldest := 0, 0, ^uint32(0)
	var missing []uint64
	for key, want := range n.seen {
		if latest(want) < it.stale {
			continue
		}
		isPeer := key>>setShift == uint64(window.PeerItem)
		have, ok := got[key]
		switch {
		case isPeer && ok:
			peers, kept, oldest = peers+1, kept+1, min(oldest, latest(want))
		case isPeer:
			peers++
			missing = append(missing, key)
		case !ok:
			t.Fatalf("item %x is missing; it was seen at %v, stale is %d", key, want, it.stale)
		}
		for i := range want {
			if ok && want[i] >= it.stale && have[i] != want[i] {
				t.Fatalf("item %x: stamps %v, want %v, stale is %d", key, have, want, it.stale)
			}
			if ok && want[i] < it.stale && have[i] >= it.stale {
				t.Fatalf("item %x: stamps %v, want %v, stale is %d", key, have, want, it.stale)
			}
		}
	}
	for key := range got {
		if _, ok := n.seen[key]; !ok {
			t.Fatalf("item %x was never seen, or has been dropped", key)
		}
	}
	wantKept := peers
	if who.marks&big != 0 {
		wantKept = min(peers, it.limit)
	}
	if kept != wantKept {
		t.Fatalf("%d of %d peers are kept, want %d", kept, peers, wantKept)
	}
	for _, key := range missing {
		v := latest(n.seen[key])
		if v > oldest {
			t.Fatalf("the peer %x, last seen at %d, is dropped; one last seen at %d is kept", key, v, oldest)
		}
		n.dropped = max(n.dropped, v)
		delete(n.seen, key)
	}
	if who.marks&big != 0 && it.bigs[who.items].dropped != n.dropped {
		t.Fatalf("the latest dropped was seen at %d, want %d", it.bigs[who.items].dropped, n.dropped)
	}
}

// itemsRun is a stretch of traffic of some subscribers of very different size.
type itemsRun struct {
	stamps
	limit int
	span  uint32 // how far back the longest window looks
	tick  int    // one step of time in so many touches
}

// TestItems compares blocks and big sets with maps over long traffic: items come
// and go out of every window, blocks grow, move and shrink, big sets drop what
// is stale and the peers beyond the limit.
func TestItems(t *testing.T) {
	days, seconds, short := stamps{words: 1}, stamps{words: 2}, stamps{1, units{segment: 200}}
	for i, run := range []itemsRun{
		{stamps: short, limit: 1 << 16, span: 30, tick: 600},
		{stamps: short, limit: 150, span: 30, tick: 900},
		{stamps: short, limit: 30, span: 1, tick: 2000},
		{stamps: days, limit: 1 << 16, span: 30, tick: 60},
		{stamps: days, limit: 150, span: 30, tick: 200},
		{stamps: days, limit: 150, span: 1, tick: 900},
		{stamps: seconds, limit: 1 << 16, span: 2000, tick: 1},
		{stamps: seconds, limit: 300, span: 3000, tick: 1},
		{stamps: seconds, limit: 140, span: 500, tick: 2},
	} {
		run.try(t, uint64(i))
	}
}

func (run itemsRun) try(t *testing.T, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 4))
	it := itemsOf(run.stamps, run.limit)
	const people = 5
	who := make([]person, people)
	model := make([]naiveItems, people)
	for i := range model {
		model[i].seen = map[uint64][4]uint32{}
	}
	now, bigs := uint32(100), 0
	it.floor = now
	var eye eye
	p := 0
	for step := range 20_000 {
		if r.IntN(run.tick) == 0 {
			now++
			if r.IntN(max(200, 2000/run.tick)) == 0 {
				now += run.span // a silence that empties every window
			}
			it.stale = max(now, run.span) - run.span + 1
		}
		turned := r.IntN(8) == 0 || step == 0
		if turned {
			p = r.IntN(people)
		}
		set := []window.Item{window.PeerItem, window.PeerItem, window.PeerItem, window.AreaItem, window.CellItem}[r.IntN(5)]
		what := uint64(r.IntN([]int{3, 12, 60, 300, 2000}[p])) * 0x10001
		key, mask := itemKey(set, what), window.Stamp(1+r.IntN(15))
		switch {
		case r.IntN(8) == 0:
			it.touch(&who[p], key, mask, now)
			eye.turn(it, &who[p])
		default:
			if turned {
				eye.turn(it, &who[p])
			}
			eye.seeAll([]sighting{sightingOf(key, mask, now)})
		}
		model[p].touch(key, mask, now)
		if who[p].marks&big != 0 {
			bigs++
		}
		if step%37 == 0 || who[p].marks&big != 0 && run.limit < 1000 {
			model[p].compare(t, it, &who[p])
		}
		if r.IntN(4000) == 0 {
			it.release(&who[p])
			eye.turn(it, &who[p])
			model[p] = naiveItems{seen: map[uint64][4]uint32{}}
			if len(contents(it, &who[p])) > 0 {
				t.Fatal("something is left after release")
			}
		}
	}
	for p := range people {
		model[p].compare(t, it, &who[p])
		it.release(&who[p])
	}
	if bigs == 0 {
		t.Errorf("run %d: nobody had a big set", seed)
	}
	if liveBytes(it) != 0 {
		t.Errorf("run %d: %d bytes are left after everything was released", seed, liveBytes(it))
	}
}

// Beyond the limit the peer that was seen longest ago goes first; being seen
// again moves it to the end, and other items do not count.
func TestEvictionOrder(t *testing.T) {
	for _, words := range []int{1, 2} {
		const limit = 300
		it := itemsOf(stamps{words: words}, limit)
		var who person
		peer := func(i int) uint64 { return peerKey(cdr.Number(1000 + i)) }
		now := uint32(1)
		see := func(key uint64) {
			now++
			it.touch(&who, key, window.Stamp0, now)
		}
		for i := range limit {
			see(peer(i))
		}
		for i := range 500 {
			see(itemKey(window.CellItem, uint64(i)))
		}
		for i := range 10 {
			see(peer(i)) // 10 is now the oldest
		}
		if n := len(contents(it, &who)); n != limit+500 || it.bigs[who.items].dropped != 0 {
			t.Fatalf("%d items, want %d; dropped %d", n, limit+500, it.bigs[who.items].dropped)
		}
		for i := range 20 {
			see(peer(limit + i))
			got := contents(it, &who)
			if _, ok := got[peer(10+i)]; ok {
				t.Fatalf("peer %d is still there", 10+i)
			}
			if _, ok := got[peer(11+i)]; !ok || len(got) != limit+500 {
				t.Fatalf("peer %d is gone too soon; %d items", 11+i, len(got))
			}
			if want := uint32(2 + 10 + i); it.bigs[who.items].dropped != want {
				t.Fatalf("dropped at %d, want %d", it.bigs[who.items].dropped, want)
			}
		}
		for i := range 10 {
			if _, ok := contents(it, &who)[peer(i)]; !ok {
				t.Errorf("peer %d, seen again, is gone", i)
			}
		}
	}
}

// What has gone stale leaves a big set with the next touch, also where, once stamps have a later
// base, it does so at the number at which others had gone before.
func TestTrimAfterRebase(t *testing.T) {
	it := itemsOf(stamps{words: 1}, 1<<16)
	var who person
	for i := range 300 {
		it.touch(&who, itemKey(window.CellItem, uint64(i)), window.Stamp0, uint32(100+i/100))
	}
	see := func(stale, now uint32, want int) {
		t.Helper()
		it.stale = stale
		it.touch(&who, itemKey(window.CellItem, 1000), window.Stamp0, now)
		if n := it.bigs[who.items].used; n != want {
			t.Errorf("%d items, want %d", n, want)
		}
	}
	see(101, 110, 201)
	it.rebase(&who, 1)
	see(101, 110, 101)
	see(101, 111, 101)
	see(102, 112, 1)
}

// A block of many items that have gone stale makes room instead of growing.
func TestBlocksShrink(t *testing.T) {
	it := itemsOf(stamps{words: 1}, 1<<16)
	var who person
	for i := range 100 {
		it.touch(&who, itemKey(window.CellItem, uint64(i)), window.Stamp0, 5)
	}
	full := liveBytes(it)
	it.stale = 6
	for i := range 10 {
		it.touch(&who, itemKey(window.CellItem, uint64(1000+i)), window.Stamp0, 7)
	}
	if n := len(contents(it, &who)); n != 10 || liveBytes(it) >= full/4 {
		t.Errorf("%d items in %d bytes, were 100 in %d", n, liveBytes(it), full)
	}
}

// Keys of different sets, names and numbers do not meet.
func TestItemKeys(t *testing.T) {
	number, imsi, name := cdr.Digits([]byte("4477009001234567")), cdr.IMSI([]byte("310260000001000")), cdr.Name([]byte("alice"))
	seen := map[uint64]bool{}
	for _, k := range []uint64{peerKey(number), peerKey(imsi), peerKey(name), itemKey(window.CellItem, uint64(number)), itemKey(window.IMSIItem, uint64(number))} {
		if seen[k] {
			t.Errorf("key %x is there twice", k)
		}
		seen[k] = true
		if k>>setShift == 0 || k>>setShift >= uint64(window.Items) {
			t.Errorf("key %x is of no set", k)
		}
	}
	if peerKey(number)>>59&1 != 0 || peerKey(name)>>59&1 != 1 {
		t.Error("a name can meet a number")
	}
}

// Stamps are set and read one by one, in both widths, to their largest value.
func TestStamps(t *testing.T) {
	for _, s := range []stamps{{words: 1}, {words: 2}} {
		top := uint32(1<<16 - 1)
		if s.words == 2 {
			top = 1<<32 - 1
		}
		w, want := make([]uint64, s.words), [4]uint32{}
		r := rand.New(rand.NewPCG(1, uint64(s.words)))
		for range 2000 {
			mask, v := window.Stamp(r.IntN(16)), r.Uint32N(top)
			if r.IntN(5) == 0 {
				v = top
			}
			s.set(w, mask, v)
			for i := range want {
				if mask>>i&1 == 1 {
					want[i] = v
				}
			}
			if s.get(w) != want || s.last(w) != latest(want) {
				t.Fatalf("%d words: %v, last %d; want %v", s.words, s.get(w), s.last(w), want)
			}
		}
	}
	days, seconds := &stamps{words: 1}, &stamps{words: 2}
	for _, test := range []struct {
		s    *stamps
		t    cdr.Millis
		d    window.Day
		want uint32
	}{
		{days, 0, 0, 1}, {days, 0, 19_800, 19_801}, {days, 0, -1, 0}, {days, 0, -500, 0}, {days, 0, 1 << 20, 1<<16 - 1},
		{seconds, 1999, 0, 1}, {seconds, -1, 0, 0}, {seconds, 1_711_846_800_999, 0, 1_711_846_800}, {seconds, 1 << 60, 0, 1<<32 - 1},
	} {
		if got := test.s.of(test.t, test.d); got != test.want {
			t.Errorf("stamp of %d, day %d is %d, want %d", test.t, test.d, got, test.want)
		}
	}
}

// liveBytes is the memory of the items themselves, without what waits for reuse.
func liveBytes(it *items) int {
	n := 0
	for i := range it.blocks {
		s := &it.blocks[i]
		n += 8 * s.words * s.live
	}
	for _, b := range it.bigs {
		if b != nil {
			n += b.bytes()
		}
	}
	return n
}

// Blocks have room for what is asked of them, up to as many items as a block may have, and
// beyond that there is none. Tags can be read 64 at a time.
func TestCapacities(t *testing.T) {
	it := itemsOf(stamps{1, units{segment: 200}}, 1<<16)
	for n := 1; n <= 2*4*maxFours; n++ {
		if fours := foursFor(n); fours <= maxFours && it.blocks[fours].words < 1+(n+63)/64*8 {
			t.Errorf("a block of %d items has %d words", n, it.blocks[fours].words)
		}
		switch fours := foursFor(n); {
		case n > 4*maxFours && fours <= maxFours:
			t.Errorf("%d items get a block for %d", n, 4*fours)
		case n <= 4*maxFours && (4*fours < n || fours > maxFours || 4*fours > n+16):
			t.Errorf("%d items get room for %d", n, 4*fours)
		}
	}
}
