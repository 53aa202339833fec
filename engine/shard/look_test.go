package shard

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/order"
)

// Whoever is asked about while a day is folded to its end, and was folded itself, is told of all
// hours before its last leg: also of those that no leg of the next day can see.
func TestLookWhileADayEnds(t *testing.T) {
	const hour = cdr.Millis(hours)
	w := world{windows: []string{"24h/1h", "30d"}, features: []string{"calls_out_24h", "calls_30d"}}.compiled(t)
	s := w.shard(t, 0, 1, nowhere)
	who, start := number(0), cdr.Millis(400*days1)
	r := rand.New(rand.NewPCG(1, 20))
	column := slices.IndexFunc(w.plan.Schema.Fields, func(f feature.Field) bool { return f.Name == "calls_out_24h" })
	looks, counted := 0, map[int64]int{}
	s.Breathe = func() {
		if s.Busy(who) || s.settled(who) != start+34*hour+second {
			return
		}
		var f feature.Frame
		for _, n := range []cdr.Number{number(1), who} { // what was added up of who is forgotten
			if found, err := s.Look(n, &f); err != nil || !found {
				t.Fatalf("found %v, %v", found, err)
			}
		}
		n, _ := f.Columns[column].Value(0)
		counted[int64(n)]++
		looks++
	}
	for _, at := range []cdr.Millis{20 * hour, 34 * hour, 49 * hour} { // of three days
		b := &cdr.Batch{}
		for i := range 40 {
			x := call(r, start+at, number(i), number(100+i))
			b.Append(&x)
		}
		feed(t, s, []*order.Run{runOf(b, start, start+at)})
	}
	if looks == 0 || s.journals == nil || counted[2] != looks {
		t.Errorf("looked at %d times: calls within 24 hours, and how often: %v, want 2", looks, counted)
	}
}

// Where nobody asks, the log of a queue holds no more behind the fold of a day than that day.
func TestLogsOfADay(t *testing.T) {
	w := world{windows: []string{"24h/1h", "30d"}, features: []string{"calls_out_24h", "calls_30d"}}.compiled(t)
	s := w.shard(t, 0, 1, nowhere)
	who, start := number(0), cdr.Millis(400*days1)
	r := rand.New(rand.NewPCG(1, 21))
	g := &s.journals.logs[queueOf(who)]
	before := g.head
	for day := range 6 {
		b, at := &cdr.Batch{}, start+cdr.Millis(day*days1+(1+r.IntN(23))*hours)
		x := call(r, at, who, number(1))
		b.Append(&x)
		feed(t, s, []*order.Run{runOf(b, start, at)}) // the legs of the day before are folded
		if held := g.head - g.tail; day > 1 && held != g.head-before {
			t.Errorf("day %d: %d words are held, of the day are %d", day, held, g.head-before)
		}
		before = g.head
	}
}
