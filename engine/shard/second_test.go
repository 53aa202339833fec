package shard

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
)

func TestSecondEnd(t *testing.T) {
	for _, test := range [][2]cdr.Millis{{0, 1000}, {999, 1000}, {1000, 2000}, {-1, 0}, {-1000, 0}, {-1001, -1000}} {
		if got := secondEnd(test[0]); got != test[1] {
			t.Errorf("the second of %d ends at %d, want %d", test[0], got, test[1])
		}
	}
}

// Rules look at a second when all of its legs are folded, though there be more than
// are gathered otherwise: each of the callers fires once, with all of its calls and
// the records that made them.
func TestSecondOfManyLegs(t *testing.T) {
	const callers, each = 3, maxQueued/2 + 100
	var got []alert.Alert
	w := world{
		windows: []string{"1h/5m", "1d"}, features: []string{"calls_1d"},
		rules: ruleFile(fmt.Sprintf("activity: calls_out_1h >= 1 and calls_out_1d != %d", each+1)),
		alert: func(alerts []alert.Alert) { got = append(got, alerts...) },
	}.compiled(t)
	s := w.shard(t, 0, 1, nowhere)
	r := rand.New(rand.NewPCG(1, 14))
	start := cdr.Millis(days1 + 3_600_000)
	b := &cdr.Batch{}
	for i := range callers * each {
		x := call(r, start+cdr.Millis(1000*i/(callers*each)), number(i%callers), number(1000+i%7))
		x.Flags, x.ID = cdr.Originating.With(cdr.Voice, cdr.Answered, cdr.RAT4G), fmt.Appendf(nil, "rec-%d", i)
		b.Append(&x)
	}
	feed(t, s, []*order.Run{runOf(b, start, start)})
	if s.queues.n != callers*each {
		t.Errorf("%d legs wait, want %d: all of the second", s.queues.n, callers*each)
	}
	if err := s.Settle(); err != nil {
		t.Fatal(err)
	}
	if len(got) != callers {
		t.Fatalf("%d alerts, want %d", len(got), callers)
	}
	for _, a := range got {
		if n := a.Evidence[0].Value; n != each || a.EventTime != start+1000 || len(a.RecordIDs) != alert.MaxRecordIDs {
			t.Errorf("%s fires with %v calls at %d, records %v", a.Subscriber, n, a.EventTime, a.RecordIDs)
		}
	}
	x := call(r, start+1000, number(0), number(1))
	b = &cdr.Batch{}
	b.Append(&x)
	feed(t, s, []*order.Run{runOf(b, start, start)})
	if s.queues.n != 2 || s.queues.text > 0 {
		t.Errorf("%d legs wait and %d bytes of record_ids, want those of the next second", s.queues.n, s.queues.text)
	}
}

// The record_ids that wait are those of runs that are held: what is dropped leaves none,
// and long ones do not wait for as many legs as short ones.
func TestRecordIDsThatWait(t *testing.T) {
	for _, test := range []struct {
		outsiders Outsiders
		length    int
		most      int
	}{{Drop, 40, 0}, {Keep, 1 << 20, maxText + 2<<20}} {
		w := world{
			windows: []string{"1d"}, features: []string{"calls_1d"}, outsiders: test.outsiders, homeKnown: true,
			rules: ruleFile("activity: calls_out_1d >= 100000"),
		}.compiled(t)
		s := w.shard(t, 0, 1, nowhere)
		r := rand.New(rand.NewPCG(1, 15))
		id, most := []byte(strings.Repeat("x", test.length)), 0
		for i := range 64 {
			at := days1 + cdr.Millis(1000*i)
			x := call(r, at, number(i), number(1000+i))
			x.ID = id
			b := &cdr.Batch{}
			b.Append(&x)
			feed(t, s, []*order.Run{runOf(b, days1, at)})
			waits := 0
			for _, b := range s.queues.batches {
				waits += len(b.Text)
			}
			most = max(most, waits, s.queues.text)
		}
		if most > test.most {
			t.Errorf("outsiders %v: %d bytes of record_ids wait, want %d at most", test.outsiders, most, test.most)
		}
	}
}
