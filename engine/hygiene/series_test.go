package hygiene

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestSeries(t *testing.T) {
	for _, c := range []struct {
		name    string
		numbers []int64
		steps   string // f follows, j jumps, r repeats, n restarts
		holes   string
	}{
		{"in order", []int64{7, 8, 9, 10}, "ffff", "[]"},
		{"one is missing", []int64{7, 9}, "fj", "[{8 8}]"},
		{"several are", []int64{7, 8, 20, 21}, "ffjf", "[{9 19}]"},
		{"it comes late", []int64{7, 9, 8, 10}, "fjff", "[]"},
		{"some of them come late", []int64{7, 12, 9, 10}, "fjff", "[{8 8} {11 11}]"},
		{"again", []int64{7, 8, 7, 8, 9}, "ffrrf", "[]"},
		{"the first came second", []int64{8, 7}, "ff", "[]"},
		{"anew from 1", []int64{500, 501, 1, 2}, "ffnf", "[]"},
		{"anew from 0", []int64{500, 0, 1}, "fnf", "[]"},
		{"anew, and 0 is the next but one", []int64{2, 0}, "fn", "[]"},
		{"four digits end", []int64{9998, 9999, 0, 1}, "ffff", "[]"},
		{"no number 0", []int64{9998, 9999, 1, 2}, "ffff", "[]"},
		{"one is missing at the end of the digits", []int64{9998, 0}, "fj", "[{9999 9999}]"},
		{"and one of before comes late", []int64{9997, 9998, 0, 9999, 1}, "ffjff", "[]"},
		{"five digits", []int64{99999, 0, 2}, "ffj", "[{1 1}]"},
		{"16 bits", []int64{65535, 0}, "ff", "[]"},
		{"32 bits", []int64{1<<32 - 1, 0, 1}, "fff", "[]"},
		{"around, then some of before", []int64{999, 0, 995, 996, 0}, "ffffr", "[{997 998}]"},
		{"past 999", []int64{998, 999, 1000, 1001}, "ffff", "[]"},
		{"a thousand digits are not the end", []int64{500, 3}, "ff", "[{4 499}]"},
	} {
		var s Series
		got := ""
		for _, n := range c.numbers {
			what, missing := s.Add(n)
			got += string("fjrn"[what])
			if (what == jumps) != (missing.Last >= missing.First && missing != Run{}) {
				t.Errorf("%s: %d: step %d with %v missing", c.name, n, what, missing)
			}
		}
		if holes := fmt.Sprint(s.Holes()); got != c.steps || holes != c.holes {
			t.Errorf("%s: %v: %s, holes %s; want %s, %s", c.name, c.numbers, got, holes, c.steps, c.holes)
		}
	}
}

// Whatever the order in which numbers come, if the lowest is near, what is missing in
// the end is the same; and it is what a set says.
func TestSeriesOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		set := map[int64]bool{}
		var numbers []int64
		for n := int64(5000); n < 5060; n++ {
			if r.IntN(4) > 0 {
				numbers = append(numbers, n)
				set[n] = true
			}
		}
		missing := int64(0)
		for n := numbers[0]; n < numbers[len(numbers)-1]; n++ {
			if !set[n] {
				missing++
			}
		}
		r.Shuffle(len(numbers), func(i, j int) { numbers[i], numbers[j] = numbers[j], numbers[i] })
		var s Series
		for _, n := range numbers {
			if what, _ := s.Add(n); what == repeats {
				t.Fatalf("%d repeats in %v", n, numbers)
			}
		}
		if s.Missing() != missing {
			t.Fatalf("%d missing, want %d: %v of %v", s.Missing(), missing, s.Runs, numbers)
		}
	}
}

// A switch of which every other file is lost takes no more and no more memory.
func TestSeriesIsBounded(t *testing.T) {
	var s Series
	for n := int64(0); n < 10_000; n++ {
		s.Add(3 * n)
	}
	if len(s.Runs) != maxRuns || s.Missing() != 2*(maxRuns-1) {
		t.Errorf("%d runs, %d missing", len(s.Runs), s.Missing())
	}
}
