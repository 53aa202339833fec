package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
)

// maxNoted is how many alerts may wait for their commit, 16 bytes each. Those beyond
// it are counted and not observed.
const maxNoted = 1 << 16

// Alerts is an alert sink that writes nothing. It notes the event times of alerts,
// and once their epoch is committed observes how long ago they were. What an earlier
// process had already in a checkpoint is not observed: it is not known when that was
// published. WriteAlerts may be called while another goroutine is in Prepare or
// Commit. It goes last among the sinks, so that the others have published when it
// observes.
type Alerts struct {
	latency    prometheus.Observer
	unobserved prometheus.Counter
	now        func() time.Time

	mu        sync.Mutex
	noted     []noted // epochs do not go down
	recovered uint64  // the epoch that an earlier process had in its checkpoint
}

type noted struct {
	epoch uint64
	at    cdr.Millis
}

// Alerts returns an alert sink that observes latencies of alerts.
func (m *Metrics) Alerts() *Alerts {
	return &Alerts{latency: m.latency, unobserved: m.unobserved, now: time.Now}
}

// WriteAlerts notes the alerts of an epoch. They are not kept.
func (a *Alerts) WriteAlerts(_ context.Context, epoch uint64, alerts []alert.Alert) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if epoch <= a.recovered {
		return nil
	}
	n := min(len(alerts), maxNoted-len(a.noted))
	for i := range alerts[:n] {
		a.noted = append(a.noted, noted{epoch, alerts[i].EventTime})
	}
	a.unobserved.Add(float64(len(alerts) - n))
	return nil
}

// Prepare does nothing: there is nothing to make durable.
func (a *Alerts) Prepare(context.Context, uint64) ([]disk.Staged, error) { return nil, nil }

// Commit observes the alerts of the epochs up to epoch.
func (a *Alerts) Commit(_ context.Context, epoch uint64) error {
	now := cdr.Millis(a.now().UnixMilli())
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for n < len(a.noted) && a.noted[n].epoch <= epoch {
		// A clock that is ahead of ours, within max_future, is no latency.
		a.latency.Observe(float64(max(0, now-a.noted[n].at)) / 1000)
		n++
	}
	a.noted = append(a.noted[:0], a.noted[n:]...)
	return nil
}

// Recover tells the epoch that an earlier process had in its checkpoint.
func (a *Alerts) Recover(_ context.Context, epoch uint64, _ []disk.Staged) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.recovered = epoch
	return nil
}
