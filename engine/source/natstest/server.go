package natstest

import (
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// patience is how long a server has for anything.
const patience = 30 * time.Second

// Server is a NATS server with JetStream, on a port of its own.
type Server struct {
	t       testing.TB
	options server.Options
	server  *server.Server
}

// Run starts a server that stores what it keeps in a directory of the test, and
// stops it at the end of the test. change may change its options first.
func Run(t testing.TB, change func(*server.Options)) *Server {
	t.Helper()
	s := &Server{t: t, options: server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true,
		JetStream: true, StoreDir: t.TempDir(),
	}}
	if change != nil {
		change(&s.options)
	}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Start starts the server again, with the same port and store.
func (s *Server) Start() {
	s.t.Helper()
	o := s.options
	srv, err := server.NewServer(&o)
	if err != nil {
		s.t.Fatal(err)
	}
	srv.Start()
	if !srv.ReadyForConnections(patience) {
		s.t.Fatal("the NATS server does not start")
	}
	s.server = srv
	s.options.Port = srv.Addr().(*net.TCPAddr).Port
}

// Stop stops the server. Connections to it are cut.
func (s *Server) Stop() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
}

// URL is where the server listens.
func (s *Server) URL() string { return s.server.ClientURL() }

// Server is the server itself.
func (s *Server) Server() *server.Server { return s.server }

// Connect connects to the server, for ever, until the end of the test.
func (s *Server) Connect(options ...nats.Option) *nats.Conn {
	s.t.Helper()
	return connect(s.t, s.URL(), options...)
}

// JetStream connects to the server.
func (s *Server) JetStream() jetstream.JetStream {
	s.t.Helper()
	return stream(s.t, s.Connect())
}

func connect(t testing.TB, url string, options ...nats.Option) *nats.Conn {
	t.Helper()
	options = append([]nats.Option{nats.MaxReconnects(-1), nats.ReconnectWait(20 * time.Millisecond)}, options...)
	c, err := nats.Connect(url, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func stream(t testing.TB, c *nats.Conn) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return js
}
