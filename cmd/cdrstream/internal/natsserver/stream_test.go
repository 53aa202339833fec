package natsserver_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/natsserver"
)

// A stream that is there is taken if it keeps what was not read.
func TestExistingStream(t *testing.T) {
	for _, c := range []struct {
		name   string
		stream jetstream.StreamConfig
		err    string
		notes  []string
	}{
		{"fits", jetstream.StreamConfig{Subjects: []string{"cdr.>"}, AllowAtomicPublish: true}, "", nil},
		{"more subjects", jetstream.StreamConfig{Subjects: []string{">"}, NoAck: true, AllowAtomicPublish: true}, "", nil},
		{"other subjects", jetstream.StreamConfig{Subjects: []string{"cdr.*"}, AllowAtomicPublish: true}, "takes the subjects cdr.*, not cdr.>", nil},
		{"no batches", jetstream.StreamConfig{Subjects: []string{"cdr.>"}}, "takes no atomic batches", nil},
		{"work queue", jetstream.StreamConfig{Subjects: []string{"cdr.>"}, AllowAtomicPublish: true, Retention: jetstream.WorkQueuePolicy}, "removes messages that others have read", nil},
		{"losing", jetstream.StreamConfig{Subjects: []string{"cdr.>"}, AllowAtomicPublish: true, MaxAge: time.Hour, MaxBytes: 1 << 20, MaxMsgsPerSubject: 5, Storage: jetstream.MemoryStorage}, "",
			[]string{"after 1h0m0s", "oldest messages when it is full", "keeps 5 messages of a subject", "lives in memory"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			js := connect(t, start(t, natsserver.Options{StoreDir: t.TempDir()}))
			c.stream.Name = "CDR"
			if _, err := js.CreateStream(t.Context(), c.stream); err != nil {
				t.Fatal(err)
			}
			_, notes, err := natsserver.EnsureStream(t.Context(), js, cdr)
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %v, want %q", err, c.err)
			}
			if len(notes) != len(c.notes) {
				t.Fatalf("notes %q, want %q", notes, c.notes)
			}
			for i, want := range c.notes {
				if !strings.Contains(notes[i], want) {
					t.Errorf("note %q, want %q", notes[i], want)
				}
			}
		})
	}
}

// A full stream refuses what is new and keeps what is there.
func TestFull(t *testing.T) {
	js := connect(t, start(t, natsserver.Options{StoreDir: t.TempDir()}))
	o := cdr
	o.MaxBytes = 4 << 10
	s := ensure(t, js, o)
	var err error
	for n := 0; err == nil && n < 100; n++ {
		_, err = js.Publish(t.Context(), "cdr.a", make([]byte, 512))
	}
	if err == nil || !strings.Contains(err.Error(), "maximum bytes exceeded") {
		t.Errorf("a full stream takes more: %v", err)
	}
	if info, err := s.Info(t.Context()); err != nil || info.State.FirstSeq != 1 {
		t.Errorf("the first message is gone: %+v, %v", info.State, err)
	}
}

// Trim keeps the last message of every subject.
func TestTrim(t *testing.T) {
	js := connect(t, start(t, natsserver.Options{StoreDir: t.TempDir()}))
	s := ensure(t, js, cdr)
	for _, subject := range []string{"cdr.a", "cdr.b", "cdr.a", "cdr.a", "cdr.a"} {
		publish(t, js, subject)
	}
	for _, c := range []struct {
		subject         string
		before, removed uint64
		left            []uint64
	}{
		{"cdr.b", 100, 0, []uint64{1, 2, 3, 4, 5}}, // what nobody reads stays
		{">", 1, 0, []uint64{1, 2, 3, 4, 5}},
		{"cdr.*", 4, 2, []uint64{2, 4, 5}},
		{"cdr.a", 100, 1, []uint64{2, 5}},
		{">", 100, 0, []uint64{2, 5}},
	} {
		removed, err := natsserver.Trim(t.Context(), s, []string{c.subject}, c.before)
		if err != nil || removed != c.removed {
			t.Errorf("before %d: %d removed, %v; want %d", c.before, removed, err, c.removed)
		}
		var left []uint64
		for seq := range uint64(6) {
			if _, err := s.GetMsg(t.Context(), seq); seq > 0 && err == nil {
				left = append(left, seq)
			}
		}
		if !slices.Equal(left, c.left) {
			t.Errorf("before %d: left %v, want %v", c.before, left, c.left)
		}
	}
}
