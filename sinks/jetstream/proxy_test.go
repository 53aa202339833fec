package jetstream

import (
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// proxy is between a client and the server. It can swallow the answer to a commit and
// cut the connection.
type proxy struct {
	net.Listener
	to     string
	middle chan struct{} // if not nil: once, when part of a batch is through, it gets something, and the rest waits until it is closed
	once   sync.Once
	mu     sync.Mutex
	cut    int // so many commits lose their answers
	cuts   int // so many have
}

func newProxy(t *testing.T, to string) *proxy {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p := &proxy{Listener: l, to: strings.TrimPrefix(to, "nats://")}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c)
		}
	}()
	return p
}

func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer server.Close()
	var mute sync.Map // holds something: the client hears nothing more
	go func() {
		defer client.Close()
		buf := make([]byte, 64<<10)
		for {
			n, err := server.Read(buf)
			if err != nil {
				return
			}
			if _, muted := mute.Load(0); muted {
				// The first thing that would have been heard is the answer.
				if strings.Contains(string(buf[:n]), `"seq"`) {
					return
				}
				continue
			}
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	buf := make([]byte, 64<<10)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		if strings.Contains(string(buf[:n]), "Nats-Batch-Commit") && p.strike() {
			mute.Store(0, true)
		}
		if _, err := server.Write(buf[:n]); err != nil {
			return
		}
		if p.middle != nil && strings.Contains(string(buf[:n]), "Nats-Batch-Id") && !strings.Contains(string(buf[:n]), "Nats-Batch-Commit") {
			p.once.Do(func() {
				p.middle <- struct{}{}
				<-p.middle
			})
		}
	}
}

func (p *proxy) strike() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cut == 0 {
		return false
	}
	p.cut--
	p.cuts++
	return true
}

func connect(t *testing.T, url string) jetstream.JetStream {
	t.Helper()
	c, err := nats.Connect(url, nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond))
	must(t, err)
	t.Cleanup(c.Close)
	js, err := jetstream.New(c)
	must(t, err)
	return js
}
