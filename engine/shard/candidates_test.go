package shard

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// sortByKey sorts as a comparison of the keys does.
func TestSortByKey(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 200 {
		n, spread := r.IntN(3000), 1+r.IntN(59)
		who := make([]candidate, n)
		for i := range who {
			key := r.Uint64() >> (63 - spread)
			switch r.IntN(40) {
			case 0:
				key = noDigits
			case 1:
				key = 0
			}
			who[i] = candidate{key, uint32(i)}
		}
		want := slices.Clone(who)
		slices.SortFunc(want, func(a, b candidate) int { return cmp.Compare(a.sort, b.sort) })
		sortByKey(who)
		seen := map[uint32]bool{}
		for i := range who {
			if who[i].sort != want[i].sort || seen[who[i].slot] {
				t.Fatalf("%d keys below 1<<%d: place %d holds %v, want key %d", n, spread, i, who[i], want[i].sort)
			}
			seen[who[i].slot] = true
		}
	}
}

// Candidates stand in the order of their text, whatever a name begins with.
func TestSortCandidates(t *testing.T) {
	names := []string{"alice", "bob", "4", "4917", "4917x", "9z", "+", "", ":", "zoe"}
	for _, some := range [][]string{nil, names[:2], names} {
		w := world{windows: []string{"1d"}, features: []string{"calls_1d"}}.compiled(t)
		s := w.shard(t, 0, 1, nowhere)
		var texts []string
		var who []candidate
		add := func(n cdr.Number, text string) {
			who = append(who, candidate{sortKey(n), s.people.add(n, 1, 1)})
			texts = append(texts, text)
		}
		for i := range 300 {
			text := fmt.Sprint(uint64(i) * 7919 % (1 << (i % 40)))
			if slices.Contains(texts, text) {
				continue
			}
			add(cdr.Digits([]byte(text)), text)
		}
		add(cdr.IMSI([]byte("310260000001000")), "imsi:310260000001000")
		for _, text := range some {
			n := cdr.Name([]byte(text))
			s.names[n] = text
			add(n, text)
		}
		s.sort(who)
		slices.Sort(texts)
		for i, c := range who {
			if text, _ := s.text(nil, s.people.at(c.slot).key); string(text) != texts[i] {
				t.Fatalf("with the names %q: place %d holds %q, want %q", some, i, text, texts[i])
			}
		}
	}
}
