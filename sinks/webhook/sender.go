package webhook

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"time"
)

// How long to wait before a request is repeated.
const (
	firstPause    = time.Second
	longestPause  = 5 * time.Minute
	maxRetryAfter = time.Hour
)

// sender is the goroutine that sends what is in the outbox.
type sender struct {
	outbox *outbox
	poster *poster
	batch  int
	log    func(string)

	cancel  context.CancelFunc // nil: it was not started
	closing chan struct{}
	done    chan struct{}
	failing bool // the last request is to be repeated
}

// errLeft ends the sender: the rest is left to the next process.
var errLeft = errors.New("the rest is left")

func newSender(b *outbox, o Options) *sender {
	return &sender{outbox: b, poster: newPoster(o), batch: o.Batch, log: o.Log, closing: make(chan struct{}), done: make(chan struct{})}
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
	s.poster.client.CloseIdleConnections()
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
	for {
		file, ok := s.outbox.take()
		if ok {
			if err := s.send(ctx, file); err != nil {
				return err
			}
			continue
		}
		select {
		case <-s.outbox.added:
		case <-s.closing:
			return errLeft
		}
	}
}

// send sends all of a file and removes it.
func (s *sender) send(ctx context.Context, file segment) error {
	lines, err := s.outbox.read(file.name)
	if errors.Is(err, fs.ErrNotExist) {
		s.log("webhook: a file of the outbox was removed by somebody else")
		return nil
	}
	if err != nil {
		return err
	}
	for i, b := range batches(lines, s.batch) {
		if err := s.sendBatch(ctx, file, i, &b); err != nil {
			return err
		}
	}
	return s.outbox.remove(file.name)
}

// sendBatch sends batch i of a file until it is taken or refused.
func (s *sender) sendBatch(ctx context.Context, file segment, i int, b *batch) error {
	if b.body == nil {
		return s.bury(file, i, b, "they are damaged", func(st *Stats) { st.Damaged += int64(b.n) })
	}
	for attempt := 0; ; attempt++ {
		last := s.ending()
		a := s.poster.post(ctx, b)
		switch a.verdict {
		case taken:
			s.succeeded()
			s.outbox.count(func(st *Stats) { st.Sent += int64(b.n) })
			return nil
		case refused:
			s.succeeded()
			return s.bury(file, i, b, a.problem, func(st *Stats) { st.Refused += int64(b.n) })
		}
		s.failed(a.problem)
		if last || ctx.Err() != nil {
			return errLeft
		}
		s.pause(ctx, max(pauseAfter(attempt, rand.Float64()), a.after))
	}
}

func (s *sender) bury(file segment, i int, b *batch, why string, count func(*Stats)) error {
	if err := s.outbox.buryBatch(file.name, i, b.lines); err != nil {
		return err
	}
	s.outbox.count(count)
	s.log(fmt.Sprintf("webhook: %d alerts went to the dead letters: %s", b.n, why))
	return nil
}

// failed and succeeded tell when trouble begins and when it ends, no more.
func (s *sender) failed(problem string) {
	s.outbox.count(func(st *Stats) { st.Retries++ })
	if !s.failing {
		s.log("webhook: alerts wait, since the receiver does not take them: " + problem)
	}
	s.failing = true
}

func (s *sender) succeeded() {
	if s.failing {
		s.log("webhook: the receiver answers again")
	}
	s.failing = false
}

// pause waits, until the sender is to end at most.
func (s *sender) pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.closing:
	case <-ctx.Done():
	}
}

// pauseAfter is how long to wait after attempt, which counts from 0. random is from 0
// to 1: many senders must not come back all at once.
func pauseAfter(attempt int, random float64) time.Duration {
	d := longestPause
	if attempt < 16 {
		d = min(d, firstPause<<attempt)
	}
	return d - time.Duration(random*float64(d)/2)
}
