package jetstream

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"
)

// How long to wait before anything is tried again. A connection that comes back ends
// the wait.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 15 * time.Second
	lastingPause = time.Minute
)

// headroom is how much longer a message is than what it holds: its headers.
const headroom = 1 << 10

// labeller adds headers that tell what a message holds.
type labeller func(h nats.Header, data []byte)

// sender is the goroutine that publishes what is in the outbox.
type sender struct {
	outbox *outbox
	server server
	opt    Options
	label  labeller

	cancel  context.CancelFunc // nil: it was not started
	closing chan struct{}
	done    chan struct{}
	failing kind // of the last attempt; 0: it succeeded

	batch   int     // most messages of a batch
	settled bool    // it is known what is published:
	at      place   // so much
	seq     uint64  // and this is the last marker, 0: there is none
	view    view    // when it was settled
	doubt   bool    // not settled, and something behind position.Done may be published
	open    segment // whose messages are at hand
	held    [][]byte
}

// errLeft ends the sender: the rest is left to the next process.
var errLeft = errors.New("the rest is left")

func newSender(b *outbox, to server, o Options, label labeller) *sender {
	return &sender{outbox: b, server: to, opt: o, label: label, batch: o.Batch, closing: make(chan struct{}), done: make(chan struct{})}
}

// probe finds out where to go on, if the server can be reached: a trouble that lasts
// is its error. It comes before start.
func (s *sender) probe(ctx context.Context) error {
	s.doubt = s.outbox.position.Sending
	if !s.server.connected() {
		return nil
	}
	if t := s.settle(ctx); t != nil && t.kind.lasting() {
		return errors.New("jetstream: " + t.text)
	}
	return ctx.Err()
}

// start begins to send. An error of the disk ends that, and is given to failed.
func (s *sender) start(failed func(error)) {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	go func() {
		defer close(s.done)
		if err := s.run(ctx); !errors.Is(err, errLeft) {
			failed(err)
		}
	}()
}

// close ends the sender once the outbox is empty, at the first failure, or after
// drain. Only the first call does anything, if start was called; it reports true.
func (s *sender) close(drain time.Duration) bool {
	if s.cancel == nil || s.ending() {
		return false
	}
	close(s.closing)
	t := time.NewTimer(drain)
	defer t.Stop()
	select {
	case <-s.done:
	case <-t.C:
	}
	s.cancel()
	<-s.done
	return true
}

func (s *sender) ending() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

// run sends until it is told to end.
func (s *sender) run(ctx context.Context) error {
	back, stop := s.server.back()
	defer stop()
	for attempt := 0; ; {
		file, ok := s.outbox.first()
		if !ok {
			select {
			case <-s.outbox.added:
			case <-s.closing:
				return errLeft
			}
			continue
		}
		last := s.ending()
		t, err := s.send(ctx, file)
		if err != nil {
			return err
		}
		if t == nil {
			attempt = 0
			continue
		}
		if err := s.failed(t); err != nil {
			return err
		}
		if last || ctx.Err() != nil {
			return errLeft
		}
		s.pause(ctx, back, pauseAfter(t.kind, attempt, rand.Float64()))
		attempt++
	}
}

// send publishes all of a file that is not, and removes it.
func (s *sender) send(ctx context.Context, file segment) (*trouble, error) {
	if err := s.hold(file); err != nil {
		return nil, err
	}
	if !s.settled {
		if t := s.settle(ctx); t != nil {
			return t, nil
		}
		s.tell(file)
	}
	for sent := s.sentOf(file); sent < len(s.held); sent = s.sentOf(file) {
		if t, err := s.sendBatch(ctx, file, sent); t != nil || err != nil {
			return t, err
		}
		s.tell(file)
		s.succeeded()
	}
	s.succeeded()
	s.open, s.held = segment{}, nil
	return nil, s.outbox.finish(file, s.seq, s.view.created)
}

// hold reads the messages of a file, unless they are at hand.
func (s *sender) hold(file segment) (err error) {
	if s.open != file {
		s.held, err = s.outbox.read(file)
		s.open = file
	}
	return err
}

// settle finds out what is published.
func (s *sender) settle(ctx context.Context) *trouble {
	if !s.server.connected() {
		return &trouble{kind: away, text: "publish to " + s.opt.Subject + ": there is no connection to the server"}
	}
	v, t := s.server.look(ctx)
	if t != nil {
		return t
	}
	p := s.outbox.position
	st := state{last: v.marker, subject: s.opt.Subject, stream: v.stream}
	if v.marker == nil && s.doubt {
		if st.quiet, t = s.server.quiet(ctx, v, p.Floor, p.Created); t != nil {
			return t
		}
	}
	var first *segment
	if file, ok := s.outbox.first(); ok {
		first = &file
	}
	at, t := judge(p, first, s.doubt, st)
	if t == nil {
		s.settled, s.doubt, s.at, s.seq, s.view = true, false, at, v.at, v
	}
	return t
}

// sentOf is how many messages of a file are published.
func (s *sender) sentOf(file segment) int {
	if s.at.file(file.place) == 0 {
		return s.at.Messages
	}
	return 0
}

// sendBatch publishes messages of a file, after the first ones, with a marker.
func (s *sender) sendBatch(ctx context.Context, file segment, sent int) (*trouble, error) {
	some := s.held[sent:min(sent+s.batch, len(s.held))]
	if t := s.measure(some); t != nil {
		return t, nil
	}
	if !s.server.connected() {
		return &trouble{kind: away, text: "publish to " + s.opt.Subject + ": the connection to the server is lost"}, nil
	}
	m := marker{Job: s.opt.Job, Outbox: s.outbox.position.Outbox, place: file.place, Of: file.Messages, Rows: file.rows}
	m.Messages = sent + len(some)
	batch, err := s.batchOf(m, sent, some)
	if err != nil {
		return nil, err
	}
	if err := s.outbox.begin(max(s.seq, s.view.last), s.view.created); err != nil {
		return nil, err
	}
	s.doubt = true
	seq, t := s.server.publish(ctx, batch)
	if t != nil {
		return s.declined(ctx, t, len(some)), nil
	}
	s.doubt, s.at, s.seq = false, m.place, seq
	return nil, nil
}

// measure makes sure that the server takes messages as long as these.
func (s *sender) measure(some [][]byte) *trouble {
	most := s.server.largest()
	if s.view.most > 0 && (most == 0 || s.view.most < most) {
		most = s.view.most
	}
	for _, data := range some {
		if most > 0 && len(data)+headroom > most {
			s.settled = false // the limits may be others the next time
			return &trouble{kind: tooLarge, text: fmt.Sprintf("a message for %s has %d bytes, and the stream %s takes %d: raise max_payload of the server (and max_msg_size of the stream) to %d at least",
				s.opt.Subject, len(data), s.view.stream, most, len(data)+headroom)}
		}
	}
	return nil
}

// batchOf returns messages of a file, after the first ones, with their marker.
func (s *sender) batchOf(m marker, sent int, some [][]byte) ([]*nats.Msg, error) {
	batch := make([]*nats.Msg, 0, len(some)+1)
	for i, data := range some {
		h := nats.Header{jetstream.MsgIDHeader: {fmt.Sprintf("%s-%d-%d-%d-%d", m.Outbox, m.Run, m.Epoch, m.Chunk, sent+i)}}
		s.label(h, data)
		batch = append(batch, &nats.Msg{Subject: s.opt.Subject, Header: h, Data: data})
	}
	last, err := m.message(s.opt.Subject+markerSuffix, s.seq, s.view.keeps)
	return append(batch, last), err
}

// declined is the trouble after a batch that nobody has acknowledged. Another job that
// publishes to the same subject is the more important one.
func (s *sender) declined(ctx context.Context, t *trouble, n int) *trouble {
	s.settled = false
	if t.code == jetstreamext.JSErrCodeBatchPublishExceedsLimit && n > 1 {
		s.batch = n / 2
	}
	if t.kind == declined {
		s.doubt = false // the server has seen the whole batch and keeps none of it
		if why := s.settle(ctx); why != nil && why.kind.lasting() {
			return why
		}
	}
	return t
}

func (s *sender) tell(file segment) { s.outbox.progress(s.sentOf(file)) }

// failed and succeeded tell when trouble begins, changes and ends, no more.
func (s *sender) failed(t *trouble) error {
	s.outbox.stuck(t.text)
	if s.failing != t.kind {
		s.opt.Log("jetstream: messages wait in the outbox: " + t.text)
	}
	s.failing = t.kind
	if s.doubt {
		return nil
	}
	return s.outbox.rest()
}

func (s *sender) succeeded() {
	if s.failing != 0 {
		s.opt.Log("jetstream: messages for " + s.opt.Subject + " are published again")
	}
	s.failing = 0
	s.outbox.stuck("")
}

// pause waits, until the sender is to end or the connection is back.
func (s *sender) pause(ctx context.Context, back <-chan nats.Status, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	for {
		select {
		case _, ok := <-back:
			if ok {
				return
			}
			back = nil // the connection is closed for good
			continue
		case <-t.C:
		case <-s.closing:
		case <-ctx.Done():
		}
		return
	}
}

// pauseAfter is how long to wait after attempt, which counts from 0. random is from 0
// to 1: many senders must not come back all at once.
func pauseAfter(k kind, attempt int, random float64) time.Duration {
	d := longestPause
	switch {
	case k.lasting():
		d = lastingPause
	case attempt < 16:
		d = min(d, firstPause<<attempt)
	}
	return d - time.Duration(random*float64(d)/2)
}
