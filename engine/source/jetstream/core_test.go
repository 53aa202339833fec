package jetstream

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/cdrstream/cdrstream/engine/source"
)

func (r *rig) subscribe(conn *nats.Conn, o Options) *probe {
	r.t.Helper()
	log := &lines{}
	o.Log = log.add
	s, err := Subscribe(conn, o)
	r.do(err)
	s.look = 5 * time.Millisecond
	p := newProbe(r.t, s, log)
	if err := p.once(); err != source.ErrNone {
		r.t.Fatal(err)
	}
	r.do(conn.Flush()) // it listens
	return p
}

func (r *rig) send(subject string, from, to int) {
	r.t.Helper()
	for _, name := range names(from, to) {
		r.do(r.conn.Publish(subject, []byte(name)))
	}
	r.do(r.conn.Flush())
}

func TestSubject(t *testing.T) {
	r := newRig(t)
	r.leaks()
	conn := r.Connect()
	p := r.subscribe(conn, Options{Subject: "c.*"})
	if p.src.Name() != "nats-at-most-once:c.*" {
		t.Error(p.src.Name())
	}
	r.send("c.a", 1, 500)
	r.send("c.b", 501, 600)
	p.until(600).read(1, 600)
	b := p.bookmark()
	if l := p.src.Lag(); l != (source.Lag{Headroom: -1}) {
		t.Errorf("lag %+v", l)
	}
	p.close()
	r.send("c.a", 601, 610) // nobody listens

	p = r.subscribe(conn, Options{Subject: "c.*"})
	p.resume(b)
	if l := p.log.String(); !strings.Contains(l, "sent to the subject since the last checkpoint is lost") {
		t.Errorf("the log says %q", l)
	}
	if err := p.once(); err != source.ErrNone || p.bookmark() != b {
		t.Errorf("%v, bookmark %+v, want %+v", err, p.bookmark(), b)
	}
	r.do(conn.Flush())
	r.send("c.a", 611, 620)
	p.until(10).read(611, 620)

	r.Stop()
	r.Start()
	r.wait("the log tells", func() bool { return strings.Contains(p.log.String(), "what was sent in between is lost") })
	r.wait("the sender connects again", r.conn.IsConnected)
	r.do(conn.Flush())
	r.send("c.a", 621, 630)
	p.until(20).read(611, 630)
	p.close()
	for _, e := range []string{"", "{}", `{"subject":"c.a","at_most_once":true}`, `{"subject":"c.*"}`, `{"stream":"S","subject":"c.*"}`} {
		p := r.subscribe(conn, Options{Subject: "c.*"})
		if err := p.src.Resume(t.Context(), source.Bookmark{Evidence: e}); err == nil {
			t.Errorf("goes on at %s", e)
		}
		p.close()
	}
}

// What comes faster than it is read waits in bounded memory; the rest is dropped,
// counted and told.
func TestSubjectDrops(t *testing.T) {
	r := newRig(t)
	r.leaks()
	conn := r.Connect(nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	const all, queue = 3000, 8 << 10
	p := r.subscribe(conn, Options{Subject: "c", Queue: queue})
	r.send("c", 1, all)
	r.wait("the log tells", func() bool { return strings.Contains(p.log.String(), "dropped: they are lost") })
	s := p.src.(*Subject)
	if n := p.src.Lag().Waiting; n < 100 || n >= all {
		t.Errorf("%d messages wait", n)
	}
	s.queue.mu.Lock()
	if s.queue.size > queue+1000 {
		t.Errorf("the queue holds %d bytes of %d", s.queue.size, queue)
	}
	s.queue.mu.Unlock()
	r.wait("all that wait are read", func() bool { _ = p.once(); return p.src.Lag().Waiting == 0 })
	last := 0
	for _, line := range p.lines {
		n := 0
		if _, err := fmt.Sscanf(line, "r%d", &n); err != nil || n <= last {
			t.Fatalf("%s after r%d", line, last)
		}
		last = n
	}
	p.close()
}
