package natsserver

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

const (
	// DefaultPort is where a NATS server is looked for.
	DefaultPort = 4222
	// RandomPort asks for any free port.
	RandomPort = server.RANDOM_PORT

	defaultHost = "127.0.0.1"
	maxPayload  = 8 << 20   // bytes of a message: a record of the longest kind and its headers
	maxMemory   = 256 << 20 // bytes of streams in memory; ours are files
	lockName    = ".lock"
	readyWithin = 30 * time.Second
)

// Options say where a server listens and stores.
type Options struct {
	StoreDir string       // made with mode 0700 if it is not there
	Host     string       // a loopback address; empty: 127.0.0.1
	Port     int          // 0: DefaultPort
	MaxStore int64        // bytes of all streams; 0: three quarters of what is free when the server starts, and of what they hold then
	Log      func(string) // warnings and errors of the server, a line each, from any goroutine; nil: dropped
}

// Server is a running server.
type Server struct {
	server *server.Server
	lock   *os.File
}

// Start starts a server. It returns when clients can connect and all streams are
// there again; recovery of a large store takes a while. Errors name what is in
// the way and what to do about it.
func Start(o Options) (*Server, error) {
	if o.Host == "" {
		o.Host = defaultHost
	}
	if o.Port == 0 {
		o.Port = DefaultPort
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	lock, err := lockStore(o.StoreDir)
	if err != nil {
		return nil, err
	}
	s := &Server{lock: lock}
	if err := s.start(o); err != nil {
		s.Shutdown()
		return nil, err
	}
	return s, nil
}

// check refuses what would let others in, and a port that is taken.
func (o *Options) check() error {
	ip := net.ParseIP(o.Host)
	if o.Host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("the NATS server inside cdrstream listens on loopback addresses only, not on %s: run a nats-server of its own and point nats.url at it", o.Host)
	}
	if o.Port < 0 {
		return nil
	}
	l, err := net.Listen("tcp", o.address())
	if err != nil {
		return o.cannotListen(err)
	}
	return l.Close()
}

func (o *Options) address() string { return net.JoinHostPort(o.Host, strconv.Itoa(o.Port)) }

func (o *Options) cannotListen(err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("another cdrstream serve or nats-server listens on %s: stop it, give --nats-listen another port, or point nats.url at it", o.address())
	}
	return fmt.Errorf("the NATS server inside cdrstream cannot listen on %s: %w: choose another port, or point nats.url at a server", o.address(), err)
}

// lockStore makes the directory of the store and keeps other processes out of it
// until the file is closed.
func lockStore(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the store of the NATS server inside cdrstream: %w: make the directory writable", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the store of the NATS server inside cdrstream: %w: make the directory writable", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s is the store of another cdrstream serve that runs: stop that, or use another state directory", dir)
	}
	return f, nil
}

func (s *Server) start(o Options) (err error) {
	s.server, err = server.NewServer(&server.Options{
		ServerName: "cdrstream", Host: o.Host, Port: o.Port, NoSigs: true, MaxPayload: maxPayload,
		JetStream: true, StoreDir: o.StoreDir, SyncAlways: true, JetStreamMaxStore: o.MaxStore, JetStreamMaxMemory: maxMemory,
		DisableJetStreamBanner: true,
	})
	if err != nil {
		return fmt.Errorf("the NATS server inside cdrstream does not start: %w", err)
	}
	log := &logger{log: o.Log}
	s.server.SetLoggerV2(log, false, false, false)
	s.server.Start()
	if fatal := log.fatal(); fatal != "" {
		return fmt.Errorf("the NATS server inside cdrstream does not start (%s): check the port %d and the store in %s", fatal, o.Port, o.StoreDir)
	}
	if !s.server.ReadyForConnections(readyWithin) || !s.server.JetStreamEnabled() {
		return fmt.Errorf("the NATS server inside cdrstream is not ready after %s: check the disk of %s", readyWithin, o.StoreDir)
	}
	return s.checkStreams(o.StoreDir, log)
}

// ClientURL is where the server listens, as nats.url takes it.
func (s *Server) ClientURL() string { return s.server.ClientURL() }

// InProcess connects to the server without a network, see nats.InProcessServer.
func (s *Server) InProcess() nats.InProcessConnProvider { return s.server }

// Shutdown stops the server and waits until everything is on the disk.
// Connections to it are cut. It may be called again.
func (s *Server) Shutdown() {
	if s.server != nil {
		s.server.Shutdown()
		s.server.WaitForShutdown()
	}
	s.lock.Close() // which unlocks the store
}
