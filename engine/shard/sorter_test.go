package shard

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Every leg comes once, those of a subscriber one behind the other and in their order,
// also where subscribers have the same code.
func TestSorter(t *testing.T) {
	var x sorter // reused
	alike := sameCode(t, 5)
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 13))
		legs := make([]window.Leg, r.IntN(3000))
		people := 1 + r.IntN(400)
		for i := range legs {
			legs[i].Subject = number(min(r.IntN(people), r.IntN(people)))
			if r.IntN(4) == 0 {
				legs[i].Subject = alike[r.IntN(len(alike))]
			}
		}
		checkSorted(t, x.sort(legs), legs)
		if t.Failed() {
			t.Fatalf("seed %d: %d legs of %d people", seed, len(legs), people)
		}
	}
}

// sameCode returns n subscribers that have the same code.
func sameCode(t *testing.T, n int) (same []cdr.Number) {
	t.Helper()
	byCode := map[uint16][]cdr.Number{}
	for i := range 10_000_000 {
		who := number(i)
		c := codeOf(who)
		if byCode[c] = append(byCode[c], who); len(byCode[c]) == n {
			return byCode[c]
		}
	}
	t.Fatal("no two subscribers have the same code")
	return nil
}

func checkSorted(t *testing.T, order []sortable, legs []window.Leg) {
	t.Helper()
	if len(order) != len(legs) {
		t.Errorf("%d of %d legs", len(order), len(legs))
	}
	came, done := make([]bool, len(legs)), map[cdr.Number]bool{}
	for k, v := range order {
		if came[v.leg] {
			t.Errorf("leg %d comes twice", v.leg)
		}
		came[v.leg] = true
		n := legs[v.leg].Subject
		switch {
		case k == 0:
		case legs[order[k-1].leg].Subject == n:
			if order[k-1].leg > v.leg {
				t.Errorf("leg %d comes after leg %d of the same subscriber", v.leg, order[k-1].leg)
			}
		default:
			done[legs[order[k-1].leg].Subject] = true
		}
		if done[n] {
			t.Errorf("leg %d comes after legs of another subscriber", v.leg)
		}
	}
}
