package engine

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/shard"
)

// Every shard gets the sum of each round, however far ahead of the others it is.
func TestPoll(t *testing.T) {
	const shards, rounds = 4, 200
	p := &poll{shards: shards, done: make(chan struct{}), lead: newLead(shards, 1)}
	var wg sync.WaitGroup
	for s := range shards {
		wg.Go(func() {
			for round := range rounds {
				sum := p.add(&shard.Tally{Home: int64(round), Rules: []shard.RuleTally{{Fires: int64(s)}}})
				if tally, err := sum(); err != nil || tally.Home != int64(shards*round) || tally.Rules[0].Fires != 6 {
					t.Errorf("round %d: shard %d gets %+v, %v", round, s, tally, err)
				}
			}
		})
	}
	wg.Wait()
}

// A shard does not wait for others once the job has failed.
func TestPollOfFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		p := &poll{shards: 2, done: ctx.Done(), lead: newLead(2, 1)}
		if _, err := p.add(&shard.Tally{})(); !errors.Is(err, errPoll) {
			t.Errorf("the error is %v", err)
		}
	})
}

// memorySink keeps alerts with their epoch.
type memorySink struct {
	alerts []alert.Alert
	epochs []uint64
}

func (m *memorySink) WriteAlerts(_ context.Context, epoch uint64, alerts []alert.Alert) error {
	for i := range alerts {
		m.alerts, m.epochs = append(m.alerts, alerts[i]), append(m.epochs, epoch)
	}
	return nil
}

func (m *memorySink) Prepare(context.Context, uint64) ([]disk.Staged, error) { return nil, nil }
func (m *memorySink) Commit(context.Context, uint64) error                   { return nil }
func (m *memorySink) Recover(context.Context, uint64, []disk.Staged) error   { return nil }

// Whatever the shards' pace, alerts leave in one order, each in the epoch in which its
// instant lies: barriers stand at whole seconds, and a shard that is past one goes on
// while others are not there yet.
func TestMuster(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 17))
		const shards, epochs = 3, 5
		sink := &memorySink{}
		m := newMuster(shards, []AlertOutput{{Name: "memory", AlertSink: sink}})
		at, epoch, sent := [shards]cdr.Millis{}, [shards]uint64{1, 1, 1}, 0
		for slices.Min(epoch[:]) <= epochs {
			s := r.IntN(shards)
			end := cdr.Millis(epoch[s]) * 10_000
			to := min(end, at[s]+cdr.Millis(1000*r.IntN(4)))
			if to == end && epoch[s] > slices.Min(epoch[:]) {
				continue // a barrier is raised when all are past the one before
			}
			var some []alert.Alert
			for x := at[s] + 1000; x <= to; x += 1000 {
				some = append(some, alert.Alert{Rule: []string{"a", "b"}[r.IntN(2)], Subscriber: string(rune('0' + s)), EventTime: x, State: alert.Firing})
			}
			sent += len(some)
			if err := m.take(s, some, to); err != nil {
				t.Fatal(err)
			}
			if at[s] = to; to == end {
				m.pass()
				epoch[s]++
			}
		}
		for s := range shards {
			if err := m.take(s, nil, order.End); err != nil {
				t.Fatal(err)
			}
		}
		for range shards {
			m.pass()
		}
		checkMuster(t, sink, sent)
		if n := m.counted().Firing; n["a"]+n["b"] != int64(sent) || len(m.waiting) > 0 {
			t.Errorf("seed %d: %v are counted of %d, %d wait", seed, n, sent, len(m.waiting))
		}
	}
}

func checkMuster(t *testing.T, sink *memorySink, sent int) {
	t.Helper()
	if len(sink.alerts) != sent || sent == 0 {
		t.Errorf("%d alerts left of %d", len(sink.alerts), sent)
	}
	if !slices.IsSortedFunc(sink.alerts, func(a, b alert.Alert) int { return alert.Compare(&a, &b) }) {
		t.Error("alerts leave out of order")
	}
	for i := range sink.alerts {
		if want := uint64((sink.alerts[i].EventTime-1)/10_000) + 1; sink.epochs[i] != want {
			t.Errorf("an alert at %d leaves in epoch %d, want %d", sink.alerts[i].EventTime, sink.epochs[i], want)
		}
	}
}
