package jetstream

import (
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
	"github.com/cdrstream/cdrstream/engine/source/natstest"
)

// fragile is a disk on which a file can be renamed so many times.
type fragile struct {
	disk.FS
	left atomic.Int64
}

func (f *fragile) Rename(from, to string) error {
	if f.left.Add(-1) < 0 {
		return syscall.EIO
	}
	return f.FS.Rename(from, to)
}

// killed is a sink whose process is killed after the server took the last batch of the
// second epoch and before the outbox knows.
func (w *real) killed(change func(*Options)) {
	w.t.Helper()
	d := &fragile{FS: w.disk}
	d.left.Store(3) // in the beginning, before the first batch, and at the end of the first epoch
	s := w.sink(w.js, func(o *Options) { o.Disk = d; change(o) })
	must(w.t, s.Recover(ctx, 0, nil))
	w.add(s, 1, 12)
	w.drained(s)
	d.left.Store(1) // before the first batch of the second epoch
	w.add(s, 1, 12)
	wait(w.t, func() string { return fmt.Sprintf("%+v %d %v", s.Pending(), d.left.Load(), &w.logs) }, func() bool { return s.stage.Err() != nil })
	w.disk = w.disk.Crash(100, 0)
}

func (w *real) reborn(change func(*Options)) *Alerts { return w.sink(w.js, change) }

// The process is killed after the server took a batch and before the outbox knows.
// The restart comes at once, or when every message but the marker has expired.
func TestKilled(t *testing.T) {
	for _, c := range []struct {
		name string
		age  time.Duration
	}{{"at once", 0}, {"late", 200 * time.Millisecond}} {
		t.Run(c.name, func(t *testing.T) {
			srv := natstest.Run(t, nil)
			w := newReal(t, srv.JetStream())
			change := func(o *Options) { o.Create = &Create{Stream: "S", MaxAge: c.age} }
			w.killed(change)
			if c.age > 0 {
				w.expired(1)
			} else {
				w.check(1, 2, 12)
			}
			last := w.lastSeq()
			s := w.reborn(change)
			must(t, s.Recover(ctx, 2, nil))
			w.drained(s)
			if again := w.lastSeq() - last; again != 0 {
				t.Fatalf("%d messages came again", again)
			}
			w.adds(s, 12, 12+3)
			must(t, s.Close())
			if w.logs.String() != "[]" {
				t.Fatal(&w.logs)
			}
		})
	}
}

// adds commits an epoch of n alerts, and makes sure that the stream gets so many
// messages, whether it still has them or not.
func (w *real) adds(s *Alerts, n, messages int) {
	w.t.Helper()
	last := w.lastSeq()
	w.add(s, 1, n)
	w.drained(s)
	if got := w.lastSeq() - last; got != uint64(messages) {
		w.t.Fatalf("the stream got %d messages, want %d: %v", got, messages, &w.logs)
	}
}

func (w *real) lastSeq() uint64 {
	w.t.Helper()
	st, err := w.js.Stream(ctx, "S")
	must(w.t, err)
	return st.CachedInfo().State.LastSeq
}

// expired waits until the stream has only n messages.
func (w *real) expired(n uint64) {
	w.t.Helper()
	wait(w.t, func() string { return "nothing expires" }, func() bool {
		st, err := w.js.Stream(ctx, "S")
		return err == nil && st.CachedInfo().State.Msgs == n
	})
}

// Where markers expire, a late restart is told when it cannot know, and goes on when
// it can.
func TestMarkerExpired(t *testing.T) {
	srv := natstest.Run(t, nil)
	w := newReal(t, srv.JetStream())
	_, err := w.js.CreateStream(ctx, jetstream.StreamConfig{
		Name: "S", Subjects: []string{"alerts", "alerts.commit", "others"}, AllowAtomicPublish: true, MaxAge: 200 * time.Millisecond,
	})
	must(t, err)
	same := func(*Options) {}
	s := w.reborn(same)
	must(t, s.Recover(ctx, 0, nil))
	w.add(s, 2, 12)
	w.drained(s)
	w.expired(0)
	_, err = w.js.Publish(ctx, "others", nil)
	must(t, err)
	w.adds(s, 3, 3+1) // the same process goes on
	must(t, s.Close())
	w.expired(0)
	s = w.reborn(same) // and the next one
	must(t, s.Recover(ctx, 3, nil))
	w.adds(s, 3, 3+1)
	must(t, s.Close())

	w.disk, w.epoch = disktest.New(), 0
	must(t, w.js.DeleteStream(ctx, "S"))
	natstest.Create(t, w.js, jetstream.StreamConfig{
		Name: "S", Subjects: []string{"alerts", "alerts.commit"}, AllowAtomicPublish: true, MaxAge: 200 * time.Millisecond,
	})
	w.killed(same)
	w.expired(0)
	err = w.reborn(same).Recover(ctx, 2, nil)
	if err == nil || !strings.Contains(err.Error(), "the last marker of alerts is gone") || !strings.Contains(err.Error(), "remove its position.json") {
		t.Fatal(err)
	}
}

// A marker that somebody purged, or a stream that is another one, leaves a doubt only
// where an outcome is unknown.
func TestMarkerPurged(t *testing.T) {
	same := func(*Options) {}
	for _, c := range []struct {
		name   string
		purge  func(t *testing.T, js jetstream.JetStream)
		killed bool
		want   string
	}{
		{"purged", purgeMarker, true, "the last marker of alerts is gone"},
		{"purged, known", purgeMarker, false, ""},
		{"another stream", anotherStream, true, "the last marker of alerts is gone"},
		{"another stream, known", anotherStream, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := natstest.Run(t, nil)
			w := newReal(t, srv.JetStream())
			if c.killed {
				w.killed(same)
			} else {
				s := w.reborn(same)
				must(t, s.Recover(ctx, 0, nil))
				w.add(s, 2, 12)
				w.drained(s)
				must(t, s.Close())
			}
			c.purge(t, w.js)
			s := w.reborn(same)
			err := s.Recover(ctx, 2, nil)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Fatal(err)
			}
		})
	}
}

func purgeMarker(t *testing.T, js jetstream.JetStream) {
	st, err := js.Stream(ctx, "S")
	must(t, err)
	must(t, st.Purge(ctx, jetstream.WithPurgeSubject("alerts.commit")))
}

func anotherStream(t *testing.T, js jetstream.JetStream) {
	must(t, js.DeleteStream(ctx, "S"))
	natstest.Create(t, js, jetstream.StreamConfig{Name: "S", Subjects: []string{"alerts", "alerts.commit"}, AllowAtomicPublish: true})
}

// The stream is restored as it was before the last rows, or the outbox is: nothing is
// published.
func TestRolledBack(t *testing.T) {
	srv := natstest.Run(t, nil)
	w := newReal(t, srv.JetStream())
	_, err := w.js.CreateStream(ctx, jetstream.StreamConfig{Name: "S", Subjects: []string{"alerts", "alerts.commit"}, AllowAtomicPublish: true})
	must(t, err)
	same := func(*Options) {}
	s := w.reborn(same)
	must(t, s.Recover(ctx, 0, nil))
	w.add(s, 1, 3)
	w.drained(s)
	must(t, s.Close())
	old, newer := w.disk.Crash(100, 0), w.disk.Crash(100, 0)
	on := func(d *disktest.Memory) *Alerts { return w.sink(w.js, func(o *Options) { o.Disk = d }) }
	s = on(newer)
	must(t, s.Recover(ctx, 1, nil))
	w.add(s, 1, 3)
	w.drained(s)
	must(t, s.Close())

	err = on(old).Recover(ctx, 1, nil)
	if err == nil || !strings.Contains(err.Error(), "alerts is ahead of the outbox") {
		t.Fatal(err)
	}
	st, err := w.js.Stream(ctx, "S")
	must(t, err)
	last := st.CachedInfo().State.LastSeq
	must(t, st.DeleteMsg(ctx, last)) // the marker of the second epoch
	err = on(newer).Recover(ctx, 2, nil)
	if err == nil || !strings.Contains(err.Error(), "has lost rows that it had acknowledged") {
		t.Fatal(err)
	}
}
