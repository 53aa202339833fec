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
		any, loud := int32(r.IntN(2*mostCalm+1)-mostCalm), int32(r.IntN(2*mostCalm+1)-mostCalm)
		today, ahead := window.Day(r.IntN(200_000)-100_000), window.Day(r.IntN(1<<aheadBits))
		near, gone := ruleBits(r.Uint32()), window.Day(r.IntN(1<<aheadBits))
		x := newRest(any, loud, today+ahead, near)
		unspent := legs{int32(r.IntN(mostCalm)), int32(r.IntN(mostCalm))}
		want := legs{any + unspent.any, loud + unspent.loud}
		if got := x.legs(unspent); got != want || x.near() != near {
			t.Fatalf("%v near %x, want %v near %x", got, x.near(), want, near)
		}
		if got := x.days(today + gone); got != ahead-gone {
			t.Fatalf("good for %d days, want %d", got, ahead-gone)
		}
	}
}

// A rest is of use to whom nothing but so many legs has happened, before its day has come.
func TestRestEnds(t *testing.T) {
	const today = window.Day(20_000)
	for _, test := range []struct {
		what      string
		any, loud int32
		until     window.Day
		marks     mark
		ok        bool
	}{
		{"far", 50, 20, today + 1, spent, true},
		{"broken calm", 50, 20, today + 1, 0, false},
		{"its day has come", 50, 20, today, spent, false},
		{"its day is over", 50, 20, today - 1, spent, false},
		{"few legs are left", 3, 20, today + 1, spent, false},
		{"no loud legs are left", 50, -3, today + 1, spent, false},
	} {
		s := &Shard{today: today, days: &days{linked: true}}
		row := make([]uint64, linkWords)
		*s.days.rest(row) = newRest(test.any, test.loud, test.until, 5)
		x := &glance{judge: &judge{shard: s}, row: row, who: &person{marks: test.marks, loud: 3}}
		o, near, ok := x.resting()
		if ok != test.ok {
			t.Errorf("%s: of use %v, want %v", test.what, ok, test.ok)
		}
		if want := (legs{test.any, test.loud + 3}); ok && (near != 5 || o.calm != want || o.steady != want || o.until != test.until) {
			t.Errorf("%s: %+v, near %x", test.what, o, near)
		}
	}
}
