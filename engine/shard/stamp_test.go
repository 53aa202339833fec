package shard

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// inSeconds makes the stamps of a new shard seconds.
func inSeconds(s *Shard) {
	rings := s.items.rings
	s.items = newItems(s.people.arena, stamps{words: 2}, s.MaxContacts)
	s.items.rings, rings.stamps = rings, &s.items.stamps
	s.emitter.gauge = newGauge(s, &s.Plan.View, s.emitter.filler.Tile)
}

// Units count as seconds do, also when their base has moved, and what one of them
// saved the other loads.
func TestUnitsLikeSeconds(t *testing.T) {
	for _, zone := range []string{"UTC", "Asia/Kathmandu", "America/St_Johns"} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			in, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			w := world{
				windows: []string{"2h/1m", "36h/6h", "1d", "5d"}, features: []string{"*contacts*", "cells*", "imeis*"},
				zone: in, emit: "12h", all: true, retain: 6, contacts: 40,
			}.compiled(t)
			runs := mixed(4, 12_000, days1, 50*days1)
			want, emit := rowsOf(w)
			seconds := w.shard(t, 0, 1, emit)
			inSeconds(seconds)
			got, emit := rowsOf(w)
			units := w.shard(t, 0, 1, emit)
			if units.items.stamps.words != 1 || units.items.stamps.seconds != 60 {
				t.Fatalf("stamps are %+v", units.items.stamps)
			}
			half := len(runs) / 2
			feed(t, seconds, runs[:half])
			feed(t, units, runs[:half])
			bases := []int64{units.items.stamps.base}

			late, emit := rowsOf(w)
			other := loaded(t, w, 1, seconds.Clock(), 1, emit, saveAll(t, seconds, true))[0]
			feed(t, other, runs[half:])
			feed(t, seconds, runs[half:])
			feed(t, units, runs[half:])
			sameRows(t, got, want)
			for key := range late {
				if late[key] != want[key] {
					t.Fatalf("loaded, row %s is\n%s, want\n%s", key, late[key], want[key])
				}
			}
			if bases = append(bases, units.items.stamps.base); bases[0] == bases[1] {
				t.Errorf("the base stayed: %v", bases)
			}
			bigs := 0
			units.people.each(func(_ uint32, who *person) { bigs += boolean(who.marks&big != 0) })
			if bigs == 0 || len(late) == 0 {
				t.Errorf("%d have a big set, %d rows came after the load", bigs, len(late))
			}
		})
	}
}

// Days that have a base count as those from 1970 on do, also when the base has moved, and
// what one of them saved the other loads.
func TestShortDaysLikeLong(t *testing.T) {
	w := world{
		windows: []string{"1d", "7d", "200d"}, features: []string{"*contacts*", "cells*", "imeis*"}, emit: "1d", all: true, retain: 400, contacts: 40,
	}.compiled(t)
	runs := mixed(7, 9_000, days1, 90*days1)
	want, emit := rowsOf(w)
	long := w.shard(t, 0, 1, emit)
	inLongDays(long)
	got, emit := rowsOf(w)
	short := w.shard(t, 0, 1, emit)
	if !short.items.short || long.items.short {
		t.Fatalf("stamps are %+v and %+v", short.items.stamps, long.items.stamps)
	}
	half := len(runs) / 2
	feed(t, long, runs[:half])
	feed(t, short, runs[:half])
	base := short.items.stamps.base

	late, emit := rowsOf(w)
	other := loaded(t, w, 1, long.Clock(), 1, emit, saveAll(t, long, true))[0]
	after, emit := rowsOf(w)
	back := w.shard(t, 0, 1, emit)
	inLongDays(back)
	back.Restore(short.Clock(), 1)
	for _, b := range saveAll(t, short, true) {
		if err := back.Load(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := back.Loaded(); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Shard{other, back, long, short} {
		feed(t, s, runs[half:])
	}
	sameRows(t, got, want)
	for key := range late {
		if late[key] != want[key] || after[key] != want[key] {
			t.Fatalf("loaded, row %s is\n%s and\n%s, want\n%s", key, late[key], after[key], want[key])
		}
	}
	if len(late) == 0 || len(after) != len(late) || base == short.items.stamps.base {
		t.Errorf("%d and %d rows came after the load; the base was %d and is %d", len(late), len(after), base, short.items.stamps.base)
	}
}

// inLongDays makes the stamps of a new shard days from 1970 on.
func inLongDays(s *Shard) {
	rings := s.items.rings
	s.items = newItems(s.people.arena, stamps{words: 1}, s.MaxContacts)
	s.items.rings, rings.stamps = rings, &s.items.stamps
	s.emitter.gauge = newGauge(s, &s.Plan.View, s.emitter.filler.Tile)
}

// Eight stamps are rebased at once as one is.
func TestLessen(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 3000 {
		w, by := r.Uint64(), r.Int64N(300)
		got := []uint64{w}
		lessen(got, by)
		for i := range 8 {
			if v, want := uint32(got[0]>>(8*i)&0xff), rebased(uint32(w>>(8*i)&0xff), by); v != want {
				t.Fatalf("%x less %d is %x", w, by, got[0])
			}
		}
	}
}

// Stamps of 8 bits are kept as they are.
func TestShorten(t *testing.T) {
	for _, w := range []uint64{0, 0x00ff_0001_0080_007f, 0x0001_0002_0003_0004, 0x00ff_00ff_00ff_00ff} {
		if got := lengthen(shorten(w)); got != w {
			t.Errorf("%x is kept as %x", w, got)
		}
	}
	if got := shorten(0x0001_0002_0003_0004); got != 0x01020304 {
		t.Errorf("shortened to %x", got)
	}
}

// Units are as long as the beginnings of windows and days allow; where 16 bits do not
// suffice there are none.
func TestNewUnits(t *testing.T) {
	for _, test := range []struct {
		windows []string
		zone    string
		want    uint32
	}{
		{[]string{"1h/5m", "24h/1h", "30d"}, "UTC", 300},
		{[]string{"1h/10m", "3h/15m"}, "UTC", 300},
		{[]string{"24h/1h", "30d"}, "UTC", 3600},
		{[]string{"24h/1h", "30d"}, "Asia/Kathmandu", 0},
		{[]string{"1h/15m", "30d"}, "Asia/Kathmandu", 900},
		{[]string{"1h/5m", "30d"}, "Africa/Monrovia", 0}, // 44 minutes and a half, until 1972
		{[]string{"1h/1m", "30d"}, "UTC", 60},
		{[]string{"1h/1m", "60d"}, "UTC", 0},
		{[]string{"1m/1s"}, "UTC", 0},
		{[]string{"1h/5m", "366d"}, "UTC", 0},
	} {
		var windows []window.Spec
		for _, text := range test.windows {
			spec, err := window.ParseSpec(text)
			if err != nil {
				t.Fatal(err)
			}
			windows = append(windows, spec)
		}
		zone, err := time.LoadLocation(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		u := newUnits(windows)
		if u.seconds > 0 && !u.fit(window.NewCalendar(zone)) {
			u = units{}
		}
		if u.seconds != test.want {
			t.Errorf("%v in %s: units of %d s, want %d", test.windows, test.zone, u.seconds, test.want)
		}
		u.checkRange(t, windows)
	}
}

// checkRange checks that on any day 16 bits hold all that windows look at.
func (u units) checkRange(t *testing.T, windows []window.Spec) {
	t.Helper()
	if u.seconds == 0 {
		return
	}
	s, longest := stamps{1, u}, window.Day(0)
	for _, w := range windows {
		if longest = max(longest, 1); w.Days {
			longest = max(longest, window.Day(w.Panes))
		}
	}
	for d := window.Day(19_000); d < 21_000; d++ {
		s.base = s.baseOn(d)
		first, last := cdr.Millis(d-longest-1)*days1, cdr.Millis(d+2)*days1-1
		for _, at := range []cdr.Millis{first, last} {
			begins := at - at%(cdr.Millis(u.seconds)*1000)
			if v := s.of(at, d); v == 0 || s.instant(v) != begins || s.of(begins, d) != v || s.of(begins-1, d) != v-1 {
				t.Fatalf("units of %d s: on day %d, %d is stamped %d, which is %d", u.seconds, d, at, v, s.instant(v))
			}
			if v := s.saved(s.of(at, d)); s.kept(v) != s.of(at, d) || cdr.Millis(v)*1000 != begins {
				t.Fatalf("units of %d s: %d is saved as %d", u.seconds, at, v)
			}
		}
	}
}

// The stamps of instants of a day are those of each of them.
func TestStampsOfADay(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 28))
	for range 3000 {
		u := units{seconds: []uint32{0, 1, 60, 300, 3600, 77}[r.IntN(6)], segment: window.Day(r.IntN(2))}
		d := window.Day(r.IntN(60_000) - 2000)
		if u.seconds > 0 {
			u.base = u.baseOn(d) - int64(r.IntN(2000)) + 500
		}
		s := stamps{[]int{1, 1, 1, 2}[r.IntN(4)], u}
		from := cdr.Millis(d) * daySeconds * 1000
		if r.IntN(4) == 0 {
			from += cdr.Millis(r.IntN(100_000))
		}
		times, got := make([]cdr.Millis, 40), make([]uint32, 50)
		for i := range times {
			times[i] = from + cdr.Millis(r.Int64N(25*3600*1000))
			if i%4 == 0 { // at the edge of a unit
				times[i] -= times[i]%(cdr.Millis(max(u.seconds, 1))*1000) + cdr.Millis(i&8/8)
			}
			times[i] = max(times[i], from)
		}
		s.ofDay(got, times, d, from)
		for i, at := range times {
			if want := s.of(at, d); got[i] != want {
				t.Fatalf("%+v, day %d from %d: %d is stamped %d, want %d", s, d, from, at, got[i], want)
			}
		}
	}
}
