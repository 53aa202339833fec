package jetstream

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"github.com/cdrstream/cdrstream/engine/disk/disktest"
	"github.com/cdrstream/cdrstream/engine/source/natstest"
)

// patience is how long anything may take.
const patience = 30 * time.Second

// Whatever else the servers leave behind for a while, nothing of this package is left.
func TestMain(m *testing.M) {
	code := m.Run()
	if err := goleak.Find(); code == 0 && err != nil && strings.Contains(err.Error(), "cdrstream/sinks/jetstream.") {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// real is alert sinks and a server.
type real struct {
	t     *testing.T
	js    jetstream.JetStream // of those who look
	disk  *disktest.Memory
	logs  logs
	epoch uint64
}

func newReal(t *testing.T, js jetstream.JetStream) *real {
	return &real{t: t, js: js, disk: disktest.New()}
}

var create = &Create{Stream: "S"}

// sink is a new process, by a connection of its own or not.
func (w *real) sink(js jetstream.JetStream, change func(*Options)) *Alerts {
	w.t.Helper()
	o := Options{Subject: "alerts", Job: "job", Batch: 5, Disk: w.disk, Create: create, Log: w.logs.add, Timeout: 5 * time.Second}
	if change != nil {
		change(&o)
	}
	s, err := NewAlerts("out", js, o)
	must(w.t, err)
	w.t.Cleanup(func() { _ = s.Close() })
	return s
}

// add commits epochs of n alerts each.
func (w *real) add(s *Alerts, epochs, n int) {
	w.t.Helper()
	for range epochs {
		w.epoch++
		must(w.t, s.WriteAlerts(ctx, w.epoch, alertsOf(w.epoch, 0, n)))
		_, err := s.Prepare(ctx, w.epoch)
		must(w.t, err)
		must(w.t, s.Commit(ctx, w.epoch))
	}
}

// wait waits for a condition.
func wait(t *testing.T, trouble func() string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !done(); <-tick.C {
		if time.Now().After(end) {
			t.Fatal(trouble())
		}
	}
}

func (w *real) drained(s *Alerts) {
	w.t.Helper()
	wait(w.t, func() string { return fmt.Sprintf("%+v %v", s.Pending(), &w.logs) }, func() bool { return s.Pending().Segments == 0 })
}

// stream returns all messages, in their order, as a consumer gets them. Servers may be
// away for a moment.
func stream(t *testing.T, js jetstream.JetStream) (all []jetstream.Msg) {
	t.Helper()
	var err error
	wait(t, func() string { return fmt.Sprint("read the stream: ", err) }, func() bool {
		all, err = consume(js)
		return err == nil
	})
	return all
}

func consume(js jetstream.JetStream) (all []jetstream.Msg, err error) {
	s, err := js.Stream(ctx, "S")
	if err != nil {
		return nil, err
	}
	c, err := s.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{})
	if err != nil {
		return nil, err
	}
	for n := int(s.CachedInfo().State.Msgs); len(all) < n; {
		some, err := c.Fetch(min(n-len(all), 1000), jetstream.FetchMaxWait(5*time.Second))
		if err != nil {
			return nil, err
		}
		for m := range some.Messages() {
			all = append(all, m)
		}
		if err := some.Error(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// check makes sure that the alerts of epochs from..to, of n each, are in the stream
// once and in order, and ids are unique.
func (w *real) check(from, to uint64, n int) {
	w.t.Helper()
	var want, got []string
	for e := from; e <= to; e++ {
		want = append(want, ids(alertsOf(e, 0, n))...)
	}
	known := map[string]bool{}
	for _, m := range stream(w.t, w.js) {
		if m.Subject() != "alerts" {
			continue
		}
		var a struct {
			ID string `json:"alert_id"`
		}
		must(w.t, json.Unmarshal(m.Data(), &a))
		if a.ID != m.Headers().Get("Cdr-Alert-Id") {
			w.t.Fatalf("alert %s has the header %v", a.ID, m.Headers())
		}
		if id := m.Headers().Get(jetstream.MsgIDHeader); id == "" || known[id] {
			w.t.Fatalf("the message id %q is there twice", id)
		} else {
			known[id] = true
		}
		got = append(got, a.ID)
	}
	if !slices.Equal(got, want) {
		w.t.Fatalf("%d alerts, %d different ones, want %d: %v", len(got), len(slices.Compact(slices.Sorted(slices.Values(got)))), len(want), &w.logs)
	}
}

// What a consumer sees: rows in order, and a marker behind each batch.
func TestAlerts(t *testing.T) {
	srv := natstest.Run(t, nil)
	w := newReal(t, srv.JetStream())
	s := w.sink(w.js, nil)
	must(t, s.Recover(ctx, 0, nil))
	w.add(s, 3, 7)
	w.drained(s)
	must(t, s.Close())
	w.check(1, 3, 7)
	all := stream(t, w.js)
	m := readMarker(all[len(all)-1].Data())
	if m.Job != "job" || m.Outbox != s.outbox.position.Outbox || m.place != (place{1, 3, 0, 7}) || m.Of != 7 || m.Rows != 7 {
		t.Fatalf("the last marker is %+v", m)
	}
	if h := all[len(all)-1].Headers(); h.Get("Cdr-Job") != "job" || h.Get("Cdr-Epoch") != "3" || h.Get("Cdr-Chunk") != "0/7" {
		t.Fatalf("its headers are %v", h)
	}
	if p := s.Pending(); p != (Pending{Sent: p.Sent}) || p.Sent == 0 {
		t.Fatalf("%+v waits", p)
	}
	if w.logs.String() != "[]" {
		t.Fatal(&w.logs)
	}
}

// The server goes down and comes back again and again, while the sink publishes.
func TestServerRestarts(t *testing.T) {
	srv := natstest.Run(t, nil)
	w := newReal(t, srv.JetStream())
	s := w.sink(w.js, func(o *Options) { o.Batch = 40 })
	must(t, s.Recover(ctx, 0, nil))
	for range 3 {
		w.add(s, 3, 200)
		wait(t, w.logs.String, func() bool { return s.Pending().Segments < 3 })
		srv.Stop()
		w.add(s, 1, 200) // nobody waits for the server
		srv.Start()
	}
	w.drained(s)
	must(t, s.Close())
	w.check(1, w.epoch, 200)
	if !strings.Contains(w.logs.String(), "published again") || strings.Count(w.logs.String(), "messages wait") > 12 {
		t.Fatal(&w.logs)
	}
}

// The connection is cut after the server took a batch and before the sink hears of it.
func TestAnswerLost(t *testing.T) {
	srv := natstest.Run(t, nil)
	w := newReal(t, srv.JetStream())
	p := newProxy(t, srv.URL())
	p.cut = 3
	s := w.sink(connect(t, "nats://"+p.Addr().String()), nil)
	must(t, s.Recover(ctx, 0, nil))
	w.add(s, 4, 12)
	w.drained(s)
	must(t, s.Close())
	w.check(1, 4, 12)
	if p.cuts != 3 {
		t.Fatalf("%d answers were lost", p.cuts)
	}
}

// The server stops when it has part of a batch.
func TestServerStopsInBatch(t *testing.T) {
	srv := natstest.Run(t, nil)
	w := newReal(t, srv.JetStream())
	p := newProxy(t, srv.URL())
	p.middle = make(chan struct{})
	s := w.sink(connect(t, "nats://"+p.Addr().String()), func(o *Options) { o.Batch = 999 })
	must(t, s.Recover(ctx, 0, nil))
	w.add(s, 2, 1500)
	<-p.middle
	srv.Stop()
	close(p.middle)
	srv.Start()
	w.drained(s)
	must(t, s.Close())
	w.check(1, 2, 1500)
}

// Two jobs publish to the same subject: one of them is told, and nothing is mixed.
func TestTwoJobs(t *testing.T) {
	srv := natstest.Run(t, nil)
	a, b := newReal(t, srv.JetStream()), newReal(t, srv.JetStream())
	sa, sb := a.sink(a.js, nil), b.sink(b.js, func(o *Options) { o.Job = "other" })
	must(t, sa.Recover(ctx, 0, nil))
	must(t, sb.Recover(ctx, 0, nil)) // nobody has published yet
	a.add(sa, 1, 7)
	a.drained(sa)
	b.add(sb, 1, 7)
	wait(t, b.logs.String, func() bool { return strings.Contains(b.logs.String(), "another outbox publishes to alerts") })
	if !strings.Contains(b.logs.String(), `of job \"job\", epoch 1`) || !strings.Contains(b.logs.String(), "nats stream purge S --subject alerts.commit --force") {
		t.Fatal(&b.logs)
	}
	if p := sb.Pending(); p.Messages != 7 || p.Trouble == "" || p.Oldest.IsZero() {
		t.Fatalf("%+v", p)
	}
	must(t, sb.Close())
	if !strings.Contains(b.logs.String(), "up to 7 messages for alerts are not published") {
		t.Fatal(&b.logs)
	}
	a.check(1, 1, 7)

	// The next process is told at once.
	err := b.sink(b.js, nil).Recover(ctx, 1, nil)
	if err == nil || !strings.Contains(err.Error(), "another outbox publishes to alerts") {
		t.Fatal(err)
	}
	// It may take over, when it is told to.
	must(t, sa.Close())
	st, err := a.js.Stream(ctx, "S")
	must(t, err)
	must(t, st.Purge(ctx, jetstream.WithPurgeSubject("alerts.commit")))
	sb = b.sink(b.js, nil)
	must(t, sb.Recover(ctx, 1, nil))
	b.drained(sb)
	must(t, sb.Close())
	if n := len(stream(t, a.js)); n != 7+7+1 {
		t.Fatalf("%d messages", n)
	}
}

// Streams that cannot do it.
func TestUnfit(t *testing.T) {
	both := []string{"alerts", "alerts.commit"}
	for _, c := range []struct {
		name   string
		config *jetstream.StreamConfig
		want   string
	}{
		{"none", nil, "no stream captures the subject alerts: make one, for instance with: nats stream add"},
		{"no batches", &jetstream.StreamConfig{Subjects: both}, "nats stream edit S --allow-batch"},
		{"no markers", &jetstream.StreamConfig{Subjects: both[:1], AllowAtomicPublish: true}, "captures alerts, but not alerts.commit"},
		{"markers elsewhere", &jetstream.StreamConfig{Subjects: both[:1], AllowAtomicPublish: true}, "captures alerts, but not alerts.commit"},
		{"work queue", &jetstream.StreamConfig{Subjects: both, AllowAtomicPublish: true, Retention: jetstream.WorkQueuePolicy}, "drops messages once they are consumed"},
		{"interest", &jetstream.StreamConfig{Subjects: both, AllowAtomicPublish: true, Retention: jetstream.InterestPolicy}, "drops messages once they are consumed"},
		{"few", &jetstream.StreamConfig{Subjects: both, AllowAtomicPublish: true, MaxMsgsPerSubject: 10}, "keeps 10 messages of a subject"},
		{"silent", &jetstream.StreamConfig{Subjects: both, AllowAtomicPublish: true, NoAck: true}, "acknowledges nothing"},
		{"sealed", &jetstream.StreamConfig{Subjects: both, AllowAtomicPublish: true, Sealed: true}, "sealed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := natstest.Run(t, nil)
			w := newReal(t, srv.JetStream())
			if c.config != nil {
				c.config.Name, c.config.Storage = "S", jetstream.MemoryStorage
				sealed := c.config.Sealed
				c.config.Sealed = false
				_, err := w.js.CreateStream(ctx, *c.config)
				must(t, err)
				if sealed {
					c.config.Sealed = true
					_, err = w.js.UpdateStream(ctx, *c.config)
					must(t, err)
				}
			}
			if c.name == "markers elsewhere" {
				_, err := w.js.CreateStream(ctx, jetstream.StreamConfig{Name: "T", Subjects: both[1:], AllowAtomicPublish: true})
				must(t, err)
			}
			err := w.sink(w.js, func(o *Options) { o.Create = nil }).Recover(ctx, 0, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Fatal(err)
			}
		})
	}
}

// The server comes late, takes smaller batches than others, and then goes for good.
func TestDeadServer(t *testing.T) {
	srv := natstest.Run(t, func(o *natsd.Options) { o.JetStreamLimits.MaxBatchSize = 4 })
	url := srv.URL()
	srv.Stop()
	c, err := nats.Connect(url, nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond), nats.RetryOnFailedConnect(true))
	must(t, err)
	defer c.Close()
	js, err := jetstream.New(c)
	must(t, err)
	w := newReal(t, js)
	s := w.sink(js, nil)
	must(t, s.Recover(ctx, 0, nil))
	w.add(s, 2, 12)
	if p := s.Pending(); p.Segments != 2 || p.Rows != 24 || p.Messages != 24 || p.Bytes == 0 {
		t.Fatalf("%+v", p)
	}
	srv.Start()
	w.drained(s)
	w.check(1, 2, 12)
	srv.Stop()
	w.add(s, 1, 12)
	wait(t, w.logs.String, func() bool { return s.Pending().Trouble != "" })
	must(t, s.Close())
	if !strings.Contains(w.logs.String(), "up to 12 messages for alerts are not published") {
		t.Fatal(&w.logs)
	}
	srv.Start()
	s = w.sink(js, nil)
	must(t, s.Recover(ctx, w.epoch, nil))
	w.drained(s)
	must(t, s.Close())
	w.check(1, 3, 12)
}

// A message that the server does not take waits until it does.
func TestTooLarge(t *testing.T) {
	srv := natstest.Run(t, func(o *natsd.Options) { o.MaxPayload = 1200 })
	w := newReal(t, srv.JetStream())
	s := w.sink(w.js, nil)
	must(t, s.Recover(ctx, 0, nil))
	w.add(s, 1, 3)
	wait(t, w.logs.String, func() bool { return strings.Contains(w.logs.String(), "raise max_payload of the server") })
	if p := s.Pending(); p.Messages != 3 {
		t.Fatalf("%+v", p)
	}
	must(t, s.Close())
}

// The leader of the stream is lost while the sink publishes.
func TestLeaderLost(t *testing.T) {
	c := natstest.RunCluster(t)
	w := newReal(t, c.JetStream())
	s := w.sink(w.js, func(o *Options) { o.Create, o.Timeout = &Create{Stream: "S", Replicas: 3}, time.Second; o.Batch = 50 })
	w.add(s, 3, 400)
	wait(t, w.logs.String, func() bool { return s.Pending().Segments < 3 })
	c.StopLeader("S")
	w.add(s, 2, 400)
	w.drained(s)
	must(t, s.Close())
	w.check(1, 5, 400)
}
