package jetstream

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
)

var created = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// model is a server of another kind: it takes a batch as a whole or not at all, and
// only behind the marker that the batch expects. It is on another machine than the
// sink, and outlives it.
type model struct {
	mu      sync.Mutex
	down    bool
	random  *rand.Rand // nil: every batch is acknowledged
	stream  []*nats.Msg
	late    [][]*nats.Msg // batches that arrive when the server is asked the next time
	allowed func(id string) bool
	early   []string // ids that came before they may
	batches int
	dies    bool // with the next batch, which it takes
	view    view // what look says, but for the marker
}

func (m *model) connected() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.down
}

func (m *model) setDown(down bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = down
}

func (m *model) largest() int { return 0 }

func (m *model) back() (<-chan nats.Status, func()) { return nil, func() {} }

func (m *model) look(context.Context) (view, *trouble) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v := m.view
	v.stream, v.created, v.last = "S", created, uint64(len(m.stream))
	// Between the two questions, what was under way arrives.
	for _, b := range m.late {
		m.take(b)
	}
	m.late = nil
	for i := len(m.stream) - 1; i >= 0; i-- {
		if b := m.stream[i]; b.Subject == "alerts.commit" {
			got := readMarker(b.Data)
			v.marker, v.at = &got, uint64(i+1)
			break
		}
	}
	return v, nil
}

func (m *model) quiet(_ context.Context, _ view, floor uint64, _ time.Time) (bool, *trouble) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return uint64(len(m.stream)) <= floor, nil
}

func (m *model) publish(_ context.Context, batch []*nats.Msg) (uint64, *trouble) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.batches++
	gone := &trouble{kind: away, text: "no answer in time"}
	if m.dies {
		m.dies, m.down = false, true
		m.take(batch)
		return 0, gone
	}
	if m.random != nil {
		switch n := m.random.IntN(10); {
		case n < 2:
			return 0, gone // it never arrived
		case n < 4:
			m.take(batch)
			return 0, gone // the answer is lost
		case n < 6:
			m.late = append(m.late, batch)
			return 0, gone
		}
	}
	if !m.take(batch) {
		return 0, &trouble{kind: declined, text: "wrong last sequence", code: jetstream.JSErrCodeStreamWrongLastSequence}
	}
	return uint64(len(m.stream)), nil
}

// take adds a batch, if it comes behind the right marker.
func (m *model) take(batch []*nats.Msg) bool {
	last := 0
	for i, b := range m.stream {
		if b.Subject == "alerts.commit" {
			last = i + 1
		}
	}
	if batch[len(batch)-1].Header.Get(jetstream.ExpectedLastSubjSeqHeader) != strconv.Itoa(last) {
		return false
	}
	for _, b := range batch {
		if id := b.Header.Get("Cdr-Alert-Id"); id != "" && m.allowed != nil && !m.allowed(id) {
			m.early = append(m.early, id)
		}
	}
	m.stream = append(m.stream, batch...)
	return true
}

// ids are those of the alerts in the stream.
func (m *model) ids() (all []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range m.stream {
		if id := b.Header.Get("Cdr-Alert-Id"); id != "" {
			all = append(all, id)
		}
	}
	return all
}

// clone is the same server as the next process finds it.
func (m *model) clone(seed uint64) *model {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &model{view: m.view}
	c.stream = append(c.stream, m.stream...)
	c.late = append(c.late, m.late...)
	if m.random != nil {
		c.random = rand.New(rand.NewPCG(seed, 1))
	}
	return c
}

// alertsOf makes the firing alerts from..to-1 of an epoch.
func alertsOf(epoch uint64, from, to int) (alerts []alert.Alert) {
	for i := from; i < to; i++ {
		at := cdr.Millis(1_772_406_000_000 + int64(epoch)*2000 + int64(i))
		alerts = append(alerts, alert.Alert{
			ID: alert.NewID("fanout", "v1", fmt.Sprint(i), at), Rule: "fanout", Type: "robocall", State: alert.Firing,
			Subscriber: fmt.Sprintf("4917%06d", i), EventTime: at, WindowEnd: at, DetectedAt: at + 77, Summary: "called many",
		})
	}
	return alerts
}

func ids(alerts []alert.Alert) (ids []string) {
	for _, a := range alerts {
		ids = append(ids, a.ID.String())
	}
	return ids
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type logs struct {
	mu  sync.Mutex
	all []string
}

func (l *logs) add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, s)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return fmt.Sprintf("%q", l.all)
}

var ctx = context.Background()

// other is a message of somebody else in the same stream.
var other = nats.Msg{Subject: "other"}
