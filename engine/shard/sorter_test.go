package shard

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Every leg comes once, those of a subscriber one behind the other and in their order,
// also where subscribers have the same code.
func TestSorter(t *testing.T) {
	var x sorter // reused
	b := &cdr.Batch{}
	var q queues
	alike := sameCode(t, 5)
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 13))
		legs := make([]queued, r.IntN(3000))
		people := 1 + r.IntN(400)
		b.Reset()
		for i := range legs {
			who := number(min(r.IntN(people), r.IntN(people)))
			if r.IntN(4) == 0 {
				who = alike[r.IntN(len(alike))]
			}
			in := uint32(r.IntN(2))
			b.Append(&cdr.Record{Calling: who, Called: number(people)})
			if in == 1 {
				b.Rows[i].Calling, b.Rows[i].Called = b.Rows[i].Called, b.Rows[i].Calling
			}
			legs[i] = queued{hash: who.Hash(), place: uint32(i) | in<<31}
		}
		q.rows = [][]cdr.Row{b.Rows}
		checkSorted(t, x.sort(legs), &q, legs)
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
		c := codeOf(who.Hash())
		if byCode[c] = append(byCode[c], who); len(byCode[c]) == n {
			return byCode[c]
		}
	}
	t.Fatal("no two subscribers have the same code")
	return nil
}

func checkSorted(t *testing.T, order []sortable, q *queues, legs []queued) {
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
		n := q.subject(legs[v.leg])
		switch {
		case k == 0:
		case q.subject(legs[order[k-1].leg]) == n:
			if order[k-1].leg > v.leg {
				t.Errorf("leg %d comes after leg %d of the same subscriber", v.leg, order[k-1].leg)
			}
		default:
			done[q.subject(legs[order[k-1].leg])] = true
		}
		if done[n] {
			t.Errorf("leg %d comes after legs of another subscriber", v.leg)
		}
	}
}
