package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	pause   = 10 * time.Millisecond // between two ticks
	block   = 250                   // records a message
	planted = 50 * time.Millisecond // between two planted calls
	header  = "record_id,start_time,ring_seconds,calling_number,called_number,duration_seconds,disposition"
)

// publisher publishes calls that end now.
type publisher struct {
	js       jetstream.JetStream
	o        options
	arrivals *arrivals
	rand     *rand.Rand

	records int
	plants  int
	took    time.Duration
	next    time.Time // planted call
}

func newPublisher(js jetstream.JetStream, o options, a *arrivals) *publisher {
	return &publisher{js: js, o: o, arrivals: a, rand: rand.New(rand.NewPCG(1, 2))}
}

// run publishes for as long as it is to.
func (p *publisher) run(ctx context.Context) error {
	start := time.Now()
	for n := 0; ; n++ {
		due := start.Add(time.Duration(n) * pause)
		time.Sleep(time.Until(due))
		passed := time.Since(start)
		if passed >= time.Duration(p.o.seconds)*time.Second {
			break
		}
		if err := p.tick(ctx, int(passed.Seconds()*float64(p.o.rate))-p.records); err != nil {
			return err
		}
	}
	select {
	case <-p.js.PublishAsyncComplete():
	case <-ctx.Done():
		return ctx.Err()
	}
	p.took = time.Since(start)
	return nil
}

// tick publishes n records.
func (p *publisher) tick(ctx context.Context, n int) error {
	for n > 0 {
		k := min(n, block)
		m := nats.NewMsg("cdr.live")
		m.Header["Cdr-Format"], m.Header["Cdr-Head"] = []string{"csv"}, []string{header}
		now := time.Now()
		for range k {
			m.Data = p.append(m.Data, now)
		}
		if _, err := p.js.PublishMsgAsync(m); err != nil {
			return fmt.Errorf("publish: %w", err)
		}
		n -= k
	}
	return ctx.Err()
}

// append appends a call that ends at now.
func (p *publisher) append(dst []byte, now time.Time) []byte {
	p.records++
	a, b := p.rand.IntN(p.o.subscribers), p.rand.IntN(p.o.subscribers)
	talk := p.rand.IntN(300)
	caller, called := fmt.Sprintf("49151%08d", a), fmt.Sprintf("49152%08d", b)
	if p.took == 0 && !now.Before(p.next) {
		p.next = now.Add(planted)
		p.plants++
		caller, called = fmt.Sprintf("49153%08d", p.plants), hotNumber
		p.arrivals.plant(caller, now)
	}
	start := now.Add(-time.Duration(talk) * time.Second).UTC()
	dst = fmt.Appendf(dst, "%d,", p.records)
	dst = start.AppendFormat(dst, "2006-01-02T15:04:05.000Z")
	return fmt.Appendf(dst, ",0,+%s,+%s,%d,answered\n", caller, called, talk)
}
