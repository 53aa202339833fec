package shard

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
)

// A shard holds runs while legs of them wait, and no longer: many that bring it nothing
// are not held at all, many that bring it little not for long.
func TestRunsThatAreHeld(t *testing.T) {
	for _, test := range []struct {
		of   int // shards
		most int // runs that are held
	}{{64, maxRuns}, {1, maxRuns}} {
		w := world{windows: []string{"1d"}, features: []string{"calls_1d"}}.compiled(t)
		s := w.shard(t, 0, test.of, nowhere)
		b := order.NewBuffer(order.Options{Lateness: 1000, MaxRecords: 1000})
		b.AddSource("a", order.Never)
		r, most := rand.New(rand.NewPCG(1, 16)), 0
		for i := range 3 * maxRuns {
			batch := b.Batch()
			x := call(r, cdr.Millis(days1+1000*i), number(i%50), number(100+i%50))
			batch.Append(&x)
			b.Admit(0, batch, 0, nil)
			run, err := b.Release()
			if err != nil {
				t.Fatal(err)
			}
			run.Start(1)
			if err := s.Process(run); err != nil {
				t.Fatal(err)
			}
			most = max(most, len(s.queues.runs))
		}
		if most > test.most {
			t.Errorf("one shard of %d holds %d runs, want %d at most", test.of, most, test.most)
		}
		if err := s.Settle(); err != nil || len(s.queues.runs)+len(s.queues.batches)+len(s.queues.rows) > 0 {
			t.Errorf("one shard of %d holds %d runs when nothing waits (%v)", test.of, len(s.queues.runs), err)
		}
	}
}

// Few shards let more legs wait each than many, and all together no more than twice as many as
// one does, unless each has too few then.
func TestLegsThatWait(t *testing.T) {
	for _, test := range []struct{ of, each int }{
		{1, maxQueued}, {2, maxQueued}, {4, maxQueued / 2}, {8, maxQueued / 4}, {9, minQueued}, {64, minQueued},
	} {
		c := Config{Of: test.of, Number: test.of - 1}
		if got := c.queued(); got != test.each {
			t.Errorf("each of %d shards lets %d legs wait, want %d", test.of, got, test.each)
		}
		if got := c.firstLimit(); got != test.each {
			t.Errorf("the last of %d shards begins with %d legs, want %d", test.of, got, test.each)
		}
		if c.Breathe = func() {}; c.queued() != minQueued {
			t.Errorf("each of %d shards that may be asked lets %d legs wait, want %d", test.of, c.queued(), minQueued)
		}
	}
}
