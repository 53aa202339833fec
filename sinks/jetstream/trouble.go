package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// trouble is why nothing can be published now.
type trouble struct {
	kind kind
	text string              // what, where, what to do
	code jetstream.ErrorCode // of the server, 0: none
}

func (t *trouble) Error() string { return t.text }

// kind tells troubles apart whose texts may change from one attempt to the next.
type kind uint8

const (
	away     kind = iota + 1 // the server does not answer, or not yet
	declined                 // it declines a batch
	unfit                    // there is no stream, or it is not made for this
	foreign                  // the last marker is not of this outbox
	ahead                    // it is of a place that this outbox has not come to
	behind                   // it is of a place before what was acknowledged
	doubtful                 // there is none, and something may have been published
	tooLarge                 // a message is larger than the server takes
)

// lasting troubles end only when somebody does something.
func (k kind) lasting() bool { return k >= unfit }

// absent is the trouble of a server that did not do what it was asked: it does not
// answer or has no JetStream now, or it declined.
func absent(what string, err error) *trouble {
	api := (*jetstream.APIError)(nil)
	switch {
	case errors.As(err, &api) && api.Code < 500:
		return answered(declined, what, api)
	case errors.As(err, &api):
		return answered(away, what, api)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, nats.ErrTimeout):
		return &trouble{kind: away, text: what + ": no answer in time"}
	case errors.Is(err, context.Canceled):
		return &trouble{kind: away, text: what + ": no answer before the end of the run"}
	case errors.Is(err, nats.ErrNoResponders), errors.Is(err, jetstream.ErrNoStreamResponse):
		return &trouble{kind: away, text: what + ": nobody answers: JetStream or the stream is not available"}
	}
	return &trouble{kind: away, text: what + ": " + oneLine(err.Error())}
}

func answered(k kind, what string, e *jetstream.APIError) *trouble {
	return &trouble{k, fmt.Sprintf("%s: the server says: %s (%d)", what, oneLine(e.Description), e.ErrorCode), e.ErrorCode}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
