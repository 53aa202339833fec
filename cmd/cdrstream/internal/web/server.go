package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	toolkit "github.com/prometheus/exporter-toolkit/web"
)

// Limits of a request. Those who need more are not clients of this server.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 10 * time.Second
	writeTimeout  = time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 16 << 10
)

// Server serves a job. Listen makes one.
type Server struct {
	opt    Options
	sites  []site
	config string // web configuration file, empty: none
}

// site is one address.
type site struct {
	listener net.Listener
	server   *http.Server
}

// Listen listens on all addresses, or on none and tells why. An address that is not
// of the loopback takes a web configuration by which everybody has to authenticate.
// A port of 0 is any free one.
func Listen(o Options) (*Server, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	if err := toolkit.Validate(o.ConfigFile); err != nil {
		remedy := "mend the file"
		if errors.Is(err, fs.ErrNotExist) {
			remedy = "check the path"
		}
		return nil, fmt.Errorf("web configuration %s: %s: %s", o.ConfigFile, oneLine(err.Error()), remedy)
	}
	routes, err := newRoutes(&o)
	if err != nil {
		return nil, err
	}
	s := &Server{opt: o, config: o.ConfigFile}
	for _, address := range o.Addresses {
		if err := s.listen(address, routes); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

func (s *Server) listen(address string, routes http.Handler) error {
	at, err := resolve(address)
	if err != nil {
		return err
	}
	g := guard{config: s.config, loopback: at.IP.IsLoopback(), host: hostOf(address), log: s.opt.Log}
	if err := g.admit(address); err != nil {
		return err
	}
	l, err := net.ListenTCP("tcp", at)
	if err != nil {
		return fmt.Errorf("listen on %s: %w: end whatever has that port, or give another address", address, err)
	}
	s.sites = append(s.sites, site{l, &http.Server{
		Handler:           g.protect(routes),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.opt.Log.Handler(), slog.LevelWarn),
	}})
	return nil
}

// Addresses are those that it listens on, in the order of the options.
func (s *Server) Addresses() (all []net.Addr) {
	for _, x := range s.sites {
		all = append(all, x.listener.Addr())
	}
	return all
}

// Serve serves until ctx is done; then requests under way have until the grace is
// over, and their connections are closed. An error is one of the listeners. It is
// called once at most.
func (s *Server) Serve(ctx context.Context) error {
	var all sync.WaitGroup
	ended := make(chan error, len(s.sites))
	for _, x := range s.sites {
		all.Go(func() { ended <- x.serve(s.config, s.opt.Log) })
	}
	var first error
	select {
	case <-ctx.Done():
	case first = <-ended:
	}
	s.shutdown()
	all.Wait()
	return first
}

func (x site) serve(config string, log *slog.Logger) error {
	err := toolkit.Serve(x.listener, x.server, &toolkit.FlagConfig{WebConfigFile: &config}, slog.New(troubles{log.Handler()}))
	return fmt.Errorf("serve HTTP on %s: %w", x.listener.Addr(), err)
}

// troubles leaves out what the toolkit tells of addresses, which those who listen tell
// themselves.
type troubles struct{ slog.Handler }

func (t troubles) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && t.Handler.Enabled(ctx, level)
}

func (t troubles) WithAttrs(attrs []slog.Attr) slog.Handler {
	return troubles{t.Handler.WithAttrs(attrs)}
}

func (t troubles) WithGroup(name string) slog.Handler { return troubles{t.Handler.WithGroup(name)} }

// Encrypted reports whether the web configuration has the server speak TLS.
func (s *Server) Encrypted() bool {
	e, err := readEntry(s.config)
	return err == nil && e.encrypted
}

// shutdown lets requests under way end, within the grace.
func (s *Server) shutdown() {
	ctx, cancel := context.WithTimeout(context.Background(), s.opt.Grace)
	defer cancel()
	var all sync.WaitGroup
	for _, x := range s.sites {
		all.Go(func() { _ = x.server.Shutdown(ctx) }) // what it leaves is closed below
	}
	all.Wait()
	s.Close()
}

// Close ends a server at once, also one that is not served.
func (s *Server) Close() {
	for _, x := range s.sites {
		x.server.Close()
		x.listener.Close()
	}
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
