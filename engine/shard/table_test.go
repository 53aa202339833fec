package shard

import (
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"pgregory.net/rapid"
)

// keysAt returns n numbers of one queue whose place in a table of 1,024 or fewer is one
// of the last few or the first few: they collide and wrap.
func keysAt(n int) []cdr.Number {
	var out []cdr.Number
	wide := subtable{shift: 64 - 10}
	for i := cdr.Number(1); len(out) < n; i++ {
		if queueOf(i) == 5 && (wide.homeOf(i)+3)&1023 < 6 {
			out = append(out, i)
		}
	}
	return out
}

// A table is a map, whatever collides in it and is removed from it.
func TestTable(t *testing.T) {
	crowd := keysAt(60)
	rapid.Check(t, func(t *rapid.T) {
		table, want := table{}, map[cdr.Number]uint32{}
		key := rapid.OneOf(rapid.SampledFrom(crowd), rapid.SampledFrom(crowd), rapid.Custom(func(t *rapid.T) cdr.Number {
			return cdr.Number(rapid.Uint64Min(1).Draw(t, "number"))
		}))
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			k := key.Draw(t, "key")
			slot, there := want[k]
			got, ok := table.find(k)
			if ok != there || got != slot {
				t.Fatalf("find(%d) = %d, %v; want %d, %v", k, got, ok, slot, there)
			}
			if there || rapid.IntRange(0, 4).Draw(t, "remove") == 0 {
				table.remove(k) // also what is not there
				delete(want, k)
				continue
			}
			want[k] = rapid.Uint32().Draw(t, "slot")
			table.insert(k, want[k])
		}
		checkTable(t, &table, want)
		for _, k := range crowd {
			if _, there := want[k]; !there {
				if _, ok := table.find(k); ok {
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

// It grows, and shrinks to nothing by removal.
func TestTableGrows(t *testing.T) {
	table, want := table{}, map[cdr.Number]uint32{}
	for i := range uint32(20_000) {
		k := cdr.Digits([]byte("4477009" + string([]byte{'0' + byte(i/10_000), '0' + byte(i/1000%10), '0' + byte(i/100%10), '0' + byte(i/10%10), '0' + byte(i%10)})))
		table.insert(k, i)
		want[k] = i
		if q, _ := table.of(k); 4*q.n > 3*len(q.entries) {
			t.Fatalf("%d of %d places are taken", q.n, len(q.entries))
		}
	}
	checkTable(t, &table, want)
	for k := range want {
		table.remove(k)
		delete(want, k)
		if len(want)%2500 == 0 {
			checkTable(t, &table, want)
		}
	}
	for _, q := range table.queues {
		if q.n != 0 || slices.ContainsFunc(q.entries, func(e entry) bool { return e.key != 0 }) {
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
			who.last, who.marks, who.items, who.row = 5, taken|home|big, 7, 8
			p.remove(slot)
		}
		key := keys[1000]
		for _, want := range []uint32{256, 255, 999, 17, 1000} {
			slot := p.add(key, 4, 10)
			who := *p.at(slot)
			fresh := person{key: key, last: never, talked: never, first: 4, out: noDay, imsiDay: noDay, epoch: 10, marks: taken}
			if slot != slotOf(partition, want) || who != fresh {
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
