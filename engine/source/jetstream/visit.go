package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	maxRequests  = 3       // for messages, that are open at a time
	requestBatch = 1 << 16 // messages of a request
)

// visit is what one consumer is read with.
type visit struct {
	s        *Stream
	from     uint64
	consumer string
	inbox    string // the requests' inboxes are words behind it
	subject  string // of requests
	sub      *nats.Subscription
	amiss    chan struct{} // has an element when the keeper should settle something

	replies replies // of the receiving goroutine alone
	beats   atomic.Int64

	// Under the queue's mu.
	over      bool // nothing more is received
	why       error
	delivered uint64   // number of the last delivery
	received  uint64   // number behind the last message; front.next may be further, see compare
	ended     []string // inboxes of requests that ended
	grow      bool     // a message is longer than a request may be
	batch     int      // messages of a request

	// The keeper's.
	open   map[string]time.Time // requests by inbox, and when they were sent
	serial int
	seen   activity
	active time.Time // when something came last

	cancel  context.CancelFunc
	looking sync.WaitGroup
	looks   bool
	looked  chan look
	first   uint64 // front.next at the last look
	silence silence
	moved   time.Time // when it last looked as if messages came, see stalled
}

type activity struct {
	beats     int64
	delivered uint64
}

// visit begins to listen to a consumer.
func (s *Stream) visit(c *jetstream.ConsumerInfo) (*visit, error) {
	inbox := s.conn.NewInbox()
	v := &visit{
		s: s, consumer: c.Name, inbox: inbox + ".", from: s.front.next,
		subject: jetstream.DefaultAPIPrefix + "CONSUMER.MSG.NEXT." + s.o.Stream + "." + c.Name,
		amiss:   make(chan struct{}, 1), looked: make(chan look, 1),
		open: map[string]time.Time{}, first: s.front.next, received: s.front.next, batch: requestBatch,
	}
	sub, err := s.conn.Subscribe(v.inbox+"*", v.receive)
	if err == nil {
		v.sub = sub
		err = sub.SetPendingLimits(-1, -1) // what was asked for is bounded
	}
	if err != nil {
		return nil, fmt.Errorf("subscribing: %w", err)
	}
	s.queue.mu.Lock()
	s.level.pending, s.level.known = c.NumPending, true
	s.queue.mu.Unlock()
	return v, nil
}

// end stops the receiving and has the server forget the consumer.
func (v *visit) end() {
	v.s.queue.mu.Lock()
	v.over = true
	v.s.queue.mu.Unlock()
	_ = v.sub.Unsubscribe() // fails where the connection is gone, and with it the subscription
	if v.cancel != nil {
		v.cancel()
	}
	v.looking.Wait()
	if v.s.conn.IsConnected() {
		// Nobody waits for the answer: where it is lost, the consumer is forgotten later.
		_ = v.s.conn.PublishRequest(jetstream.DefaultAPIPrefix+"CONSUMER.DELETE."+v.s.o.Stream+"."+v.consumer, v.inbox+"gone", nil)
	}
}

// receive takes a message of the consumer.
func (v *visit) receive(m *nats.Msg) {
	d, ok := v.replies.read(m.Reply)
	if !ok {
		v.status(m)
		return
	}
	q := v.s.queue
	q.mu.Lock()
	wake := v.accept(m, d)
	settle := v.over
	q.mu.Unlock()
	if wake != nil {
		wake()
	}
	if settle {
		v.tell()
	}
}

// accept appends a message to the queue if it is the next one.
func (v *visit) accept(m *nats.Msg, d delivery) (wake func()) {
	front := &v.s.front
	switch {
	case v.over:
		return nil
	case d.delivery != v.delivered+1:
		v.stop(errors.New("messages were lost on their way from the server"))
		return nil
	case d.message < v.received: // by a replica that was behind when the consumer began
		v.delivered++
		v.s.level.pending = d.pending
		return nil
	case d.message > v.received && v.s.o.Subject != "" && d.pending+1 < v.s.level.pending:
		// Messages of the subject went before they were delivered; the stream tells why.
		v.stop(again{jump{front.next, d.message}})
		return nil
	case d.message > front.next && v.s.o.Subject == "":
		if !v.s.o.AcceptGap {
			v.s.jumped = jump{front.next, d.message}
			v.stop(again{v.s.jumped})
			return nil
		}
		v.s.holes.note(front.next, d.message)
	}
	v.delivered++
	v.received = d.message + 1
	*front = mark{created: front.created, next: max(front.next, v.received), last: d.message, stored: d.stored, data: m.Data}
	v.s.level.pending = d.pending
	return v.s.queue.add(m, d.message, *front)
}

// stop ends the receiving.
func (v *visit) stop(why error) { v.over, v.why = true, why }

func (v *visit) tell() {
	select {
	case v.amiss <- struct{}{}:
	default:
	}
}

// status takes what the server says about a request.
func (v *visit) status(m *nats.Msg) {
	v.beats.Add(1)
	code, text := m.Header.Get("Status"), m.Header.Get("Description")
	if code == "100" {
		return
	}
	full := strings.Contains(text, "Exceeds MaxBytes")
	q := v.s.queue
	q.mu.Lock()
	switch {
	case v.over:
	case code == "408" || full || text == "Batch Completed":
		v.ended = append(v.ended, m.Subject)
		v.grow = v.grow || full && m.Header.Get("Nats-Pending-Messages") == fmt.Sprint(v.batch)
	case limited(text) > 0:
		v.ended = append(v.ended, m.Subject)
		v.batch = limited(text)
	case code == "503":
		v.stop(errors.New("the server has no such consumer any more"))
	default:
		v.stop(fmt.Errorf("the server ended the reading: %s %s", code, text))
	}
	q.mu.Unlock()
	v.tell()
}

// limited is how many messages a request may ask for, if text says so, else 0.
func limited(text string) (n int) {
	if strings.HasPrefix(text, "Exceeded MaxRequestBatch") {
		_, _ = fmt.Sscanf(text, "Exceeded MaxRequestBatch of %d", &n)
	}
	return n
}

// settle does what receive and status have left to the keeper.
func (v *visit) settle() error {
	q := v.s.queue
	q.mu.Lock()
	ended, grow := v.ended, v.grow
	v.ended, v.grow = nil, false
	over, why := v.over, v.why
	q.mu.Unlock()
	for _, inbox := range ended {
		delete(v.open, inbox)
	}
	if grow {
		v.s.ration *= 2
	}
	if over {
		return why
	}
	return nil
}

// request is the body of a request for messages.
type request struct {
	Batch     int           `json:"batch"`
	MaxBytes  int           `json:"max_bytes"`
	Expires   time.Duration `json:"expires"`
	Heartbeat time.Duration `json:"idle_heartbeat"`
}

// ask sends requests for what the queue has room for, and at least one when there is
// nothing at all.
func (v *visit) ask() error {
	q := v.s.queue
	q.mu.Lock()
	held, batch := q.size, v.batch
	q.mu.Unlock()
	for len(v.open) < maxRequests {
		if room := v.s.o.Queue - held - len(v.open)*v.s.ration; room < v.s.ration && held+len(v.open) > 0 {
			return nil
		}
		bytes := v.s.ration
		if v.serial == 0 {
			bytes = (bytes + 1) / 2 // so that requests, which the server serves in turn, do not end together
		}
		if err := v.send(batch, bytes); err != nil {
			return err
		}
	}
	return nil
}

func (v *visit) send(batch, bytes int) error {
	body, err := json.Marshal(request{batch, bytes, v.s.pace.expires, v.s.pace.heartbeat})
	if err != nil {
		return err
	}
	v.serial++
	inbox := fmt.Sprint(v.inbox, v.serial)
	now := time.Now()
	if len(v.open) == 0 {
		v.active = now
	}
	v.open[inbox] = now
	if err := v.s.conn.PublishRequest(v.subject, inbox, body); err != nil {
		return fmt.Errorf("asking for messages: %w", err)
	}
	return nil
}

// alive makes sure that something came while it was asked for. A request whose end
// was not told is forgotten.
func (v *visit) alive() error {
	now := time.Now()
	silence := 3 * v.s.pace.heartbeat
	v.s.queue.mu.Lock()
	seen := activity{v.beats.Load(), v.delivered}
	v.s.queue.mu.Unlock()
	if seen != v.seen {
		v.seen, v.active = seen, now
	}
	if len(v.open) > 0 && now.Sub(v.active) > silence {
		return fmt.Errorf("nothing came from the server for %s, not even a sign of life", silence)
	}
	for inbox, sent := range v.open {
		if now.Sub(sent) > v.s.pace.expires+silence {
			delete(v.open, inbox)
		}
	}
	return nil
}
