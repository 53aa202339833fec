package jetstream

import (
	"bytes"
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/engine/alert"
)

// Alerts publishes alerts, each as alert.AppendJSON writes it, all states. WriteAlerts
// may be called while another goroutine is in Prepare or Commit of an earlier epoch.
// None of them waits for the server, but the first call, for one answer at most. The
// first error of the disk ends a sink, that of its own goroutine included: every later
// call returns it.
type Alerts struct{ *outlet }

// NewAlerts returns a sink that keeps what is not published in dir, which is its own.
// Nothing is read, written or sent before the first call. The connection is the
// caller's, and stays open; it should reconnect for ever.
func NewAlerts(dir string, js jetstream.JetStream, o Options) (*Alerts, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	if o.Encoding != JSON {
		return nil, fmt.Errorf("jetstream: alerts cannot be %s: they are json", o.Encoding)
	}
	return newAlerts(dir, &remote{js, o}, o), nil
}

func newAlerts(dir string, to server, o Options) *Alerts {
	return &Alerts{newOutlet(dir, to, o, labelAlert)}
}

// labelAlert copies what every alert begins with.
func labelAlert(h nats.Header, data []byte) {
	const start = `{"alert_id":"`
	if id, ok := bytes.CutPrefix(data, []byte(start)); ok {
		id, _, _ = bytes.Cut(id, []byte(`"`))
		h["Cdr-Alert-Id"] = []string{string(id)}
	}
}

// WriteAlerts takes alerts of an epoch, which follow those that it was given before.
// Epochs do not go down. The alerts are not kept.
func (s *Alerts) WriteAlerts(ctx context.Context, epoch uint64, alerts []alert.Alert) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.start(ctx); err != nil || len(alerts) == 0 {
		return err
	}
	if err := s.write(epoch, alerts); err != nil {
		return s.fail("write", err)
	}
	return nil
}

func (s *Alerts) write(epoch uint64, alerts []alert.Alert) error {
	p, err := s.part(0, epoch)
	if err != nil {
		return err
	}
	defer p.mu.Unlock()
	for i := range alerts {
		at := p.begin()
		p.data = alert.AppendJSON(p.data, &alerts[i])
		p.end(at, 1)
		if err := s.grown(p); err != nil {
			return err
		}
	}
	return nil
}
