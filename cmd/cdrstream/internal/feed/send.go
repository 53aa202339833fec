package feed

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"
)

const (
	answerWithin = 10 * time.Second // a server acknowledges a batch, or is asked again
	firstPause   = 50 * time.Millisecond
	lastPause    = 2 * time.Second
)

// Error codes of the server that nats.go has no names for.
const (
	codeInsufficient jetstream.ErrorCode = 10023
	codeStorage      jetstream.ErrorCode = 10047
	codeStoreFailed  jetstream.ErrorCode = 10077
)

// errOthers is the compare-and-set that failed.
var errOthers = errors.New("something else was published to it meanwhile")

// errLost is a connection that was lost while an answer was awaited.
var errLost = errors.New("the connection was lost")

// send stores a batch behind the last message, once. It waits for a server that
// does not answer until the context ends.
func (f *Feed) send(ctx context.Context, b *batch) error {
	for attempt := 1; ; attempt++ {
		seq, err := f.try(ctx, b)
		if errors.Is(err, context.Canceled) {
			err = errLost
		}
		if err != nil && attempt == 1 && passing(err) {
			f.o.Warn(fmt.Sprintf("the stream %s does not answer (%v): waiting for it", f.o.Stream, err))
		}
		if err != nil {
			seq, err = f.settle(ctx, b, err, attempt)
		}
		switch {
		case err != nil:
			return err
		case seq != 0:
			f.seq = seq
			return nil
		}
		if err := rest(ctx, attempt); err != nil {
			return err
		}
	}
}

// settle finds out what became of a batch that failed with failure: its sequence if
// it is stored after all, 0 if it is to be sent again. What a cluster answers may
// be behind for a moment; then it is asked again.
func (f *Feed) settle(ctx context.Context, b *batch, failure error, sent int) (uint64, error) {
	const behind = 8
	if !passing(failure) && !conflicts(failure) {
		return 0, f.explain(failure)
	}
	for attempt := 1; ; attempt++ {
		ask, release := f.connected(ctx)
		seq, mark, err := f.last(ask)
		release()
		if errors.Is(err, context.Canceled) && ctx.Err() == nil {
			err = errLost
		}
		switch {
		case err == nil && mark != nil && mark.Batch == b.mark.Batch:
			return seq, nil
		case err == nil && (seq > f.seq || seq < f.seq && attempt == behind || conflicts(failure) && sent == behind):
			return 0, f.explain(errOthers)
		case err == nil && seq == f.seq:
			return 0, nil
		case err != nil && !passing(err):
			return 0, f.explain(err)
		}
		if err := rest(ctx, attempt); err != nil {
			return 0, err
		}
	}
}

// try sends a batch. It has a moment to end when the context does, for the batch
// is under way.
func (f *Feed) try(ctx context.Context, b *batch) (uint64, error) {
	ctx, release := f.connected(context.WithoutCancel(ctx))
	defer release()
	first, last := b.messages[0], b.messages[len(b.messages)-1]
	first.Header.Set(jetstream.ExpectedStreamHeader, f.o.Stream)
	first.Header.Set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(f.seq, 10))
	last.Header.Set(FileHeader, b.mark.text())
	if len(b.messages) == 1 {
		ack, err := f.js.PublishMsg(ctx, last)
		if err != nil {
			return 0, err
		}
		return ack.Sequence, nil
	}
	p, err := jetstreamext.NewBatchPublisher(f.js, jetstreamext.BatchFlowControl{})
	if err != nil {
		return 0, err
	}
	for _, m := range b.messages[:len(b.messages)-1] {
		if err := p.AddMsg(m); err != nil {
			return 0, err
		}
	}
	ack, err := p.CommitMsg(ctx, last)
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}

// connected is a context that ends with the connection, over which no answer will
// come any more, or when an answer would have come.
func (f *Feed) connected(ctx context.Context) (inner context.Context, release func()) {
	inner, cancel := context.WithTimeout(ctx, answerWithin)
	lost := f.conn.StatusChanged(nats.RECONNECTING, nats.CLOSED)
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-lost:
			cancel()
		case <-inner.Done():
		}
	})
	return inner, func() {
		cancel()
		watch.Wait()
		f.conn.RemoveStatusListener(lost)
	}
}

// rest waits a growing while, but no longer than the context lasts.
func rest(ctx context.Context, attempt int) error {
	d := lastPause
	if attempt < 6 {
		d = firstPause << attempt
	}
	t := time.NewTimer(d/2 + rand.N(d/2))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// conflicts reports a compare-and-set that the server refused.
func conflicts(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

// passing reports trouble that goes away by itself: no connection, no answer, a
// server or cluster that has just begun.
func passing(err error) bool {
	for _, e := range []error{nats.ErrTimeout, nats.ErrNoResponders, nats.ErrConnectionReconnecting, nats.ErrDisconnected, nats.ErrReconnectBufExceeded,
		nats.ErrStaleConnection, jetstream.ErrNoStreamResponse, context.DeadlineExceeded, errLost} {
		if errors.Is(err, e) {
			return true
		}
	}
	var cut net.Error // while something was being sent
	if errors.As(err, &cut) {
		return true
	}
	var api *jetstream.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.ErrorCode {
	case jetstreamext.JSErrCodeBatchPublishIncomplete, jetstreamext.JSErrCodeAtomicPublishTooManyInflight, jetstreamext.JSErrCodeBatchPublishTooManyInflight:
		return true
	}
	return api.Code == 503 && api.ErrorCode != codeInsufficient && api.ErrorCode != codeStoreFailed || api.Code == 429
}

// explain words an error of the stream.
func (f *Feed) explain(err error) error {
	var api *jetstream.APIError
	where := fmt.Sprintf("the stream %s, subject %s", f.o.Stream, f.o.Subject)
	switch {
	case errors.Is(err, errOthers) || conflicts(err):
		return fmt.Errorf("%s: something else was published there meanwhile, by another cdrstream publish perhaps: give each its own subject (--subject), or wait for the other and run the same command again", where)
	case errors.As(err, &api) && (strings.Contains(api.Description, "exceeded") || api.ErrorCode == codeStorage || api.ErrorCode == codeInsufficient):
		return fmt.Errorf("%s: the server has no room for more (%w): give the stream larger limits or the server a larger disk, then run the same command again, it goes on", where, err)
	case errors.Is(err, jetstreamext.ErrBatchPublishNotEnabled) || errors.As(err, &api) && api.ErrorCode == jetstreamext.JSErrCodeBatchPublishNotEnabled:
		return f.noBatches()
	}
	return fmt.Errorf("%s: %w: check the stream, then run the same command again, it goes on", where, err)
}

func (f *Feed) noBatches() error {
	return fmt.Errorf("the stream %s takes no atomic batches, which --per-message needs: allow them (nats stream edit %s --allow-batch), or leave --per-message out", f.o.Stream, f.o.Stream)
}
