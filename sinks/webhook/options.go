package webhook

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/disk"
)

// Options of a Sink; all but URL may be left at their zero value.
type Options struct {
	URL    string        // http or https
	Token  string        // sent as a bearer token; empty: none
	States []alert.State // of the alerts that are sent, storms apart, which always are; nil: firing and resolved

	Batch     int           // most alerts of a request, 0: 100
	Timeout   time.Duration // of a request, 0: 10 s
	Drain     time.Duration // how long Close goes on sending, 0: 5 s
	MaxOutbox int64         // bytes that wait to be sent, 0: 64 MiB

	Log       func(message string) // trouble with the receiver, and its end; may be called by any goroutine. nil: nobody listens
	Transport http.RoundTripper    // nil: one like net/http's default
	Disk      disk.FS              // nil: the operating system's, files 0600, directories 0700
}

const (
	fileMode = 0o600
	dirMode  = 0o700
)

// complete checks o and fills in what was left out.
func (o *Options) complete() error {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errors.New("webhook: the URL is not one of http or https")
	}
	if strings.ContainsFunc(o.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("webhook: the token holds characters that no token has")
	}
	if o.States == nil {
		o.States = []alert.State{alert.Firing, alert.Resolved}
	}
	defaultTo(&o.Batch, 100)
	defaultTo(&o.Timeout, 10*time.Second)
	defaultTo(&o.Drain, 5*time.Second)
	defaultTo(&o.MaxOutbox, 64<<20)
	if o.Log == nil {
		o.Log = func(string) {}
	}
	if o.Transport == nil {
		o.Transport = &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute}
	}
	if o.Disk == nil {
		o.Disk = disk.New(fileMode, dirMode)
	}
	return nil
}

func defaultTo[T int | int64 | time.Duration](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}
