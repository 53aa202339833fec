package shard

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/order"
)

// Each party of a record has its leg in one shard, whatever side it is on, and its text is
// known there if it is a name; a record without the leg of a party brings it nothing.
func TestLegsOfBothParties(t *testing.T) {
	for _, of := range []int{1, 2, 5} {
		w := world{windows: []string{"1d"}, features: []string{"calls_1d"}}.compiled(t)
		rows := map[string]int{}
		for number := range of {
			s := w.shard(t, number, of, func(f *feature.Frame) error {
				for i := range f.Rows {
					rows[string(f.Subscriber(i))]++
				}
				return nil
			})
			run := runOf(namedCalls(), days1, order.End)
			run.Last = days1 + 40_000
			feed(t, s, []*order.Run{run})
		}
		for i := range 40 {
			for _, who := range []string{"a" + strings.Repeat("x", i), "b" + strings.Repeat("y", i)} {
				want := 1
				if i%4 == 3 && who[0] == 'b' || i%4 == 2 && who[0] == 'a' {
					want = 0
				}
				if rows[who] != want {
					t.Errorf("%d shards: %d rows of call %d's %q, want %d", of, rows[who], i, who[:1], want)
				}
			}
		}
	}
}

// namedCalls are calls between names; of every fourth one there is but the leg of the
// calling party, of every fourth one but that of the called one.
func namedCalls() *cdr.Batch {
	b, r := &cdr.Batch{}, rand.New(rand.NewPCG(1, 17))
	for i := range 40 {
		x := call(r, days1+cdr.Millis(1000*i), 0, 0)
		x.CallingName, x.CalledName = []byte("a"+strings.Repeat("x", i)), []byte("b"+strings.Repeat("y", i))
		x.Calling, x.Called = cdr.Name(x.CallingName), cdr.Name(x.CalledName)
		switch i % 4 {
		case 3:
			x.Flags &^= cdr.Terminating
		case 2:
			x.Flags = x.Flags&^cdr.Originating | cdr.ServedCalled
		}
		b.Append(&x)
	}
	return b
}
