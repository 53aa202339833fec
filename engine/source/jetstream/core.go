package jetstream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/cdrstream/cdrstream/engine/source"
)

// Subject is a core NATS subject as a source of records, at most once: what is sent
// while it does not listen, while the connection is cut, or faster than it is
// read for long, is lost. Of that only the last is counted, and logged. It is used
// by one goroutine, but for Name, Ack and Lag, which any may call.
type Subject struct {
	o      Options
	conn   *nats.Conn
	queue  *queue
	reader reader
	look   time.Duration // between two looks at what was dropped

	keeping   sync.WaitGroup
	stop      context.CancelFunc // nil: it does not listen
	listening *nats.Subscription // under the queue's mu
}

var _ source.Live = (*Subject)(nil)

// Subscribe returns what is sent to a subject, which may be a pattern, as a source.
// conn reconnects by itself, for ever, and subscribes again; it remains the
// caller's, who closes it behind the source. It listens from the first Read on.
func Subscribe(conn *nats.Conn, o Options) (*Subject, error) {
	o = o.withDefaults()
	if err := o.check(conn); err != nil {
		return nil, err
	}
	if o.Subject == "" || o.Stream != "" {
		return nil, errors.New("jetstream: a subject is needed to subscribe to, and no stream")
	}
	s := &Subject{o: o, conn: conn, look: time.Second}
	s.queue = newQueue(&s.o)
	s.reader.queue = s.queue
	return s, nil
}

// Name is nats-at-most-once:SUBJECT.
func (s *Subject) Name() string { return "nats-at-most-once:" + s.o.Subject }

// Read returns the next messages that were received, see [source.Live].
func (s *Subject) Read(ctx context.Context, buf []byte) (source.Block, error) {
	if s.stop == nil {
		s.start()
	}
	return s.reader.read(ctx, buf)
}

// Notify says what to call when there is something to read; see [source.Live].
func (s *Subject) Notify(wake func()) { s.reader.notify(wake) }

// Seek goes to where the source stands, and nowhere else.
func (s *Subject) Seek(_ context.Context, p source.Position) error {
	return s.reader.seek(s.Name(), p)
}

// Bookmark is behind what was handed out. Nothing can be read again from there: its
// evidence says of which subject it is.
func (s *Subject) Bookmark() (source.Bookmark, error) {
	e := evidence{Subject: s.o.Subject, Core: true}
	return source.Bookmark{Position: s.reader.pos, Evidence: e.String()}, nil
}

// Resume counts on from b, and logs that what was sent since then is lost.
func (s *Subject) Resume(_ context.Context, b source.Bookmark) error {
	s.halt()
	s.queue.clear()
	e, err := parseEvidence(b.Evidence)
	if err == nil && (e.Subject != s.o.Subject || !e.Core) {
		err = fmt.Errorf("the bookmark is of stream %q, subject %q", e.Stream, e.Subject)
	}
	if err != nil {
		err = fmt.Errorf("%s: cannot go on: %w: start with another state directory, or configure the subject as it was", s.Name(), err)
		s.queue.fail(err)
		return err
	}
	s.reader.pos = b.Position
	s.o.Log(s.Name() + ": goes on, but what was sent to the subject since the last checkpoint is lost, because core NATS keeps nothing: have a JetStream stream take the subject to lose nothing")
	return nil
}

// Ack does nothing.
func (s *Subject) Ack(context.Context, source.Bookmark) error { return nil }

// Lag tells what waits here.
func (s *Subject) Lag() source.Lag {
	q := s.queue
	q.mu.Lock()
	waiting, sub := q.waiting, s.listening
	q.mu.Unlock()
	if sub != nil {
		if n, _, err := sub.Pending(); err == nil {
			waiting += n
		}
	}
	return source.Lag{Waiting: int64(waiting), Headroom: -1}
}

// Close ends the source. The connection remains.
func (s *Subject) Close() error {
	s.halt()
	s.queue.clear()
	s.queue.fail(errClosed(s.Name()))
	s.stop = func() {}
	return nil
}

func (s *Subject) start() {
	q := s.queue
	q.mu.Lock()
	failed := q.err != nil
	q.mu.Unlock()
	if failed {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	sub, err := s.conn.Subscribe(s.o.Subject, func(m *nats.Msg) { s.receive(ctx, m) })
	if err == nil {
		// As much again may wait in the client; more is dropped.
		err = sub.SetPendingLimits(-1, s.o.Queue)
	}
	if err != nil {
		q.fail(fmt.Errorf("%s: cannot subscribe: %w: check the connection to NATS", s.Name(), err))
		return
	}
	q.mu.Lock()
	s.listening = sub
	q.mu.Unlock()
	s.keeping.Add(1)
	go func() {
		defer s.keeping.Done()
		s.keep(ctx, sub)
	}()
}

// receive takes a message when there is room for it.
func (s *Subject) receive(ctx context.Context, m *nats.Msg) {
	q := s.queue
	q.mu.Lock()
	for q.size >= s.o.Queue && ctx.Err() == nil {
		q.mu.Unlock()
		select {
		case <-q.space:
		case <-ctx.Done():
		}
		q.mu.Lock()
	}
	if ctx.Err() != nil {
		q.mu.Unlock()
		return
	}
	wake := q.add(m, 0, mark{})
	q.mu.Unlock()
	if wake != nil {
		wake()
	}
}

// keep tells what was dropped and when the connection was cut.
func (s *Subject) keep(ctx context.Context, sub *nats.Subscription) {
	changes := s.conn.StatusChanged(nats.CONNECTED, nats.CLOSED)
	defer s.conn.RemoveStatusListener(changes)
	looks := time.NewTicker(s.look)
	defer looks.Stop()
	for told := 0; ; {
		select {
		case <-ctx.Done():
			_ = sub.Unsubscribe() // fails where the connection is gone, and with it the subscription
			return
		case <-changes:
			if s.conn.IsClosed() {
				s.queue.fail(fmt.Errorf("%s: the connection to NATS was closed", s.Name()))
				return
			}
			s.o.Log(s.Name() + ": the connection to NATS was cut and is there again: what was sent in between is lost")
		case <-looks.C:
			if n, err := sub.Dropped(); err == nil && n > told {
				s.o.Log(fmt.Sprintf("%s: %d messages came faster than they were read and were dropped: they are lost", s.Name(), n-told))
				told = n
			}
		}
	}
}

func (s *Subject) halt() {
	if s.stop == nil {
		return
	}
	s.stop()
	s.keeping.Wait()
	s.stop = nil
	s.queue.mu.Lock()
	s.listening = nil
	s.queue.mu.Unlock()
}
