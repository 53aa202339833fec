// Package bus is the way of a live job to NATS: a server of its own inside the process,
// or the connection to another one.
package bus

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/natsconn"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/natsserver"
)

// Options say which server.
type Options struct {
	natsconn.Options          // without a URL it is a server inside the process
	Listen           string   // of that: a loopback address, host:port
	Store            string   // its directory
	Streams          []string // names of those that it must have; it makes NAME with the subjects name.>
}

// Bus is a connection, and perhaps the server behind it.
type Bus struct {
	Conn *nats.Conn
	JS   jetstream.JetStream

	server *natsserver.Server
}

// Open starts the server, if it is to be one of its own, and connects, for ever.
func Open(ctx context.Context, o Options) (b *Bus, err error) {
	b = &Bus{}
	defer func() {
		if err != nil {
			b.Close()
		}
	}()
	own := o.URL == ""
	if own {
		if b.server, err = start(o); err != nil {
			return nil, err
		}
		o.InProcess = b.server.InProcess()
	}
	if b.Conn, err = natsconn.Connect(ctx, o.Options); err != nil {
		return nil, err
	}
	if b.JS, err = jetstream.New(b.Conn); err != nil {
		return nil, fmt.Errorf("NATS: %w", err)
	}
	if own {
		return b, b.ensure(ctx, o)
	}
	return b, b.look(ctx, o)
}

// look refuses a stream that is not there, before anything is known of it: it would
// be a source of the job. What else may be wrong shows when it is read.
func (b *Bus) look(ctx context.Context, o Options) error {
	for _, name := range o.Streams {
		if _, err := b.JS.Stream(ctx, name); errors.Is(err, jetstream.ErrStreamNotFound) {
			return fmt.Errorf("%s has no stream %s: check its name, or create it (nats stream add %s)", o.URL, name, name)
		}
	}
	return nil
}

func start(o Options) (*natsserver.Server, error) {
	host, port, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		n = -1 // any free one
	}
	return natsserver.Start(natsserver.Options{Host: host, Port: n, StoreDir: o.Store, Log: o.Log})
}

// ensure makes the streams that are to be read.
func (b *Bus) ensure(ctx context.Context, o Options) error {
	for _, name := range o.Streams {
		_, notes, err := natsserver.EnsureStream(ctx, b.JS, natsserver.StreamOptions{
			Name: name, Subjects: []string{strings.ToLower(name) + ".>"},
		})
		if err != nil {
			return err
		}
		for _, n := range notes {
			o.Log(n)
		}
	}
	return nil
}

// Own reports whether the server is inside the process.
func (b *Bus) Own() bool { return b.server != nil }

// URL is where the server of its own listens.
func (b *Bus) URL() string { return b.server.ClientURL() }

// Trim has the server of its own remove the messages of some subjects of a stream before
// a sequence number, which nobody reads any more.
func (b *Bus) Trim(ctx context.Context, stream string, subjects []string, before uint64) error {
	s, err := b.JS.Stream(ctx, stream)
	if err == nil {
		_, err = natsserver.Trim(ctx, s, subjects, before)
	}
	return err
}

// Close ends the connection and the server. It may be called of nil.
func (b *Bus) Close() {
	if b == nil {
		return
	}
	if b.Conn != nil {
		b.Conn.Close()
	}
	if b.server != nil {
		b.server.Shutdown()
	}
}
