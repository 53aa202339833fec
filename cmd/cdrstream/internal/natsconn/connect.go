package natsconn

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Options say where to connect and how. Files are named with the key of the
// configuration in errors.
type Options struct {
	URL         string // nats://host:port or tls://host:port, several with commas between them
	Credentials string // file of a JWT and its seed
	NKey        string // file of a seed
	TokenFile   string // file of a token
	CA          string // file of certificates (PEM) that the server's is checked with; empty: the system's
	Cert, Key   string // files (PEM) that tell who we are

	// InProcess is a server in this process; URL and the files are of no use then.
	InProcess nats.InProcessConnProvider

	Name string       // of the client, in the server's monitoring
	Wait bool         // for a server that is not there yet, until the context ends
	Log  func(string) // losses and returns of the connection, weak files; from any goroutine; nil: dropped
}

const (
	firstPause = 250 * time.Millisecond
	lastPause  = 10 * time.Second
	dialTime   = 5 * time.Second

	vagueAttempts = 4 // after which an end without a reason counts as a refusal
)

// Connect connects. The connection is the caller's to close; until then it is
// made again whenever it is lost. What is published while there is none is not
// kept: it fails at once.
func Connect(ctx context.Context, o Options) (*nats.Conn, error) {
	if o.Log == nil {
		o.Log = func(string) {}
	}
	options, err := o.files()
	if err != nil {
		return nil, err
	}
	options = append(options, o.lasting()...)
	for attempt := 1; ; attempt++ {
		conn, err := nats.Connect(o.URL, options...)
		switch {
		case err == nil:
			return conn, nil
		case isVague(err) && attempt < vagueAttempts:
		case !o.Wait || !mayPass(err):
			return nil, o.explain(err)
		case attempt == 1:
			o.Log(fmt.Sprintf("%v; trying again until it answers", o.explain(err)))
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", o.explain(err), context.Cause(ctx))
		case <-time.After(pause(attempt)):
		}
	}
}

// Check makes sure that the files can be used, without asking a server.
func (o Options) Check() error {
	o.Log = func(string) {}
	_, err := o.files()
	return err
}

// lasting are the options by which a connection comes back.
func (o *Options) lasting() []nats.Option {
	all := []nats.Option{
		nats.Name(o.Name), nats.Timeout(dialTime), nats.MaxReconnects(-1), nats.CustomReconnectDelay(pause),
		nats.ReconnectBufSize(-1), nats.IgnoreAuthErrorAbort(), nats.PingInterval(20 * time.Second), nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(c *nats.Conn, err error) {
			if err != nil {
				o.Log(fmt.Sprintf("the connection to %s is lost (%v); trying again until it answers", o.where(), err))
			}
		}),
		nats.ReconnectHandler(func(c *nats.Conn) { o.Log("connected again to " + c.ConnectedUrlRedacted()) }),
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) {
			if sub != nil {
				o.Log(fmt.Sprintf("NATS, subject %s: %v", sub.Subject, err))
				return
			}
			o.Log(fmt.Sprintf("NATS: %v", err))
		}),
	}
	if o.InProcess != nil {
		all = append(all, nats.InProcessServer(o.InProcess))
	}
	return all
}

// pause is how long to wait before an attempt, counted from 1: doubled each time
// up to a limit, and anything from half of that up, so that a server that comes
// back is not asked by everybody at once.
func pause(attempt int) time.Duration {
	d := lastPause
	if attempt < 10 {
		d = min(lastPause, firstPause<<max(attempt-1, 0))
	}
	return d/2 + rand.N(d/2)
}

// mayPass reports whether an error of a first connection is one that goes away by
// itself: nobody answers, and not: somebody refuses.
func mayPass(err error) bool {
	if isTrust(err) || isCertificateWanted(err) || isRefusal(err) {
		return false
	}
	var n net.Error
	return errors.Is(err, nats.ErrNoServers) || errors.Is(err, nats.ErrTimeout) || errors.Is(err, nats.ErrConnectionClosed) ||
		errors.As(err, &n) || strings.Contains(err.Error(), "EOF")
}

// where is the URL without what is secret in it.
func (o *Options) where() string {
	if o.InProcess != nil {
		return "the NATS server inside cdrstream"
	}
	var all []string
	for _, u := range strings.Split(o.URL, ",") {
		u = strings.TrimSpace(u)
		if p, err := url.Parse(u); err == nil {
			u = p.Redacted()
			if p.User != nil && p.Host != "" {
				u = strings.Replace(u, p.User.Username()+"@", "xxxxx@", 1) // a token
			}
		}
		all = append(all, u)
	}
	return strings.Join(all, ", ")
}
