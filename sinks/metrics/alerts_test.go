package metrics

import (
	"context"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/alert"
)

var _ engine.AlertSink = (*Alerts)(nil)

// observations are those of a histogram, and how many are in no histogram.
type observations struct{ all []float64 }

func (o *observations) Observe(v float64) { o.all = append(o.all, v) }

func newAlerts() (a *Alerts, seen *observations, unobserved func() float64) {
	m := New(full)
	a, seen = m.Alerts(), &observations{}
	a.latency = seen
	return a, seen, func() float64 { return testutil.ToFloat64(m.unobserved) }
}

func alertsAt(before ...time.Duration) (all []alert.Alert) {
	for _, d := range before {
		all = append(all, alert.Alert{Rule: "wangiri", Subscriber: "447700900123", State: alert.Firing, EventTime: millis(began.Add(-d))})
	}
	return all
}

func checkSeen(t *testing.T, seen *observations, want ...float64) {
	t.Helper()
	if len(seen.all) != len(want) {
		t.Fatalf("observed %v, want %v", seen.all, want)
	}
	for i, v := range seen.all {
		if math.Abs(v-want[i]) > 1e-9 {
			t.Fatalf("observed %v, want %v", seen.all, want)
		}
	}
	seen.all = nil
}

func TestLatency(t *testing.T) {
	ctx := context.Background()
	a, seen, unobserved := newAlerts()
	now := began
	a.now = func() time.Time { return now }
	must(t, a.Recover(ctx, 7, nil))
	must(t, a.WriteAlerts(ctx, 8, alertsAt(1500*time.Millisecond, time.Second)))
	must(t, a.WriteAlerts(ctx, 8, []alert.Alert{{Type: alert.StormType, Rule: "simbox", EventTime: millis(began)}}))
	must(t, a.WriteAlerts(ctx, 9, alertsAt(250*time.Millisecond)))
	_, err := a.Prepare(ctx, 8)
	must(t, err)
	checkSeen(t, seen) // nothing is published yet
	now = now.Add(2 * time.Second)
	must(t, a.Commit(ctx, 8))
	checkSeen(t, seen, 3.5, 3, 2)
	must(t, a.Commit(ctx, 8)) // again
	checkSeen(t, seen)
	must(t, a.WriteAlerts(ctx, 9, alertsAt(-time.Hour))) // a clock that is ahead
	must(t, a.Commit(ctx, 10))
	checkSeen(t, seen, 2.25, 0)
	if unobserved() != 0 {
		t.Errorf("%v are not observed", unobserved())
	}
}

// What was published, or is to be published, of an earlier process is not observed.
func TestLatencyRecovered(t *testing.T) {
	ctx := context.Background()
	a, seen, _ := newAlerts()
	must(t, a.Recover(ctx, 3, nil))
	must(t, a.Commit(ctx, 3))
	checkSeen(t, seen)
	must(t, a.WriteAlerts(ctx, 3, alertsAt(time.Second)))
	must(t, a.Commit(ctx, 4))
	checkSeen(t, seen)
}

// Memory is bounded; what is beyond it is told.
func TestLatencyBound(t *testing.T) {
	ctx := context.Background()
	a, seen, unobserved := newAlerts()
	a.now = func() time.Time { return began }
	some := alertsAt(make([]time.Duration, 1000)...)
	for range maxNoted/1000 + 1 {
		must(t, a.WriteAlerts(ctx, 1, some))
	}
	must(t, a.WriteAlerts(ctx, 2, some))
	must(t, a.Commit(ctx, 1))
	if len(seen.all) != maxNoted || cap(a.noted) > 2*maxNoted {
		t.Errorf("%d observed, room for %d", len(seen.all), cap(a.noted))
	}
	if want := float64((maxNoted/1000+2)*1000 - maxNoted); unobserved() != want {
		t.Errorf("%v are not observed, want %v", unobserved(), want)
	}
	seen.all = nil
	must(t, a.WriteAlerts(ctx, 2, some)) // there is room again
	must(t, a.Commit(ctx, 2))
	if len(seen.all) != len(some) {
		t.Errorf("%d observed", len(seen.all))
	}
}

// Alerts of the next epoch come while one is committed.
func TestLatencyBeside(t *testing.T) {
	ctx := context.Background()
	m := New(full)
	a := m.Alerts()
	var g sync.WaitGroup
	const epochs, each = 200, 10
	committed := make(chan uint64, epochs)
	g.Go(func() {
		for e := range committed {
			_ = a.Commit(ctx, e)
		}
	})
	for e := uint64(1); e <= epochs; e++ {
		_ = a.WriteAlerts(ctx, e, alertsAt(make([]time.Duration, each)...))
		committed <- e
	}
	close(committed)
	g.Wait()
	if got := sampleCount(t, m, "cdrstream_alert_latency_seconds"); got != epochs*each {
		t.Errorf("%d observed", got)
	}
}

func sampleCount(t *testing.T, m *Metrics, name string) uint64 {
	t.Helper()
	families, err := m.Registry().Gather()
	must(t, err)
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetHistogram().GetSampleCount()
		}
	}
	t.Fatalf("no %s", name)
	return 0
}
