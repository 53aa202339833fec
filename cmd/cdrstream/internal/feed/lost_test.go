package feed_test

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/feed"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/natsconn"
)

// proxy stands between a publisher and its server. While it is mute, nothing of
// what the server says comes through.
type proxy struct {
	listener net.Listener
	to       string
	mute     atomic.Bool

	mu    sync.Mutex
	conns []net.Conn
	wg    sync.WaitGroup
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, to: to}
	p.wg.Go(p.accept)
	t.Cleanup(func() { l.Close(); p.cut(); p.wg.Wait() })
	return p
}

func (p *proxy) accept() {
	for {
		in, err := p.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", p.to)
		if err != nil {
			in.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, in, out)
		p.mu.Unlock()
		p.wg.Go(func() { _, _ = io.Copy(out, in) })
		p.wg.Go(func() { _, _ = io.Copy(answers{p, in}, out) })
	}
}

// cut closes all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

type answers struct {
	p  *proxy
	to net.Conn
}

func (a answers) Write(b []byte) (int, error) {
	if a.p.mute.Load() {
		return len(b), nil
	}
	return a.to.Write(b)
}

// A batch that is stored, but whose acknowledgement was lost with the connection,
// is not stored again.
func TestAcknowledgementLost(t *testing.T) {
	for _, single := range []bool{false, true} {
		b := newBed(t, nil)
		text := lines("a", 0, 5000)
		path := b.write("a.csv", header+"\n"+text)
		p := newProxy(t, b.server.Server().Addr().String())
		stream, err := b.js.Stream(t.Context(), "CDR")
		if err != nil {
			t.Fatal(err)
		}
		var losing sync.WaitGroup
		losses := 0
		stop := b.killer(2, func() {
			p.mute.Store(true)
			losing.Go(func() {
				defer p.mute.Store(false)
				defer p.cut()
				for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
					if info, err := stream.Info(t.Context()); err == nil && info.State.LastSeq >= 2 {
						losses++
						return
					}
				}
			})
		})
		o := b.options()
		o.Rate, o.PerMessage = 1e5, single
		conn, err := natsconn.Connect(t.Context(), natsconn.Options{URL: "nats://" + p.listener.Addr().String()})
		if err != nil {
			t.Fatal(err)
		}
		f, err := feed.New(t.Context(), conn, o)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.Run(t.Context(), []string{path})
		losing.Wait()
		stop()
		conn.Close()
		if err != nil || losses != 1 {
			t.Errorf("%v, %d losses", err, losses)
		}
		b.expect(text)
	}
}
