package engine

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/shard"
)

// muster brings the alerts of all shards into one order. It holds them until every
// shard has come so far in event time that none can come before them any more.
type muster struct {
	sinks []AlertOutput

	mu      sync.Mutex
	waiting []alert.Alert
	upTo    []cdr.Millis // how far each shard has come
	epoch   uint64       // that of the next alerts
	passed  int          // shards that are past its end
	counts  AlertCounts
	settled AlertCounts // as of the end of the last epoch that all have passed
}

// AlertCounts is how many alerts there were.
type AlertCounts struct {
	Firing map[string]int64 // by rule: alerts that began to fire, or rose
	Storms int64
}

func (c AlertCounts) clone() AlertCounts { return AlertCounts{maps.Clone(c.Firing), c.Storms} }

func newMuster(shards int, sinks []AlertOutput) *muster {
	m := &muster{sinks: sinks, epoch: 1, counts: AlertCounts{Firing: map[string]int64{}}}
	for range shards {
		m.upTo = append(m.upTo, order.Never)
	}
	m.settled = m.counts.clone()
	return m
}

// resume goes on behind an epoch of an earlier process.
func (m *muster) resume(epoch uint64, counts AlertCounts) {
	m.epoch = epoch + 1
	maps.Copy(m.counts.Firing, counts.Firing)
	m.counts.Storms = counts.Storms
	m.settled = m.counts.clone()
}

// take takes the alerts of a shard, which has then come up to upTo.
func (m *muster) take(shard int, alerts []alert.Alert, upTo cdr.Millis) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.waiting = append(m.waiting, alerts...)
	m.upTo[shard] = max(m.upTo[shard], upTo)
	return m.flush(slices.Min(m.upTo))
}

// flush hands out what waits, up to t.
func (m *muster) flush(t cdr.Millis) error {
	ready := slices.DeleteFunc(slices.Clone(m.waiting), func(a alert.Alert) bool { return a.EventTime > t })
	if len(ready) == 0 {
		return nil
	}
	n := len(m.waiting)
	m.waiting = slices.DeleteFunc(m.waiting, func(a alert.Alert) bool { return a.EventTime <= t })
	clear(m.waiting[len(m.waiting):n])
	slices.SortFunc(ready, func(a, b alert.Alert) int { return alert.Compare(&a, &b) })
	for i := range ready {
		m.counts.add(&ready[i])
	}
	for _, s := range m.sinks {
		if err := s.WriteAlerts(context.Background(), m.epoch, ready); err != nil {
			return err
		}
	}
	return nil
}

func (c *AlertCounts) add(a *alert.Alert) {
	switch {
	case a.Storm():
		c.Storms++
	case a.State == alert.Firing:
		c.Firing[a.Rule]++
	}
}

// pass tells that a shard is past the end of the epoch: its alerts of it have been
// taken. Until all are, none of a later one is handed out.
func (m *muster) pass() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.passed++; m.passed == len(m.upTo) {
		m.passed = 0
		m.epoch++
		m.settled = m.counts.clone()
	}
}

// counted returns how many alerts there were up to the end of the last epoch.
func (m *muster) counted() AlertCounts {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.settled
}

// poll adds up what the shards count at a boundary. All of them come to each, in
// the same run of records. Who has counted has its rows to write before it wants the sum,
// and then waits for the last to count.
type poll struct {
	shards int
	done   <-chan struct{} // the job has failed
	lead   *lead

	mu    sync.Mutex
	round *ballot
}

type ballot struct {
	sum   shard.Tally
	came  int
	ready chan struct{} // closed when sum is complete
}

var errPoll = errors.New("engine: another shard has failed")

// add adds t to those of all other shards, and returns what waits for the sum, which belongs
// to all of them.
func (p *poll) add(t *shard.Tally) (sum func() (*shard.Tally, error)) {
	b := p.cast(t)
	return func() (*shard.Tally, error) {
		select {
		case <-b.ready:
			return &b.sum, nil
		default:
		}
		defer p.lead.wait()()
		select {
		case <-b.ready:
			return &b.sum, nil
		case <-p.done:
			return nil, errPoll
		}
	}
}

func (p *poll) cast(t *shard.Tally) *ballot {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.round
	if b == nil {
		b = &ballot{sum: *t, ready: make(chan struct{})}
		p.round = b
	} else {
		b.sum.Add(t)
	}
	if b.came++; b.came == p.shards {
		p.round = nil
		close(b.ready)
	}
	return b
}
