package jetstream

import (
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/engine/source"
)

// Two partitions of a stream by subject are two sources.
func TestPartitions(t *testing.T) {
	r := newRig(t)
	r.leaks()
	const all = 200
	for n := 1; n <= all; n++ {
		r.publish([]string{"s.a", "s.b"}[n%2], n, n)
	}
	for i, filter := range []string{"s.a", "s.b"} {
		p := r.open(Options{Subject: filter, BlockSize: 1})
		if p.src.Name() != "jetstream:S/"+filter {
			t.Error(p.src.Name())
		}
		p.until(all / 2)
		for k, n := range p.sequences {
			if want := uint64(2*k + 2 - i); n != want {
				t.Fatalf("%s: message %d is number %d, want %d", filter, k, n, want)
			}
		}
		p.close()
		half := r.open(Options{Subject: filter, BlockSize: 1}).until(all / 4)
		b := half.bookmark()
		half.close()
		rest := r.open(Options{Subject: filter}).resume(b).until(all / 4)
		if got := append(half.lines, rest.lines...); strings.Join(got, " ") != strings.Join(p.lines, " ") {
			t.Errorf("%s in two goes: %q", filter, got)
		}
		rest.close()
	}
}

// The position of a quiet partition moves on with the stream, so that what expires
// there is nothing that it misses.
func TestQuietPartition(t *testing.T) {
	r := newRig(t)
	r.leaks()
	r.publish("s.a", 1, 3)
	p := r.open(Options{Subject: "s.a"}).until(3)
	r.publish("s.b", 4, 50)
	moved := func() bool {
		if err := p.once(); err != source.ErrNone {
			t.Fatal(err)
		}
		return strings.Contains(p.bookmark().Evidence, `"next":51,"last":3`)
	}
	r.wait("the position moves on", moved)
	b := p.bookmark()
	r.do(r.stream().Purge(t.Context(), jetstream.WithPurgeSequence(41)))
	p.close()
	p = r.open(Options{Subject: "s.a"}).resume(b)
	r.publish("s.a", 51, 60)
	p.until(10).read(51, 60)
	p.close()

	// Behind the position of one that was not attached it cannot be told.
	r.publish("s.b", 61, 70)
	b = p.bookmark()
	r.do(r.stream().Purge(t.Context(), jetstream.WithPurgeSequence(66)))
	p = r.open(Options{Subject: "s.a"}).resume(b)
	if err := p.fails(); !strings.Contains(err.Error(), "messages 61 to 65 (5) are of the stream missing, and it cannot be told how many were of the subject") {
		t.Error(err)
	}
	p.close()
}

// A reader that does not read lets no more be sent than the queue takes.
func TestBackPressure(t *testing.T) {
	r := newRig(t)
	r.leaks()
	const all, queue = 5000, 32 << 10
	r.publish("s.a", 1, all)
	p := r.open(Options{Queue: queue, BlockSize: 1024}).until(1)
	s := p.src.(*Stream)
	size := func() int {
		s.queue.mu.Lock()
		defer s.queue.mu.Unlock()
		return s.queue.size
	}
	r.wait("the queue is full", func() bool {
		c := r.consumer()
		return size() >= queue/4 && c != nil && c.NumWaiting == 0
	})
	if n := size(); n > queue {
		t.Errorf("the queue holds %d bytes of %d", n, queue)
	}
	p.until(all).read(1, all)
	p.close()
}

// Messages that are longer than a request may be, and than the queue, come all the
// same.
func TestLongMessages(t *testing.T) {
	r := newRig(t)
	r.leaks()
	long := strings.Repeat(strings.Repeat("x", 99)+"\n", 2000)
	for range 3 {
		_, err := r.js.Publish(t.Context(), "s.a", []byte(long))
		r.do(err)
		r.publish("s.a", 1, 10)
	}
	p := r.open(Options{Queue: 1000, BlockSize: 100}).until(3 * 2010)
	if n := p.sequences[len(p.sequences)-1]; n != 33 {
		t.Errorf("the last message is %d", n)
	}
	p.close()
}

func TestLag(t *testing.T) {
	r := newRig(t)
	r.leaks()
	r.do(r.js.DeleteStream(t.Context(), "S"))
	r.create(func(c *jetstream.StreamConfig) { c.MaxMsgs = 1000 })
	r.publish("s.a", 1, 200)
	p := r.open(Options{BlockSize: 1, Queue: 2000})
	lag := func(waiting, headroom int64) {
		t.Helper()
		want := source.Lag{Waiting: waiting, Headroom: headroom}
		var got source.Lag
		defer func() {
			if t.Failed() {
				t.Logf("lag %+v, want %+v", got, want)
			}
		}()
		r.wait("the lag", func() bool { got = p.src.Lag(); return got == want })
	}
	if l := p.src.Lag(); l != (source.Lag{Waiting: -1, Headroom: -1}) {
		t.Errorf("before anything is known the lag is %+v", l)
	}
	p.until(1)
	lag(199, 1)
	p.until(50)
	lag(150, 50)
	r.publish("s.a", 201, 300)
	lag(250, 50)
	r.do(r.stream().Purge(t.Context(), jetstream.WithPurgeSequence(41)))
	lag(250, 10)
	p.until(300)
	lag(0, 260)
	p.close()
	r.do(r.js.DeleteStream(t.Context(), "S"))
	r.create(nil)
	p = r.open(Options{})
	if err := p.once(); err != source.ErrNone {
		t.Error(err)
	}
	lag(0, -1)
	p.close()
}

func TestClosed(t *testing.T) {
	r := newRig(t)
	r.leaks()
	r.publish("s.a", 1, 3)
	p := r.open(Options{}).until(3)
	if err := p.src.Seek(t.Context(), p.pos); err != nil {
		t.Error(err)
	}
	if err := p.src.Seek(t.Context(), source.Position{}); err == nil || !strings.Contains(err.Error(), "cannot go to byte 0") {
		t.Error(err)
	}
	p.close()
	p.close()
	if err := p.once(); err == nil || err.Error() != "jetstream:S: has been closed" {
		t.Error(err)
	}
	r.wait("the server forgets the consumer", func() bool { return r.consumer() == nil })

	conn := r.Connect()
	p = open(t, conn, Options{}).until(3)
	conn.Close()
	if err := p.fails(); !strings.Contains(err.Error(), "the connection to NATS was closed") {
		t.Error(err)
	}
	p.close()
}

// What was acknowledged may go from the stream at any time: it was read.
func TestPartitionTrimmed(t *testing.T) {
	r := newRig(t)
	r.leaks()
	p := r.open(Options{Subject: "s.a"})
	for from := 1; from <= 1000; from += 100 {
		r.publish("s.a", from, from+99)
		p.until(from + 99)
		if err := p.src.Ack(t.Context(), p.bookmark()); err != nil {
			t.Fatal(err)
		}
		r.do(r.stream().Purge(t.Context(), jetstream.WithPurgeSequence(uint64(from+99))))
	}
	moved := time.Now().Add(10 * p.src.(*Stream).pace.look)
	r.wait("some looks", func() bool {
		if err := p.once(); err != source.ErrNone {
			t.Fatal(err)
		}
		return time.Now().After(moved)
	})
	p.read(1, 1000)
	p.close()
}
