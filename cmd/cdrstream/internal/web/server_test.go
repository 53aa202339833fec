package web

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestOptions(t *testing.T) {
	if _, err := Listen(Options{}); err == nil {
		t.Error("a server of nothing")
	}
	o := options(t)
	o.Addresses = nil
	must(t, o.complete())
	if len(o.Addresses) != 1 || o.Addresses[0] != DefaultAddress {
		t.Errorf("it listens on %q", o.Addresses)
	}
}

func TestSeveralAddresses(t *testing.T) {
	o := options(t)
	o.Addresses = []string{"127.0.0.1:0", "127.0.0.2:0", "localhost:0"}
	s, err := Listen(o)
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	for i, a := range s.Addresses() {
		if r := get(t, fmt.Sprintf("http://%s/healthz", a)); r.status != 200 {
			t.Errorf("%s: %d", o.Addresses[i], r.status)
		}
	}
	cancel()
	must(t, <-ended)
	for _, a := range s.Addresses() {
		l, err := net.Listen("tcp", a.String())
		if err != nil {
			t.Errorf("%s is not given back: %v", a, err)
			continue
		}
		l.Close()
	}
}

// An address that is taken leaves none of the others in use.
func TestAddressTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	free.Close()
	o := options(t)
	o.Addresses = []string{free.Addr().String(), taken.Addr().String()}
	_, err = Listen(o)
	if err == nil || !strings.Contains(err.Error(), taken.Addr().String()) || !strings.Contains(err.Error(), "give another address") {
		t.Errorf("%v", err)
	}
	l, err := net.Listen("tcp", free.Addr().String())
	must(t, err)
	l.Close()
}

func TestCloseUnserved(t *testing.T) {
	s, err := Listen(options(t))
	must(t, err)
	s.Close()
	if err := s.Serve(context.Background()); err == nil {
		t.Error("it serves though it is closed")
	}
}

// A listener that fails ends all.
func TestListenerFails(t *testing.T) {
	o := options(t)
	o.Addresses = []string{"127.0.0.1:0", "127.0.0.1:0"}
	s, err := Listen(o)
	must(t, err)
	s.sites[1].listener.Close()
	if err := s.Serve(context.Background()); err == nil || !strings.Contains(err.Error(), s.Addresses()[1].String()) {
		t.Errorf("%v", err)
	}
}

// A request under way is answered before Serve returns.
func TestGrace(t *testing.T) {
	o := options(t)
	begun, end := make(chan struct{}), make(chan struct{})
	o.LookupTimeout = time.Minute
	o.Lookup = func(ctx context.Context, n string) ([]byte, error) {
		close(begun)
		<-end
		return known(ctx, n)
	}
	s, err := Listen(o)
	must(t, err)
	url := "http://" + s.Addresses()[0].String()
	ctx, cancel := context.WithCancel(context.Background())
	ended, replies := make(chan error, 1), make(chan reply, 1)
	go func() { ended <- s.Serve(ctx) }()
	go func() { replies <- get(t, url+subscribers+number) }()
	<-begun
	cancel()
	for { // until nobody new gets in
		c, err := net.Dial("tcp", s.Addresses()[0].String())
		if err != nil {
			break
		}
		c.Close()
	}
	select {
	case err := <-ended:
		t.Fatalf("it ended: %v", err)
	default:
	}
	close(end)
	if r := <-replies; r.status != 200 {
		t.Errorf("%d", r.status)
	}
	must(t, <-ended)
}

// Clients that read nothing, send half of a request, or wait for a look-up that does
// not end hold the end up for the grace and no longer.
func TestSlowClients(t *testing.T) {
	o := options(t)
	o.Grace, o.LookupTimeout = 50*time.Millisecond, time.Hour
	begun, gone := make(chan struct{}, 2), make(chan struct{}, 2)
	o.Lookup = func(ctx context.Context, n string) ([]byte, error) {
		begun <- struct{}{}
		if n == "much" {
			return make([]byte, 64<<20), nil
		}
		<-ctx.Done()
		gone <- struct{}{}
		return nil, ctx.Err()
	}
	s, err := Listen(o)
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	for _, request := range []string{
		"GET /v1/subscribers/much HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /v1/subscribers/waits HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET /metrics HTTP/1.1\r\nHost: loc",
		"POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n",
	} {
		c, err := net.Dial("tcp", s.Addresses()[0].String())
		must(t, err)
		defer c.Close()
		_, err = io.WriteString(c, request)
		must(t, err)
	}
	<-begun
	<-begun
	began := time.Now()
	cancel()
	select {
	case err := <-ended:
		must(t, err)
	case <-time.After(10 * time.Second):
		t.Fatal("it does not end")
	}
	if d := time.Since(began); d < o.Grace {
		t.Errorf("it ended after %s", d)
	}
	<-gone // the connection is closed, so its look-up is given up
}

func TestLimits(t *testing.T) {
	o := options(t)
	s, err := Listen(o)
	must(t, err)
	defer s.Close()
	h := s.sites[0].server
	if h.ReadHeaderTimeout <= 0 || h.ReadTimeout <= 0 || h.WriteTimeout <= o.LookupTimeout || h.IdleTimeout <= 0 || h.MaxHeaderBytes <= 0 {
		t.Errorf("without limits: %+v", h)
	}
}

func TestLongHeader(t *testing.T) {
	url := start(t, options(t))
	r := get(t, url+"/healthz", func(r *http.Request) { r.Header.Set("X-Long", strings.Repeat("x", 2*maxHeader)) })
	if r.status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%d", r.status)
	}
}
