package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// look is how the stream and the consumer stood, the consumer first.
type look struct {
	stream   *jetstream.StreamInfo
	consumer *jetstream.ConsumerInfo
}

// look asks the server how things stand, beside the reading.
func (v *visit) look() {
	if v.looks {
		return
	}
	v.looks = true
	ctx, cancel := context.WithTimeout(context.Background(), v.s.pace.answer)
	v.cancel = cancel
	v.looking.Add(1)
	go func() {
		defer v.looking.Done()
		defer cancel()
		var l look
		c, err := v.s.js.Consumer(ctx, v.s.o.Stream, v.consumer)
		if err == nil {
			l.consumer = c.CachedInfo()
			var s jetstream.Stream
			if s, err = v.s.js.Stream(ctx, v.s.o.Stream); err == nil {
				l.stream = s.CachedInfo()
			}
		}
		v.looked <- l
	}()
}

// see takes in what a look showed. Where it showed nothing the heartbeats decide.
func (v *visit) see(l look) error {
	v.looks = false
	if l.stream == nil {
		return nil
	}
	q := v.s.queue
	q.mu.Lock()
	wake, warn, err := v.compare(l)
	holes := v.s.holes.take()
	q.mu.Unlock()
	if wake != nil {
		wake()
	}
	if warn != "" {
		v.s.o.Log(warn + " (went on as the option accept-gap says)")
	}
	if holes != "" {
		v.s.o.Log(v.s.Name() + ": " + holes)
	}
	return err
}

func (v *visit) compare(l look) (wake func(), warn string, err error) {
	front, first := &v.s.front, l.stream.State.FirstSeq
	v.s.level.first, v.s.level.expires = first, expires(l.stream)
	quiet := l.consumer.Delivered.Consumer == v.delivered // nothing is on its way
	switch {
	case !l.stream.Created.Equal(front.created):
		return nil, "", again{errors.New("the stream was created anew")}
	case quiet && first > front.next:
		return nil, "", again{errors.New("messages expired or were purged before they were read")}
	case v.s.o.Subject != "" && first > v.first && first > max(v.s.Acked(), 1): // what was acknowledged may go
		if err := v.overtaken(first); !v.s.o.AcceptGap {
			return nil, "", final{err}
		} else if first < front.next {
			warn = err.Error()
		}
	}
	if quiet {
		v.s.level.pending = l.consumer.NumPending
	}
	if next := v.silence.next(quiet, l); v.s.o.Subject != "" && next > front.next {
		front.next = next
		wake = v.s.queue.move(*front)
	}
	v.first = front.next
	return wake, warn, v.stalled(quiet, l)
}

// stalled is the error for a consumer that lives and delivers nothing, although it has
// been asked and messages wait.
func (v *visit) stalled(quiet bool, l look) error {
	waits := l.consumer.NumPending > 0 || v.s.o.Subject == "" && l.stream.State.LastSeq >= v.s.front.next
	now := time.Now()
	if !quiet || !waits || len(v.open) == 0 || v.moved.IsZero() {
		v.moved = now
	}
	if limit := 3 * v.s.pace.heartbeat; now.Sub(v.moved) > limit {
		return fmt.Errorf("messages wait, but for %s the server has delivered none", limit)
	}
	return nil
}

// silence remembers looks in a row at which nothing of the subject waited: two, so that
// the server had all the time to count what it stored.
type silence struct {
	looks  int
	before uint64 // last message of the stream at the last of them
	sure   uint64 // and at the one before
}

// next is a number that no message of the subject before which is unread; 0: none is
// known.
func (q *silence) next(quiet bool, l look) uint64 {
	if !quiet || l.consumer.NumPending > 0 {
		*q = silence{}
		return 0
	}
	q.looks++
	next := uint64(0)
	if q.looks > 2 {
		next = q.sure + 1
	}
	q.sure, q.before = q.before, l.stream.State.LastSeq
	return next
}

// expires reports whether a stream drops old messages of itself.
func expires(s *jetstream.StreamInfo) bool {
	c := s.Config
	full := c.Discard == jetstream.DiscardOld && (c.MaxMsgs > 0 || c.MaxBytes > 0)
	return full || c.MaxAge > 0 || c.MaxMsgsPerSubject > 0
}

// overtaken is the error for messages of a subject that were received while the
// stream lost all up to first, or more than that.
func (v *visit) overtaken(first uint64) error {
	return fmt.Errorf("%s: the stream was purged, or lost its oldest messages, up to message %d while the messages from %d on were being read: "+
		"it cannot be told whether some of the subject went unread: restore the stream from a backup and give it room for more, or go on with --accept-gap", v.s.Name(), first-1, v.first)
}
