package natstest

import (
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Create makes a stream, where one of the same name may just have been deleted: while a server
// still removes the files of that it says that it can not, and is asked again.
func Create(t testing.TB, js jetstream.JetStream, c jetstream.StreamConfig) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); ; <-tick.C {
		switch _, err := js.CreateStream(t.Context(), c); {
		case err == nil:
			return
		case !removes(err) || time.Now().After(end):
			t.Fatal(err)
		}
	}
}

// removes reports whether err is what a server says that still removes a stream: an error of
// no number of its own.
func removes(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.Description == "error creating store for stream"
}
