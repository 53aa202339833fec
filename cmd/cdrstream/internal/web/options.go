package web

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// DefaultAddress is where a server listens that was told nothing. The port is in the
// range of Prometheus's exporters (9100 to 9999, all of it given away by now); it is
// one that nothing on a switch's or mediation's host is known to use, and outside
// of the range from which Linux takes ports for outgoing connections.
const DefaultAddress = "127.0.0.1:9377"

// What Lookup returns; they may be wrapped.
var (
	ErrNotFound  = errors.New("no such subscriber")
	ErrMalformed = errors.New("that is no subscriber's number")
	ErrNotReady  = errors.New("the job cannot answer now")
)

// Options say what is served, and where.
type Options struct {
	Addresses  []string // host:port each; none: DefaultAddress. See Listen
	ConfigFile string   // web configuration of Prometheus's exporters: TLS, basic authentication; empty: none

	Gatherer prometheus.Gatherer // of /metrics

	// Failed returns why the job has failed, nil while it has not. It is one line, and
	// shown to whoever asks for /healthz.
	Failed func() error
	// NotReady returns why the job is not reading (it has not resumed yet, or stops),
	// nil while it is. It is one line, and shown to whoever asks for /readyz or
	// a subscriber.
	NotReady func() error

	// Lookup returns the JSON of a subscriber, or ErrNotFound, ErrMalformed,
	// ErrNotReady. Any other error is answered with status 500, logged as the type of
	// the error, and not shown: it may hold the number. It is called by many goroutines
	// and returns soon after ctx is done. nil: there are no look-ups.
	Lookup func(ctx context.Context, number string) (body []byte, err error)
	// LookedUp takes how long a call of Lookup took. May be nil.
	LookedUp func(time.Duration)
	// MaxLookups is how many calls of Lookup there may be at a time, 64 if 0. One more
	// is refused at once with status 429: they take turns with the records in the
	// data path, and a queue would only hide that they come too fast.
	MaxLookups    int
	LookupTimeout time.Duration // of each, 2s if 0

	Pprof   bool          // serve /debug/pprof/
	Grace   time.Duration // for requests under way when Serve ends, 5s if 0
	Version string        // shown on the landing page
	Log     *slog.Logger
}

func (o *Options) complete() error {
	if o.Gatherer == nil || o.Failed == nil || o.NotReady == nil || o.Log == nil {
		return errors.New("web: a gatherer, the job's condition and a logger are needed")
	}
	if len(o.Addresses) == 0 {
		o.Addresses = []string{DefaultAddress}
	}
	if o.MaxLookups <= 0 {
		o.MaxLookups = 64
	}
	if o.LookupTimeout <= 0 {
		o.LookupTimeout = 2 * time.Second
	}
	if o.Grace <= 0 {
		o.Grace = 5 * time.Second
	}
	if o.LookedUp == nil {
		o.LookedUp = func(time.Duration) {}
	}
	return nil
}
