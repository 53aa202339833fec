package main

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/web"
)

// server is the HTTP server of a live job.
type server struct {
	watch  *watch
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// listen starts the HTTP server, if there is to be one. It answers before the job
// reads, and until that has ended.
func (s *serve) listen() (*server, error) {
	v := &server{watch: s.watch, cancel: func() {}}
	if l := s.cfg.HTTPListen; len(l) == 0 || len(l) == 1 && l[0] == "none" {
		return v, nil
	}
	var err error
	if s.watch.numbers, err = s.builder.plan.Normalizer(s.builder.numberRules(s.cfg.For(""))); err != nil {
		return nil, usage(err)
	}
	w, err := web.Listen(web.Options{
		Addresses: s.cfg.HTTPListen, ConfigFile: s.cfg.HTTPConfig, Pprof: s.cfg.HTTPPprof, Version: version(), Log: s.log,
		Gatherer: s.watch.metrics.Registry(), Failed: s.watch.condition, NotReady: s.watch.unready,
		Lookup: s.watch.look, LookedUp: s.watch.metrics.ObserveLookup,
	})
	if err != nil {
		return nil, usage(err)
	}
	for _, a := range w.Addresses() {
		s.log.Info("HTTP", "listens", a.String(), "tls", w.Encrypted())
	}
	ctx, cancel := context.WithCancel(context.Background())
	v.cancel = cancel
	v.done.Go(func() {
		if err := w.Serve(ctx); err != nil {
			s.log.Error("the HTTP server has ended", "error", err)
		}
	})
	return v, nil
}

// failed tells how the job ended.
func (v *server) failed(err error) { v.watch.failed(err) }

// stop ends the server once it has answered what was asked.
func (v *server) stop() {
	v.cancel()
	v.done.Wait()
}

// trimEvery is how often what was read is removed from the stream of the server in
// the process.
const trimEvery = time.Minute

// trimmer removes from the streams of the server inside the process what is part of a
// checkpoint, or they would grow for months.
type trimmer struct {
	serve *serve
	due   chan struct{}
	next  time.Time
}

// wake tells that something more is safe. Anybody may call it, of nil too.
func (t *trimmer) wake() {
	if t == nil {
		return
	}
	select {
	case t.due <- struct{}{}:
	default:
	}
}

// run trims until ctx is done.
func (t *trimmer) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.due:
		}
		if at := time.Now(); at.After(t.next) {
			t.next = at.Add(trimEvery)
			t.trim(ctx)
		}
	}
}

func (t *trimmer) trim(ctx context.Context) {
	least := map[string]uint64{}  // of the readers of each stream
	read := map[string][]string{} // its subjects that they read
	for _, f := range t.serve.intakes {
		if f.stream == nil {
			continue
		}
		n := f.stream.Acked()
		if old, ok := least[f.name]; !ok || n < old {
			least[f.name] = n
		}
		read[f.name] = append(read[f.name], cmp.Or(f.subject, ">"))
	}
	for name, before := range least {
		if before == 0 {
			continue
		}
		if err := t.serve.bus.Trim(ctx, name, read[name], before); err != nil && ctx.Err() == nil {
			t.serve.log.Warn("what was read stays in the NATS server", "stream", name, "error", err)
		}
	}
}
