package jetstream

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/natstest"
)

// Whatever happens on the way, each message is read once and in order: no message is
// lost or repeated.
func TestCuts(t *testing.T) {
	const all, cuts = 4000, 2
	for _, c := range []struct {
		name string
		cut  func(r *rig, w *wire)
	}{
		{"server restarted", func(r *rig, _ *wire) { r.Stop(); r.Start() }},
		{"connection cut", func(_ *rig, w *wire) { w.cut() }},
		{"consumer deleted", func(r *rig, _ *wire) {
			r.wait("a consumer", func() bool { return r.consumer() != nil })
			r.do(r.stream().DeleteConsumer(r.t.Context(), r.consumer().Name))
		}},
		{"silence", func(_ *rig, w *wire) { w.hold() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.leaks()
			w := newWire(t, strings.TrimPrefix(r.URL(), "nats://"))
			conn, err := nats.Connect("nats://"+w.addr, nats.MaxReconnects(-1), nats.ReconnectWait(5*time.Millisecond), nats.PingInterval(200*time.Millisecond), nats.MaxPingsOutstanding(2))
			r.do(err)
			defer conn.Close()
			r.publish("s.a", 1, all/2)
			p := open(t, conn, Options{Queue: 64 << 10, BlockSize: 4 << 10})
			defer p.close()
			for n := 1; n <= cuts; n++ {
				p.until(n * all / 2 / (cuts + 1))
				c.cut(r, w)
			}
			p.until(all / 2)
			c.cut(r, w) // while nothing comes
			r.wait("publishing again", func() bool { return r.conn.IsConnected() })
			r.wait("JetStream again", func() bool { _, err := r.js.Stream(t.Context(), "S"); return err == nil })
			r.publish("s.a", all/2+1, all)
			p.until(all).read(1, all)
			for i, n := range p.sequences {
				if n != uint64(i+1) {
					t.Fatalf("message %d of those read is number %d", i+1, n)
				}
			}
			t.Log(p.log)
		})
	}
}

// Nobody knows what waits in a stream whose server is away.
func TestLagAway(t *testing.T) {
	r := newRig(t)
	r.leaks()
	r.publish("s.a", 1, 10)
	p := r.open(Options{}).until(10)
	defer p.close()
	r.wait("nothing waits", func() bool { return p.src.Lag().Waiting == 0 })
	r.Stop()
	r.wait("the lag is unknown", func() bool { return p.src.Lag().Waiting == -1 })
	r.Start()
	r.wait("it is known again", func() bool { return p.src.Lag().Waiting == 0 })
}

// A 3-node cluster that loses the leader of the stream while it is read.
func TestLeaderLost(t *testing.T) {
	const all = 600
	c := natstest.RunCluster(t)
	conn := c.Connect()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s.>"}, Replicas: 3}); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= all/2; n++ {
		publishSurely(t, js, n)
	}
	p := open(t, conn, Options{Queue: 8 << 10, BlockSize: 1 << 10})
	defer p.close()
	p.until(all / 4)
	b, read := p.bookmark(), len(p.lines)
	c.StopLeader("S")
	p.until(all / 2)
	for n := all/2 + 1; n <= all; n++ {
		publishSurely(t, js, n)
	}
	p.until(all).read(1, all)
	again := open(t, conn, Options{}).resume(b)
	defer again.close()
	again.until(all-read).read(read+1, all)
	t.Log(p.log)
}

// publishSurely sends a record until it is acknowledged; once in the stream.
func publishSurely(t *testing.T, js jetstream.JetStream, n int) {
	t.Helper()
	wait(t, "an acknowledgement", func() bool {
		_, err := js.Publish(t.Context(), "s.a", fmt.Appendf(nil, "r%d", n), jetstream.WithMsgID(fmt.Sprint(n)))
		return err == nil
	})
}

// Anything that the server says about the reading and that is not the end of a request
// makes the source attach anew.
func TestServerSays(t *testing.T) {
	r := newRig(t)
	r.leaks()
	requests, err := r.conn.SubscribeSync("$JS.API.CONSUMER.MSG.NEXT.S.*")
	r.do(err)
	r.do(r.conn.Flush())
	other := r.Connect()
	p := r.open(Options{})
	says := func(status string) *nats.Msg {
		m := nats.NewMsg("")
		m.Header.Set("Status", status[:3])
		m.Header.Set("Description", status[4:])
		return m
	}
	if err := p.once(); err != source.ErrNone {
		t.Fatal(err)
	}
	n := 0
	for _, forged := range []*nats.Msg{
		says("409 Consumer Deleted"), says("409 Leadership Change"), says("409 Server Shutdown"), says("503 No Responders"), says("400 Bad Request"),
	} {
		p.until(n)
		m, err := requests.NextMsg(patience)
		for ; err == nil && !strings.HasSuffix(m.Reply, ".1"); m, err = requests.NextMsg(patience) {
		} // the first one of a consumer
		r.do(err)
		forged.Subject = m.Reply
		r.do(other.PublishMsg(forged))
		r.do(other.Flush())
		r.publish("s.a", n+1, n+10)
		n += 10
	}
	p.until(n).read(1, n)
	r.do(requests.Unsubscribe())
	p.close()
}

// A delivery that is not the next one means that some were lost on the way.
func TestLostOnTheWay(t *testing.T) {
	r := newRig(t)
	p := r.open(Options{})
	s := p.src.(*Stream)
	s.front = mark{created: time.Now(), next: 5}
	v := &visit{s: s, amiss: make(chan struct{}, 1), received: 5}
	send := func(message, delivery int) {
		v.receive(&nats.Msg{Subject: "s.a", Reply: fmt.Sprintf("$JS.ACK.S.C.1.%d.%d.1600000000000000000.7", message, delivery), Data: fmt.Appendf(nil, "r%d", message)})
	}
	send(3, 1) // of a replica that was behind
	send(4, 2)
	send(5, 3)
	send(6, 4)
	if v.over || s.front.next != 7 || s.level.pending != 7 {
		t.Fatalf("%v, next %d", v.why, s.front.next)
	}
	send(8, 6) // 7 was lost
	send(7, 5)
	if err := v.settle(); err == nil || !strings.Contains(err.Error(), "lost on their way") || s.front.next != 7 {
		t.Errorf("%v, next %d", err, s.front.next)
	}
	s.queue.armed = false
	b, err := s.reader.read(t.Context(), nil)
	if err != nil || string(b.Data) != "r5\nr6\n" {
		t.Errorf("%q, %v", b.Data, err)
	}
}

// wire is a TCP proxy in front of a server.
type wire struct {
	t      testing.TB
	addr   string
	server string

	mu   sync.Mutex
	live []net.Conn
	held chan struct{} // closed when what is held may go on; nil: nothing is held
}

func newWire(t testing.TB, server string) *wire {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{t: t, addr: l.Addr().String(), server: server}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s, err := net.Dial("tcp", w.server)
			if err != nil {
				c.Close()
				continue
			}
			w.mu.Lock()
			w.live = append(w.live, c, s)
			w.mu.Unlock()
			all.Go(func() { w.copy(c, s) })
			all.Go(func() { w.copy(s, c) })
		}
	})
	t.Cleanup(func() { l.Close(); w.cut(); all.Wait() })
	return w
}

func (w *wire) copy(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		w.mu.Lock()
		held := w.held
		w.mu.Unlock()
		if held != nil {
			<-held
			return // what was held is lost
		}
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			if err != io.EOF {
				return
			}
			return
		}
	}
}

// cut ends all connections.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.live {
		c.Close()
	}
	w.live = nil
}

// hold lets nothing through any more on the connections there are, until the client
// gives one up.
func (w *wire) hold() {
	w.mu.Lock()
	held := make(chan struct{})
	w.held = held
	before := len(w.live)
	w.mu.Unlock()
	wait(w.t, "the client connects again", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.live) > before { // it has just connected: let that one live
			w.held = nil
			return true
		}
		return false
	})
	close(held)
}
