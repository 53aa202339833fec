package natstest

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Cluster is three NATS servers that keep streams together.
type Cluster struct {
	t       testing.TB
	Servers []*server.Server
}

// RunCluster starts a cluster and waits until it has a leader.
func RunCluster(t testing.TB) *Cluster {
	t.Helper()
	const size = 3
	var routes []string
	for range size {
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", freePort(t)))
	}
	c := &Cluster{t: t}
	for i := range size {
		s, err := server.NewServer(&server.Options{
			ServerName: fmt.Sprintf("n%d", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true,
			JetStream: true, StoreDir: t.TempDir(),
			Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: port(routes[i])},
			Routes:  server.RoutesFromStr(strings.Join(routes, ",")),
		})
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		c.Servers = append(c.Servers, s)
	}
	c.wait("the cluster finds no leader", func() bool {
		for _, s := range c.Servers {
			if s.ReadyForConnections(time.Second) && s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == size {
				return true
			}
		}
		return false
	})
	return c
}

// URLs are where the servers listen, as nats.Connect takes them.
func (c *Cluster) URLs() string {
	var all []string
	for _, s := range c.Servers {
		all = append(all, s.ClientURL())
	}
	return strings.Join(all, ",")
}

// Connect connects to the cluster, for ever, until the end of the test.
func (c *Cluster) Connect() *nats.Conn {
	c.t.Helper()
	return connect(c.t, c.URLs())
}

// JetStream connects to the cluster.
func (c *Cluster) JetStream() jetstream.JetStream {
	c.t.Helper()
	return stream(c.t, c.Connect())
}

// StopLeader stops the server that leads a stream, and waits until another does.
func (c *Cluster) StopLeader(name string) {
	c.t.Helper()
	old := c.leader(name)
	if old == nil {
		c.t.Fatalf("the stream %s has no leader", name)
	}
	old.Shutdown()
	old.WaitForShutdown()
	c.wait("no other server leads the stream "+name, func() bool {
		now := c.leader(name)
		return now != nil && now != old
	})
}

func (c *Cluster) leader(name string) *server.Server {
	for _, s := range c.Servers {
		if s.Running() && s.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, name) {
			return s
		}
	}
	return nil
}

func (c *Cluster) wait(trouble string, done func() bool) {
	c.t.Helper()
	wait(c.t, trouble, done)
}

// wait waits until done, and says what the trouble is if that takes too long.
func wait(t testing.TB, trouble string, done func() bool) {
	t.Helper()
	tick, end := time.NewTicker(5*time.Millisecond), time.Now().Add(patience)
	defer tick.Stop()
	for ; !done(); <-tick.C {
		if time.Now().After(end) {
			t.Fatal(trouble)
		}
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func port(url string) (n int) {
	_, text, _ := strings.Cut(strings.TrimPrefix(url, "nats://"), ":")
	_, _ = fmt.Sscan(text, &n)
	return n
}
