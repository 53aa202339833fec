package shard

import (
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
	"pgregory.net/rapid"
)

// keysAt returns n numbers of one queue whose place in a table of some sizes is one of the
// last few or the first few: they collide and wrap.
func keysAt(n int) []cdr.Number {
	var out []cdr.Number
	wide := subtable{entries: make([]entry, 1<<10)}
	for i := cdr.Number(1); len(out) < n; i++ {
		if queueOf(i) == 5 && (wide.home(i.Hash())+3)&1023 < 6 {
			out = append(out, i)
		}
	}
	return out
}

// doubles returns n numbers of one queue that no entry tells apart.
func doubles(n int) []cdr.Number {
	var out []cdr.Number
	for i := cdr.Number(1); len(out) < n; i++ {
		if queueOf(i) == 5 && entryOf(i.Hash()) == entryOf(7) {
			out = append(out, i)
		}
	}
	return out
}

// populace is a table and its people.
type populace struct {
	table
	people people
}

func newPopulace() *populace {
	p := &populace{people: people{arena: new(arena)}}
	p.table.people = &p.people
	return p
}

func (p *populace) add(key cdr.Number) uint32 {
	slot := p.people.add(key, 1, 1)
	p.insert(key, slot)
	return slot
}

func (p *populace) drop(key cdr.Number) {
	slot, ok := p.find(key)
	p.remove(key) // also what is not there
	if ok {
		p.people.remove(slot)
	}
}

// A table is a map, whatever collides in it and is removed from it.
func TestTable(t *testing.T) {
	crowd, same := keysAt(60), doubles(20)
	rapid.Check(t, func(t *rapid.T) {
		p, want := newPopulace(), map[cdr.Number]uint32{}
		key := rapid.OneOf(rapid.SampledFrom(crowd), rapid.SampledFrom(crowd), rapid.SampledFrom(same), rapid.Custom(func(t *rapid.T) cdr.Number {
			return cdr.Number(rapid.Uint64Min(1).Draw(t, "number"))
		}))
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			k := key.Draw(t, "key")
			slot, there := want[k]
			got, ok := p.find(k)
			if ok != there || got != slot {
				t.Fatalf("find(%d) = %d, %v; want %d, %v", k, got, ok, slot, there)
			}
			if there || rapid.IntRange(0, 4).Draw(t, "remove") == 0 {
				p.drop(k)
				delete(want, k)
				continue
			}
			want[k] = p.add(k)
		}
		checkTable(t, &p.table, want)
		for _, k := range append(crowd, same...) {
			if _, there := want[k]; !there {
				if _, ok := p.find(k); ok {
					t.Fatalf("%d was removed and is found", k)
				}
			}
		}
	})
}

func checkTable(t reporter, table *table, want map[cdr.Number]uint32) {
	t.Helper()
	if table.n != len(want) {
		t.Fatalf("it holds %d, want %d", table.n, len(want))
	}
	for k, slot := range want {
		if got, ok := table.find(k); !ok || got != slot {
			t.Fatalf("find(%d) = %d, %v; want %d", k, got, ok, slot)
		}
	}
}

// reporter is what testing.T and rapid.T have in common.
type reporter interface {
	Helper()
	Fatalf(format string, args ...any)
}

// It grows, and shrinks to nothing by removal. Whom it guesses is nearly always right.
func TestTableGrows(t *testing.T) {
	p, want := newPopulace(), map[cdr.Number]uint32{}
	for i := range uint32(20_000) {
		k := cdr.Digits([]byte("4477009" + string([]byte{'0' + byte(i/10_000), '0' + byte(i/1000%10), '0' + byte(i/100%10), '0' + byte(i/10%10), '0' + byte(i%10)})))
		want[k] = p.add(k)
		if q := p.of(k.Hash()); 8*q.n > 7*len(q.entries) {
			t.Fatalf("%d of %d places are taken", q.n, len(q.entries))
		}
	}
	checkTable(t, &p.table, want)
	wrong := 0
	for k, slot := range want {
		if got, who := p.guess(k.Hash()); who == nil || got != slot {
			wrong++
		}
	}
	if wrong > len(want)/100 {
		t.Errorf("%d of %d guesses are wrong", wrong, len(want))
	}
	for k := range want {
		p.drop(k)
		delete(want, k)
		if len(want)%2500 == 0 {
			checkTable(t, &p.table, want)
		}
	}
	for _, q := range p.queues {
		if q.n != 0 || slices.ContainsFunc(q.entries, func(e entry) bool { return e != 0 }) {
			t.Error("something is left")
		}
	}
}

// A slab hands out zeroed objects that do not overlap, and those given back
// again before new ones.
func TestSlab(t *testing.T) {
	for _, words := range []int{0, 1, 7, 32, 33, 100} {
		rapid.Check(t, func(t *rapid.T) {
			s := newSlab(new(arena), words)
			held := map[ref]uint64{}
			mark, most := uint64(0), 0
			for range rapid.IntRange(1, 3000).Draw(t, "steps") {
				if len(held) > 0 && mark%5 == 4 {
					for r, v := range held {
						checkObject(t, s, r, v)
						s.put(r)
						delete(held, r)
						break
					}
				}
				mark++
				r := s.get()
				if _, twice := held[r]; twice || r == 0 {
					t.Fatalf("object %d is handed out twice", r)
				}
				checkObject(t, s, r, 0)
				o := s.at(r)
				for i := range o {
					o[i] = mark
				}
				held[r] = mark
				most = max(most, len(held))
			}
			for r, v := range held {
				checkObject(t, s, r, v)
			}
			if made := (len(s.pages)-2)*s.per + s.used; made != most {
				t.Fatalf("%d objects were made, %d were held at most", made, most)
			}
			compactHeld(t, s, held)
		})
	}
}

// compactHeld drops most objects, compacts, and looks whether the rest is whole
// and on as few pages as can be.
func compactHeld(t *rapid.T, s *slab, held map[ref]uint64) {
	for r, v := range held {
		if v%7 != 0 {
			s.put(r)
			delete(held, r)
		}
	}
	s.compact(func(move func(ref) ref) {
		moved := map[ref]uint64{}
		for r, v := range held {
			moved[move(r)] = v
		}
		clear(held)
		for r, v := range moved {
			held[r] = v
		}
	})
	for r, v := range held {
		checkObject(t, s, r, v)
	}
	if pages := (len(held) + s.per - 1) / s.per; len(s.pages)-1 > pages {
		t.Fatalf("%d objects are left on %d pages", len(held), len(s.pages)-1)
	}
	for range 2 * s.per {
		r := s.get()
		if _, twice := held[r]; twice {
			t.Fatalf("object %d is handed out twice after compacting", r)
		}
		checkObject(t, s, r, 0)
		held[r] = 0
	}
}

func checkObject(t reporter, s *slab, r ref, v uint64) {
	t.Helper()
	o := s.at(r)
	if len(o) != cap(o) {
		t.Fatalf("object %d can grow into the next", r)
	}
	for i := range o {
		if o[i] != v {
			t.Fatalf("word %d of object %d is %d, want %d", i, r, o[i], v)
		}
	}
}

// partition returns n numbers of one partition.
func partitionNumbers(partition uint32, n int) []cdr.Number {
	var out []cdr.Number
	for i := cdr.Number(1); len(out) < n; i++ {
		if partitionOf(i) == partition {
			out = append(out, i)
		}
	}
	return out
}

// Slots are dealt in each partition by itself, used again, and begin anew.
func TestPeople(t *testing.T) {
	p := people{arena: new(arena)}
	for _, partition := range []uint32{63, 0, 17} {
		keys := partitionNumbers(partition, 1001)
		for i, key := range keys[:1000] {
			if slot := p.add(key, 3, 9); slot != uint32(i)<<6|partition {
				t.Fatalf("partition %d, subscriber %d: slot %x", partition, i, slot)
			}
		}
		for _, local := range []uint32{17, 999, 255, 256} {
			slot := slotOf(partition, local)
			who := p.at(slot)
			who.setLast(5)
			who.marks, who.items, who.row = taken|home|big, 7, 8
			p.remove(slot)
		}
		key := keys[1000]
		for _, want := range []uint32{256, 255, 999, 17, 1000} {
			slot := p.add(key, 4, 10)
			who := *p.at(slot)
			fresh := person{key: key, days: [3]shortDay{{4}, {0, 0, 128}, {0, 0, 128}}, epoch: 10, marks: taken}
			if slot != slotOf(partition, want) || who != fresh || who.last() != never || who.first() != 4 || who.out() != noDay {
				t.Errorf("slot %x, want local %d: %+v", slot, want, who)
			}
		}
		p.remove(slotOf(partition, 400))
	}
	n, last := 0, -1
	p.each(func(slot uint32, who *person) {
		if int(place(slot)) <= last || localOf(slot) == 400 || partitionOf(who.key) != slot&63 {
			t.Errorf("slot %x after %x", slot, last)
		}
		n, last = n+1, int(place(slot))
	})
	if n != 3000 || p.slots() != 3003 {
		t.Errorf("%d people on %d slots", n, p.slots())
	}
}

// A person holds all times and days that there are.
func TestPersonHolds(t *testing.T) {
	const year9999 = 253_402_300_799_999
	for _, at := range []cdr.Millis{never, -1, 0, 1, 1<<32 - 1, 1 << 32, days1, year9999, year9999 + 200*days1} {
		var p person
		p.setLast(at)
		p.setTalked(at - 1)
		if p.last() != at || at != never && p.talked() != at-1 || !holds(at) {
			t.Errorf("%d is held as %d", at, p.last())
		}
	}
	for _, d := range []window.Day{noDay, -1, 0, 1, 255, 256, 20_000, 1 << 16, 2_932_896, 2_933_100} {
		if got := shortOf(d).day(); got != d || !holdsDay(d) {
			t.Errorf("day %d is held as %d", d, got)
		}
	}
	if holds(1<<50) || holds(firstInstant) || holdsDay(1<<24) || holdsDay(firstShort) {
		t.Error("it would hold what it can not")
	}
}

// No memory is taken for partitions that nobody is of.
func TestSlotPages(t *testing.T) {
	var b bySlot[int]
	for _, slot := range []uint32{slotOf(5, 0), slotOf(5, 255), slotOf(5, 1000), slotOf(63, 256)} {
		*b.need(slot) = int(slot)
	}
	if b.made() != 3*pageSlots {
		t.Errorf("%d slots have memory", b.made())
	}
	if *b.at(slotOf(5, 1000)) != int(slotOf(5, 1000)) || *b.look(slotOf(5, 999)) != 0 {
		t.Error("it does not keep what it is given")
	}
	for _, slot := range []uint32{slotOf(4, 0), slotOf(5, 256), slotOf(63, 0), slotOf(63, 1<<21)} {
		if b.look(slot) != nil {
			t.Errorf("slot %x has memory", slot)
		}
	}
}
