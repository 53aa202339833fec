package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// rules fire for whoever calls the number that the planted calls go to.
const ruleFile = `groups:
- name: live
  rules:
  - id: planted
    type: test
    on: activity
    expr: hotlist_calls_24h >= 1
    severity: warning
`

const (
	natsAddress = "127.0.0.1:14222"
	hotNumber   = "4915000000000"
	configFile  = "hotlist: [\"" + hotNumber + "\"]\n"
)

// run feeds a serve and returns what came of it.
func run(ctx context.Context, o options, log io.Writer) (*report, error) {
	dir, err := os.MkdirTemp("", "cdrstream-live")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	end, err := serve(ctx, o, dir, log)
	if err != nil {
		return nil, err
	}
	r, err := feed(ctx, o)
	return r, errors.Join(err, end())
}

// serve starts the program. end has it stop, and waits for that.
func serve(ctx context.Context, o options, dir string, log io.Writer) (end func() error, err error) {
	rules, config := filepath.Join(dir, "rules.yaml"), filepath.Join(dir, "config.yaml")
	if err := errors.Join(os.WriteFile(rules, []byte(ruleFile), 0o600), os.WriteFile(config, []byte(configFile), 0o600)); err != nil {
		return nil, err
	}
	c := exec.Command(o.program, "serve", "--quiet", "--lateness", "0s", "--rules", rules, "--config", config,
		"--nats-listen", natsAddress, "--listen", "127.0.0.1:0", "--alerts-to", "alerts.live",
		"--checkpoint-every", o.every.String(), "--state", filepath.Join(dir, "state"), "--out", filepath.Join(dir, "out"))
	c.Stderr = log
	if err := c.Start(); err != nil {
		return nil, err
	}
	return func() error {
		_ = c.Process.Signal(syscall.SIGTERM)
		return c.Wait()
	}, ctx.Err()
}

// alert is what is looked at of one.
type alert struct {
	Subscriber string `json:"subscriber"`
}

// arrivals notes when alerts come.
type arrivals struct {
	mu   sync.Mutex
	sent map[string]time.Time // of the planted calls, by caller
	took []time.Duration
	odd  int // alerts of nobody who was planted, or twice
}

func (a *arrivals) plant(caller string, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sent[caller] = at
}

func (a *arrivals) arrive(m *nats.Msg) {
	now := time.Now()
	var x alert
	err := json.Unmarshal(m.Data, &x)
	a.mu.Lock()
	defer a.mu.Unlock()
	at, planted := a.sent[x.Subscriber]
	if err != nil || !planted {
		a.odd++
		return
	}
	delete(a.sent, x.Subscriber)
	a.took = append(a.took, now.Sub(at))
}

// left counts the planted calls of which no alert has come.
func (a *arrivals) left() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.sent)
}

// feed publishes at the rate and waits for the alerts.
func feed(ctx context.Context, o options) (*report, error) {
	conn, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	js, err := jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(1024))
	if err != nil {
		return nil, err
	}
	a := &arrivals{sent: map[string]time.Time{}}
	sub, err := conn.Subscribe("alerts.live", a.arrive)
	if err != nil {
		return nil, err
	}
	defer func() { _ = sub.Unsubscribe() }()
	p := newPublisher(js, o, a)
	if err := p.run(ctx); err != nil {
		return nil, err
	}
	for end := time.Now().Add(30 * time.Second); a.left() > 0 && time.Now().Before(end); {
		if err := p.tick(ctx, 1); err != nil { // event time has to go on
			return nil, err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return newReport(o, p, a), nil
}

// connect waits for the server inside serve, and for its stream.
func connect(ctx context.Context) (*nats.Conn, error) {
	var last error
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
		conn, err := nats.Connect("nats://" + natsAddress)
		if err == nil {
			var js jetstream.JetStream
			if js, err = jetstream.New(conn); err == nil {
				if _, err = js.Stream(ctx, "CDR"); err == nil {
					return conn, nil
				}
			}
			conn.Close()
		}
		last = err
	}
	return nil, fmt.Errorf("serve does not answer on %s: %w", natsAddress, last)
}
