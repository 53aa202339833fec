package shard

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/window"
)

// What is known of the rest of the rules fits into a word, and is good for its days alone.
func TestRestIsKept(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 12))
	for range 10_000 {
		by := legs{any: int32(r.IntN(mostCalm + 1)), loud: int32(r.IntN(mostCalm + 1))}
		today, ahead := window.Day(r.IntN(200_000)-100_000), window.Day(r.IntN(1<<aheadBits))
		near, gone, stock := ruleBits(r.Uint32())&(1<<sharing-1), window.Day(r.IntN(1<<aheadBits)), uint8(r.Uint32())
		calm := uint8(r.Uint32())
		x := newRest(by, stock, calm, today+ahead, near)
		unspent := legs{any: int32(r.IntN(mostCalm)), loud: int32(r.IntN(mostCalm))}
		want := legs{any: by.any + unspent.any, loud: by.loud + unspent.loud}
		if got := x.legs(unspent); got != want || x.near() != near || x.stock() != stock || x.calm() != calm {
			t.Fatalf("%v near %x stocks %d and %d, want %v near %x stocks %d and %d", got, x.near(), x.stock(), x.calm(), want, near, stock, calm)
		}
		if got := x.days(today + gone); got != ahead-gone {
			t.Fatalf("good for %d days, want %d", got, ahead-gone)
		}
	}
}

// A rest is of use to whom nothing but so many legs has happened, before its day has come.
func TestRestEnds(t *testing.T) {
	const today = window.Day(20_300) // the mark of no day is after it
	for _, test := range []struct {
		what      string
		any, loud int32
		stock     uint8
		until     window.Day
		marks     mark
		ok        bool
	}{
		{"far", 50, 20, endlessStock, today + 1, spent, true},
		{"far, with a stock", 50, 20, 40, today + 1, spent, true},
		{"nothing is known", 0, 0, 0, 0, spent, false},
		{"broken calm", 50, 20, endlessStock, today + 1, 0, false},
		{"its day has come", 50, 20, endlessStock, today, spent, false},
		{"its day is over", 50, 20, endlessStock, today - 1, spent, false},
		{"few legs are left", 3, 20, endlessStock, today + 1, spent, false},
		{"few loud legs are left", 50, 0, endlessStock, today + 1, spent, true},
		{"the stock is as large", 50, 20, 30, today + 1, spent, false},
		{"the stock is nearly as large", 50, 20, 31, today + 1, spent, legsANew >= worthwhile},
	} {
		s := &Shard{today: today, days: &days{linked: true}}
		row := make([]uint64, linkWords)
		if test.any > 0 {
			*s.days.rest(row) = newRest(legs{any: test.any, loud: test.loud}, test.stock, 0, test.until, 5)
		}
		x := &glance{judge: &judge{shard: s, stock: window.PeerItem}, row: row, who: &person{marks: test.marks, loud: 3, outlasts: uint8(50 * boolean(test.any == 0))}, stocked: true}
		x.counts = 30 << countShift(window.PeerItem)
		news := int32(mostCalm)
		if test.stock != endlessStock {
			news = int32(test.stock) - 30
		}
		o, near, ok := x.resting()
		if ok != test.ok {
			t.Errorf("%s: of use %v, want %v", test.what, ok, test.ok)
		}
		if want := (legs{test.any, test.loud + 3, news}); ok && (near != 5 || o.calm != want || o.steady != want || o.until != test.until) {
			t.Errorf("%s: %+v, near %x", test.what, o, near)
		}
	}
}

// Of a rest that ends before the calm does nothing is made, however many legs the calm leaves.
func TestRestIsNoShorterThanTheCalm(t *testing.T) {
	const today = window.Day(20_300)
	s := &Shard{today: today, days: &days{linked: true}}
	j := &judge{shard: s}
	j.calendar.day = today
	row := make([]uint64, linkWords)
	x := &glance{judge: j, row: row, who: &person{marks: spent, loud: 50, outlasts: 50}}
	for _, test := range []struct {
		calm legs
		ok   bool
	}{{legs{40, 90, mostCalm}, true}, {legs{60, 90, mostCalm}, false}, {legs{40, 120, mostCalm}, false}} {
		x.rest = outlook{legs{50, 100, mostCalm}, legs{90, 200, mostCalm}, today + 1}
		*s.days.rest(row) = x.part(test.calm, false)
		if _, _, ok := x.resting(); ok != test.ok {
			t.Errorf("a calm of %v: the rest is of use %v, want %v", test.calm, ok, test.ok)
		}
	}
}
