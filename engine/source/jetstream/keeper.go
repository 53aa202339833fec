package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// keep attaches to the stream and does so again, for ever, whenever it was cut off;
// until ctx does or the stream is not what it was.
func (s *Stream) keep(ctx context.Context) {
	changes := s.conn.StatusChanged(nats.CONNECTED, nats.CLOSED)
	defer s.conn.RemoveStatusListener(changes)
	t := trouble{s: s, wait: s.pace.retry}
	for ctx.Err() == nil {
		err := s.follow(ctx, changes, &t)
		s.lose()
		if ctx.Err() != nil {
			return
		}
		if s.conn.IsClosed() {
			err = final{fmt.Errorf("%s: the connection to NATS was closed", s.Name())}
		}
		if t.ends(err) {
			s.queue.fail(err)
			return
		}
		t.pause(ctx, changes)
	}
}

// lose notes that it is not known any more what waits in the stream.
func (s *Stream) lose() {
	s.queue.mu.Lock()
	s.level.known = false
	s.queue.mu.Unlock()
}

// final is an error after which no attempt follows.
type final struct{ error }

func (f final) Unwrap() error { return f.error }

// doubtful is an error that is final if it comes again and again: a server that has
// just begun to lead may not know everything yet.
type doubtful struct{ error }

func (d doubtful) Unwrap() error { return d.error }

// again is a reason to attach anew and nothing to tell: what it is about, attaching
// finds out.
type again struct{ error }

func (a again) Unwrap() error { return a.error }

// trouble counts what goes wrong in a row.
type trouble struct {
	s      *Stream
	wait   time.Duration
	doubts int
	told   string
}

// ends reports whether err is final. What is not is told once.
func (t *trouble) ends(err error) bool {
	if errors.As(err, new(final)) {
		return true
	}
	if errors.As(err, new(doubtful)) {
		t.doubts++
		return t.sure()
	}
	t.doubts = 0
	if errors.As(err, new(again)) {
		return false
	}
	if text := err.Error(); text != t.told {
		t.told = text
		t.s.o.Log(fmt.Sprintf("%s: %s; trying again until it goes on", t.s.Name(), text))
	}
	return false
}

// sure reports whether a doubtful error is one, once it came.
func (t *trouble) sure() bool { return t.doubts >= t.s.pace.confirm }

// over notes that messages come again.
func (t *trouble) over(next uint64) {
	if t.told != "" {
		t.s.o.Log(fmt.Sprintf("%s: goes on with message %d", t.s.Name(), next))
	}
	*t = trouble{s: t.s, wait: t.s.pace.retry}
}

// pause waits before the next attempt: a while, and until there is a connection.
func (t *trouble) pause(ctx context.Context, changes <-chan nats.Status) {
	timer := time.NewTimer(t.wait)
	defer timer.Stop()
	t.wait = min(2*t.wait, t.s.pace.retryMax)
	for waited := false; !waited || !t.s.conn.IsConnected() && !t.s.conn.IsClosed(); {
		select {
		case <-ctx.Done():
			return
		case <-changes:
			waited = true
		case <-timer.C:
			waited = true
			timer.Reset(t.s.pace.retryMax)
		}
	}
}

// follow reads from one consumer until something is amiss.
func (s *Stream) follow(ctx context.Context, changes <-chan nats.Status, t *trouble) error {
	if !s.conn.IsConnected() {
		return errors.New("there is no connection to NATS")
	}
	drain(changes)
	v, err := s.attach(ctx, t.doubts+1 >= s.pace.confirm)
	if err != nil {
		return err
	}
	defer v.end()
	looks := time.NewTicker(s.pace.look)
	defer looks.Stop()
	for {
		if err := v.ask(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changes:
			return errors.New("the connection to NATS was cut")
		case <-v.amiss:
			if err := v.settle(); err != nil {
				return err
			}
		case <-s.queue.space:
		case l := <-v.looked:
			if err := v.see(l); err != nil {
				return err
			}
		case <-looks.C:
			if err := v.alive(); err != nil {
				return err
			}
			if v.seen != (activity{}) {
				t.over(v.from)
			}
			v.look()
		}
	}
}

func drain(changes <-chan nats.Status) {
	for {
		select {
		case _, open := <-changes:
			if !open {
				return
			}
		default:
			return
		}
	}
}

// attach makes sure that the stream is the one that was read and has what follows,
// and has the server make a consumer from there. sure: this is the last of the attempts
// that a doubt takes.
func (s *Stream) attach(ctx context.Context, sure bool) (*visit, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*s.pace.answer)
	defer cancel()
	stream, err := s.js.Stream(ctx, s.o.Stream)
	if err != nil {
		return nil, s.worded(err)
	}
	if err := s.check(ctx, stream.CachedInfo(), sure); err != nil {
		return nil, err
	}
	c, err := stream.CreateConsumer(ctx, s.consumer(s.front.next))
	if err != nil {
		return nil, s.worded(err)
	}
	return s.visit(c.CachedInfo())
}

func (s *Stream) consumer(next uint64) jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: next,
		FilterSubject: s.o.Subject, AckPolicy: jetstream.AckNonePolicy,
		Replicas: 1, MemoryStorage: true, InactiveThreshold: 10 * s.pace.expires,
		Description: "cdrstream reads here; the position is in its own checkpoint",
	}
}

// worded says what an answer of the server, or none, means.
func (s *Stream) worded(err error) error {
	var api *jetstream.APIError
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return doubtful{fmt.Errorf("%s: there is no such stream on the server: check its name, or create it", s.Name())}
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout):
		return errors.New("JetStream does not answer (that may be a permission: the user must be allowed to request $JS.API.> and to subscribe to _INBOX.>)")
	case errors.Is(err, nats.ErrNoResponders):
		return errors.New("nobody answers for JetStream: it is not enabled, or not there yet")
	case errors.As(err, &api) && api.Code >= 400 && api.Code < 500:
		return doubtful{fmt.Errorf("%s: the server refuses the reading: %s", s.Name(), api.Description)}
	}
	return fmt.Errorf("JetStream: %w", err)
}
