package natstest

import (
	"errors"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
)

// Create makes a stream, where one of the same name may just have been deleted: while a server
// still removes the files of that it says that it can not, and is asked again.
func Create(t testing.TB, js jetstream.JetStream, c jetstream.StreamConfig) {
	t.Helper()
	var err error
	wait(t, "the server does not make a stream behind a deleted one", func() bool {
		_, err = js.CreateStream(t.Context(), c)
		return !removes(err)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// removes reports whether err is what a server says that still removes a stream: an error of
// no number of its own.
func removes(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.Description == "error creating store for stream"
}
