package natstest_test

import (
	"context"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/engine/source/natstest"
)

// A server that was stopped and started again has what was stored, for a client
// that was connected all the time.
func TestRestart(t *testing.T) {
	s := natstest.Run(t, nil)
	js := s.JetStream()
	make1(t, js, 1)
	s.Stop()
	s.Start()
	see(t, js, 1)
}

// A cluster that lost the leader of a stream still has what was stored.
func TestLeaderLost(t *testing.T) {
	c := natstest.RunCluster(t)
	js := c.JetStream()
	make1(t, js, 3)
	c.StopLeader("S")
	see(t, js, 1)
}

func make1(t *testing.T, js jetstream.JetStream, replicas int) {
	t.Helper()
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}, Replicas: replicas}); err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(t.Context(), "s", []byte("x")); err != nil {
		t.Fatal(err)
	}
}

func see(t *testing.T, js jetstream.JetStream, want uint64) {
	t.Helper()
	for {
		s, err := js.Stream(context.Background(), "S")
		if err != nil {
			if t.Context().Err() != nil {
				t.Fatal(err)
			}
			continue
		}
		if got := s.CachedInfo().State.Msgs; got != want {
			t.Fatalf("%d messages, want %d", got, want)
		}
		return
	}
}
