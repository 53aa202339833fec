package shard

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
)

// A pulse has the counts of the latest days, but for what no byte holds, and of none that
// nobody knows.
func TestPulse(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 1))
	for range 200 {
		var p pulse
		var days []uint64 // the latest last
		for range 40 {
			n, after := uint64(r.IntN(300)), r.IntN(10)
			p.close(after, n)
			if after == 0 {
				days = nil // nobody knows when the latest was
			}
			for range after - 1 {
				days = append(days, 0)
			}
			days = append(days, min(n, 255))
			sum := int64(0)
			for back := range week {
				if i := len(days) - 1 - back; i >= 0 {
					sum += int64(days[i])
				}
				if got := p.since(back); got != sum {
					t.Fatalf("seed %d: %d from %d days back on, want %d of %d", seed, got, back, sum, days)
				}
			}
		}
	}
}

// Who calls as much as ever is left alone for some days at a time by a rule of falling trends,
// and looked at once the calls have stopped, before it holds.
func TestTrendLeavesAlone(t *testing.T) {
	w := world{
		windows: []string{"24h/1h", "1d", "7d", "30d"}, features: []string{"calls_1d"},
		rules: ruleFile("activity: calls_24h >= 1000", "boundary: calls_trend <= 0.33"),
	}.compiled(t)
	s := w.shard(t, 0, 1, nowhere)
	_, start := morning(t, "UTC", "2024-03-01")
	r := rand.New(rand.NewPCG(1, 2))
	quiet, days, early := 0, 0, 0
	for day := range cdr.Millis(60) {
		for i := range cdr.Millis(8) {
			x := call(r, start+day*days1+i*hours, number(1), number(2))
			b := &cdr.Batch{}
			b.Append(&x)
			feed(t, s, []*order.Run{runOf(b, start, x.Release-x.Release%1000)})
		}
		if err := s.fold(); err != nil {
			t.Fatal(err)
		}
		if slot, ok := s.table.find(number(1)); ok && day > 30 {
			days++
			quiet += boolean(s.quiet(s.people.at(slot)))
			early += boolean(day < 33 && s.quiet(s.people.at(slot)))
		}
	}
	if early < 2 {
		t.Error("not left alone as soon as it has a trend")
	}
	if quiet < days*2/3 || quiet == days {
		t.Errorf("left alone on %d of %d days", quiet, days)
	}
}
